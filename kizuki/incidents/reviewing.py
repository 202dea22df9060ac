"""The page of a review: its items with their sources and follow-up, what the timeline proposes, what does not fit, the gate."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from kizuki.accounts import rules
from kizuki.incidents import same_setting
from kizuki.incidents.choices import TaskState
from kizuki.incidents.closing import Known, given_up, known
from kizuki.incidents.engine import contradictions as against
from kizuki.incidents.engine import gate
from kizuki.incidents.engine import proposals as propose
from kizuki.incidents.engine import review as engine
from kizuki.incidents.engine.figures import durations
from kizuki.incidents.engine.proposals import Proposal
from kizuki.incidents.engine.review import Item
from kizuki.incidents.models import AssetOf, Decision, Entry, Incident, Task
from kizuki.incidents.review_words import COMMON, HINTS, PARTS, POINTS, Asked, contradiction, left
from kizuki.kit.text import Text
from kizuki.measures import catalogue
from kizuki.register.choices import names_of
from kizuki.tasks.models import Task as FollowUp
from kizuki.ui.templatetags.kizuki import language

#: So many proposals of a part are shown at once.
MOST_PROPOSALS: Final = 8


class Line(NamedTuple):
    """An item as it is shown. `task`: what follows it, if the reader sees that; `doubts`: what does not fit in it."""

    item: Item
    measures: list[tuple[str, Text]]
    common: Any
    owner: Text | None
    task: FollowUp | None
    doubts: list[str]


class Part(NamedTuple):
    """One of the six parts. `more`: proposals that are not shown."""

    id: str
    name: Any
    hint: Any
    lines: list[Line]
    proposals: Sequence[Proposal]
    more: int


class Point(NamedTuple):
    """A point of the gate: what is asked for, whether it is there, what is missing of it."""

    id: str
    asked: Asked
    met: bool
    left: str


class Page(NamedTuple):
    """Everything on the page. `doubts`: (part, what does not fit) besides those of items."""

    known: Known
    parts: list[Part]
    points: list[Point]
    doubts: dict[str, list[str]]
    n_doubts: int

    @property
    def unmet(self) -> int:
        return sum(not point.met for point in self.points)


def page(incident: Incident, person: Any, *, all_proposals: bool = False) -> Page:
    """What the page of the review shows to this person; eleven questions to the database, however long the timeline is."""
    about = known(incident)
    entries, assets = list(standing(incident)), list(incident.assets.all())
    found = _doubts(about, entries, assets, person)
    spans = durations(about.marks)
    by_place: dict[tuple[str, str], list[str]] = {}
    for one in found:
        by_place.setdefault((one.part, one.id), []).append(contradiction(one, spans))
    lines = _lines(about, person, by_place)
    offered = proposals(about, entries, assets)
    most = None if all_proposals else MOST_PROPOSALS
    parts = [
        Part(part, name, HINTS[part], lines[part], offered[part][:most], len(offered[part][most:]) if most else 0)
        for part, name in PARTS.items()
    ]
    doubts = {part: texts for (part, id), texts in by_place.items() if not id}
    return Page(about, parts, points(about.facts), doubts, len(found))


def standing(incident: Incident) -> QuerySet[Entry]:
    """The entries that stand as they are, in their order."""
    return Entry.objects.filter(incident=incident, corrections=None, withdrawn=False).order_by("sort", "seq")


def points(facts: gate.Facts) -> list[Point]:
    return [Point(point.id, POINTS[point.id], point.met, left(point)) for point in gate.points(facts)]


def _lines(about: Known, person: Any, doubts: dict[tuple[str, str], list[str]]) -> dict[str, list[Line]]:
    """The items of each part with the names of what they speak of; at most two questions."""
    items = [item for _part, item in engine.items(about.parts)]
    owners = names_of([("contact", item.owner) for item in items if item.owner])
    numbers = [item.task for item in items if item.task]
    tasks = {task.pk: task for task in FollowUp.objects.visible_to(person).filter(pk__in=numbers)} if numbers else {}
    return {
        part: [
            Line(
                item, [(id, _short(id)) for id in item.measures],
                COMMON[item.common] if item.common else "",
                owners.get(("contact", item.owner), Text(ja=item.owner, en=item.owner)) if item.owner else None,
                tasks.get(item.task or 0), doubts.get((part, item.id), []),
            )
            for item in found
        ]
        for part, found in about.parts.items()
    }  # fmt: skip


def _short(id: str) -> Text:
    measure = catalogue.find(id)
    return measure.short if measure else Text(ja=id, en=id)


def proposals(about: Known, entries: Iterable[Entry], assets: Iterable[AssetOf]) -> dict[str, tuple[Proposal, ...]]:
    """What the timeline proposes for each part."""
    taken = {(part, item.source) for part, item in engine.items(about.parts) if item.source}
    told = [propose.EntryFact(entry.seq, entry.kind, entry.text) for entry in entries if not entry.auto]
    return propose.proposals(told, map(_decision, about.decisions), map(_task, about.tasks), _assets(assets), taken)


def _decision(one: Decision) -> propose.DecisionFact:
    words = {"question": one.question, "answer": one.answer, "reason": one.reason}
    if (why := given_up(one)) is not None:
        told = _("%(question)s – decided: %(answer)s. It no longer holds: %(why)s") % {**words, "why": why}
        return propose.DecisionFact(one.number, one.entry.seq, told, holds=False)
    return propose.DecisionFact(
        one.number, one.entry.seq, _("%(question)s – decided: %(answer)s, because %(reason)s") % words
    )


def _task(one: Task) -> propose.TaskFact:
    title = one.title.in_(language())
    measures = tuple(one.read.measures) if one.read else ()
    if one.state == TaskState.DROPPED:
        told = _("Not done: %(title)s. Why: %(reason)s") % {"title": title, "reason": one.result}
    elif one.state == TaskState.BLOCKED:
        told = _("Could not be done: %(title)s. Why: %(reason)s") % {"title": title, "reason": one.result}
    else:
        told = _("%(title)s: %(result)s") % {"title": title, "result": one.result} if one.result else title
    return propose.TaskFact(one.number, one.state, told, measures)


def _assets(rows: Iterable[AssetOf]) -> str:
    """What was affected, in one sentence."""
    names = [row.label for row in rows if row.state in same_setting.CONCERNED and row.state != "suspected"]
    if not names:
        return ""
    listed = pgettext("between things", ", ").join(names[:20]) + ("…" if len(names) > 20 else "")
    text = ngettext("%(n)d asset was affected: %(names)s.", "%(n)d assets were affected: %(names)s.", len(names))
    return text % {"n": len(names), "names": listed}


def _doubts(
    about: Known, entries: Iterable[Entry], assets: Sequence[AssetOf], person: Any
) -> tuple[against.Contradiction, ...]:
    """What does not fit. What the register says is told only to whoever may read it."""
    incident = about.incident
    statements = [
        against.Statement("stand", "", incident.stand), against.Statement("outcome", "", about.review.outcome),
        *(against.Statement(part, item.id, item.text, item.measures) for part, item in engine.items(about.parts)),
    ]  # fmt: skip
    named = {
        id for part, item in engine.items(about.parts) if part in ("causes", "mitigations") for id in item.measures
    }
    keys = {row.key for row in assets if row.state in same_setting.CONCERNED}
    covered = same_setting.coverage(incident, named, keys) if rules.may_read_all(person) else {}
    facts = against.Facts(
        entries=tuple((_minute(entry.low), _minute(entry.high)) for entry in entries),
        milestones={mark.name: mark.when for mark in about.marks}, absent=frozenset(about.review.absent),
        spans=durations(about.marks), things=tuple(against.Thing((row.label, row.key), row.state) for row in assets),
        coverage=covered, zone=incident.zone, day_one=incident.day_one, now=_minute(timezone.now()) or 0,
    )  # fmt: skip
    return against.contradictions(statements, facts)


def _minute(at: Any) -> int | None:
    return None if at is None else int(at.timestamp()) // 60
