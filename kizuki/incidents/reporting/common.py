"""What both reports say in the same way."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from kizuki.incidents import figures, times
from kizuki.incidents.choices import Severity, TaskState
from kizuki.incidents.closing import given_up
from kizuki.incidents.engine.report import SCHEMA, Audience, Paragraph, Report, Section, Table, section, table
from kizuki.incidents.models import Decision, Entry, Task
from kizuki.incidents.reporting.facts import Facts
from kizuki.incidents.told import told
from kizuki.ui.svg import text_width

NOTHING: Final = "–"
#: So wide is a title on the page that has to be one page, in letters of full width.
MOST_TITLE: Final = 60.0


def made(facts: Facts, audience: Audience, sections: list[Section]) -> Report:
    """The report of these sections."""
    incident, whole = facts.incident, audience == "technical"
    kicker = _("Incident report") if whole else _("Report for the management")
    head = section(incident.title if whole else short(incident.title, MOST_TITLE))
    return Report(
        SCHEMA, audience, facts.language, incident.number, head.title, f"{kicker} – {incident.number}", marking(facts), as_of(facts),
        tuple(sections), _("Page {page} of {pages}"),
    )  # fmt: skip


def marking(facts: Facts) -> str:
    """What stands on every page."""
    incident = facts.incident
    words = [f"TLP:{incident.tlp.upper()}", incident.number]
    if incident.restricted:
        words.append(_("Restricted: only for those who have a role in it"))
    if incident.exercise:
        words.append(_("EXERCISE"))
    return " · ".join(words)


def as_of(facts: Facts) -> str:
    """Which state it tells."""
    words = {
        "at": facts.when(facts.incident.changed_at),
        "zone": facts.incident.zone,
        "n": facts.incident.last_seq,
    }
    return _("as of %(at)s (%(zone)s), entry %(n)s") % words


def severity(value: int) -> str:
    name = str(Severity(value).label)
    return f"{value} {name}" if value else name


def or_nothing(*blocks: Any) -> list[Any]:
    """The blocks that there are; where there is none, that nothing is written yet."""
    there = [block for block in blocks if block is not None]
    return there or [Paragraph(_("Nothing is written about this yet."), quiet=True)]


def times_table(facts: Facts) -> Table | None:
    """How long things took, beside the casebook's cases with n."""
    lines = []
    for row in figures.rows(facts.spans, facts.cases, facts.language):
        beside = _("%(length)s (n = %(n)d)") % {"length": row.middle, "n": row.n} if row.middle else NOTHING
        lines.append((str(row.name), row.duration or row.why, beside))
    head = (_("Span"), _("This incident"), _("Middle of the casebook's cases"))
    return table(head, lines, (2, 5, 4))


def entry_time(facts: Facts, entry: Entry) -> str:
    """When it happened, by the incident's clock, as exact as it is known."""
    shown = times.shown(entry, facts.zone)
    if entry.low is None or entry.high is None or entry.when.precision in ("week", "month", "bound", "none"):
        return shown.clock
    return f"{shown.day:%Y-%m-%d} {shown.clock}" + (f" ({shown.original})" if shown.original else "")


def entry_text(entry: Entry) -> str:
    """What it says; what Kizuki wrote by itself is told in words."""
    said = told(entry) if entry.auto else ""
    return pgettext("between changes", "; ").join(filter(None, (said, entry.text)))


def answered(decision: Decision) -> str:
    """The decision with who, why and whether it holds."""
    words = {"answer": decision.answer, "who": decision.decided_by, "why": decision.reason}
    text = _("%(answer)s – %(who)s. %(why)s") % words
    if (why := given_up(decision)) is not None:
        text += " " + _("It no longer holds: %(why)s") % {"why": why}
    return text


def task_state(task: Task) -> str:
    return str(TaskState(task.state).label)


def owner(task: Task) -> str:
    """Who does it, else whose turn it is."""
    if task.owner:
        return str(task.owner.name)
    return str(task.get_role_display()) if task.role else _("nobody yet")


def short(text: str, em: float) -> str:
    """The text in one line of at most `em` times the size of its letters; what is left out is an ellipsis."""
    line = " ".join(text.split())
    if text_width(line, 1) <= em:
        return line
    while line and text_width(f"{line}…", 1) > em:
        line = line[: -max(1, len(line) // 40)]
    return f"{line.rstrip()}…"
