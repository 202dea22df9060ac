"""The page for the management: how it stands, what is at stake, what is decided and asked for, what comes next. One page of A4."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kizuki.incidents.choices import UNDONE, Role
from kizuki.incidents.closing import next_look
from kizuki.incidents.engine.report import Block, Paragraph, Report, bullets, section
from kizuki.incidents.models import Task
from kizuki.incidents.reporting import common
from kizuki.incidents.reporting.facts import Facts

#: So wide is a line of the page, in letters of full width; longer sentences are cut.
LINE: Final = 54.0
#: So many of each.
STAKE, NEEDED, MADE, ASKED, NEXT = 3, 3, 3, 3, 4


def report(facts: Facts) -> Report:
    """The page, in the language that is active."""
    sections = [
        section(pgettext("incident", "How it stands"), *_stand(facts)),
        section(_("What is at stake"), *_stake(facts)),
        section(_("Decisions needed"), *_needed(facts)),
        section(_("Decisions made"), *_made(facts)),
        section(_("What we ask of you"), *_asked(facts)),
        section(_("How long it took"), common.times_table(facts)),
        section(_("What comes next"), *_next(facts)),
    ]
    return common.made(facts, "executive", sections)


def _stand(facts: Facts) -> list[Block]:
    incident, review = facts.incident, facts.about.review
    words = {
        "severity": common.severity(incident.severity), "status": incident.get_status_display(),
        "lead": incident.lead.name if incident.lead else _("nobody yet"), "opened": facts.when(incident.opened_at),
    }  # fmt: skip
    told = review.outcome or incident.stand
    return [
        Paragraph(common.short(told, 3 * LINE) if told else _("Nobody has written yet how it stands."), quiet=not told),
        Paragraph(_("Severity %(severity)s · %(status)s · lead %(lead)s · opened %(opened)s") % words, quiet=True),
    ]


def _stake(facts: Facts) -> list[Block]:
    said = [item.text for item in facts.about.parts["impact"]]
    if facts.affected:
        n = len(facts.affected)
        names = pgettext("between things", ", ").join(row.label for row in facts.affected[:6])
        text = ngettext("%(n)d asset affected: %(names)s", "%(n)d assets affected: %(names)s", n)
        said.append(text % {"n": n, "names": names + ("…" if n > 6 else "")})
    if facts.services:
        served = (f"{name} ({whom})" if whom else name for name, whom in facts.services[:4])
        said.append(_("Services concerned: %(names)s") % {"names": pgettext("between things", ", ").join(served)})
    return _lines(said, STAKE, _("Nothing is known yet of what is at stake."))


def _needed(facts: Facts) -> list[Block]:
    said = []
    for task in _open(facts):
        step = task.read
        if step is not None and step.decision is not None:
            words = {"question": step.decision.text.in_(facts.language), "who": Role(step.decision.who).label}
            said.append(_("%(question)s (decides: %(who)s)") % words)
    for one in facts.about.decisions:
        look = next_look(one)
        if look is not None:
            words = {"question": one.question, "answer": one.answer, "day": facts.when(look, day=True)}
            said.append(_("Look again by %(day)s: %(question)s – %(answer)s") % words)
    return _lines(said, NEEDED, _("None at the moment."))


def _made(facts: Facts) -> list[Block]:
    said = [
        _("%(at)s %(answer)s – %(question)s (%(who)s)")
        % {"at": facts.when(one.entry.low), "answer": one.answer, "question": one.question, "who": one.decided_by}
        for one in reversed(facts.about.decisions)
    ]
    return _lines(said, MADE, _("None so far."))


def _asked(facts: Facts) -> list[Block]:
    said = [
        f"{task.title.in_(facts.language)}{_due(facts, task)}" for task in _open(facts) if task.role == Role.EXECUTIVE
    ]
    return _lines(said, ASKED, _("Nothing at the moment."))


def _next(facts: Facts) -> list[Block]:
    said = [
        f"{task.title.in_(facts.language)} – {common.owner(task)}{_due(facts, task)}"
        for task in _open(facts)
        if task.role != Role.EXECUTIVE
    ]
    for item in facts.about.parts["lessons"]:
        name = facts.owners.get(item.owner)
        if item.owner and item.due:
            who = name.in_(facts.language) if name else item.owner
            said.append(_("%(lesson)s – %(who)s, until %(day)s") % {"lesson": item.text, "who": who, "day": item.due})
    return _lines(said, NEXT, _("Nothing is open."))


def _open(facts: Facts) -> list[Task]:
    """The undone tasks, what is due first; none once the incident is closed, which says of each why it was left."""
    rows = [task for task in facts.about.tasks if task.state in UNDONE and facts.incident.is_open]
    return sorted(rows, key=lambda task: (task.due is None, task.due or facts.now, task.number))


def _due(facts: Facts, task: Task) -> str:
    if task.due is None:
        return ""
    text = _(", overdue since %(at)s") if task.due < facts.now else _(", until %(at)s")
    return text % {"at": facts.when(task.due)}


def _lines(said: Iterable[str], most: int, nothing: str) -> list[Block]:
    """At most so many lines; how many are left out is told."""
    all_ = list(said)
    shown = [common.short(text, LINE) for text in all_[:most]]
    if len(all_) > most:
        n = len(all_) - most
        shown.append(ngettext("and %(n)d more", "and %(n)d more", n) % {"n": n})
    made = bullets(shown)
    return [made] if made else [Paragraph(nothing, quiet=True)]
