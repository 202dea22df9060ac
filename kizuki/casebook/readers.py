"""Three ways in: what an executive, a strategy manager and a practitioner see first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from kizuki.casebook import hooks
from kizuki.casebook.engine.format import AttackStep, Case, Entry
from kizuki.casebook.engine.times import first_marked
from kizuki.casebook.models import Case as Row
from kizuki.casebook.presenting import Reference, reference, relative
from kizuki.casebook.words import SPANS
from kizuki.kit import when
from kizuki.measures.engine.format import Measure
from kizuki.measures.library import measures
from kizuki.measures.standing import standing


class Reader(NamedTuple):
    """A sort of reader. `sections`: the order of a case's sections for them."""

    id: str
    name: Any
    lead: Any
    sections: tuple[str, ...]


_FORM = ("overview", "situation", "timeline", "summary", "attack", "times")
READERS: dict[str, Reader] = {
    "executive": Reader(
        "executive",
        _("For executives"),
        _("What it cost others, what their leaders had to decide and when, and whether it would happen here."),
        ("overview", "times", "summary", "timeline", "situation", "attack"),
    ),
    "strategy": Reader(
        "strategy",
        _("For strategy managers"),
        _("Which measures many organisations lacked, what they brought in, and what they still wish for."),
        ("overview", "summary", "times", "attack", "timeline", "situation"),
    ),
    "practitioner": Reader(
        "practitioner",
        _("For practitioners"),
        _("How each attack went step by step, with what would have prevented, shown and contained it."),
        ("overview", "attack", "situation", "timeline", "summary", "times"),
    ),
}


def chosen(request: HttpRequest) -> Reader | None:
    """The reader named in the address, if any; a case is else shown in the casebook's own order."""
    return READERS.get(request.GET.get("for", ""))


def parts(reader: str, rows: Sequence[Row], person: Any) -> dict[str, Any]:
    """What the page of this reader shows."""
    builders: dict[str, Callable[[Sequence[Row], Any], dict[str, Any]]] = {
        "executive": _executive,
        "strategy": _strategy,
        "practitioner": _practitioner,
    }
    return builders[reader](rows, person)


class Decision(NamedTuple):
    """What leaders decided or were told: `when` by the case's own count of days, `after` the moment of noticing."""

    entry: Entry
    when: str
    after: str


class ExecutiveCase(NamedTuple):
    row: Row
    case: Case
    impact: Any
    decisions: list[Decision]
    spans: list[tuple[Any, str]]
    outcome: hooks.Outcome | None


def _executive(rows: Sequence[Row], person: Any) -> dict[str, Any]:
    from kizuki.ui.templatetags.kizuki import language

    here = language()
    outcomes = hooks.outcomes(person, rows)
    told = []
    for row in rows:
        case = row.read
        leading = {lane.id for lane in case.timeline.lanes if {"executive"} & set(lane.role)}
        decisions = [
            entry for entry in case.timeline.entries if entry.kind in ("decide", "escalate") and entry.lane in leading
        ] or [entry for entry in case.timeline.entries if entry.kind == "decide"]
        spans = [
            (SPANS[span], duration.label(here))
            for span, duration in row.durations().items()
            if span in ("detect", "escalate", "disclose", "recover")
        ]
        told.append(
            ExecutiveCase(
                row,
                case,
                case.impact[0] if case.impact else None,
                _dated(case, decisions[:4], here),
                spans,
                outcomes.get(row.slug),
            )
        )
    return {"cases": told}


def _dated(case: Case, entries: Sequence[Entry], language: str) -> list[Decision]:
    noticed = first_marked(case.timeline.entries, "noticed")
    origin = when.parse(noticed.at) if noticed else None
    moments = [when.parse(entry.at) for entry in entries]
    return [
        Decision(entry, moment.label(language), relative(origin, moment, language))
        for entry, moment in zip(entries, moments, strict=True)
    ]


class Gap(NamedTuple):
    """A measure with the cases in which it helped, was missing, came in later, is still wished for."""

    measure: Measure
    helped: str
    missing: str
    introduced: str
    wished: str
    lacked: int


def _strategy(rows: Sequence[Row], person: Any) -> dict[str, Any]:
    table = standing()
    gaps = []
    for measure in measures().values():
        cases = table.get(measure.id, {})
        by = {letter: "".join(mark for mark in sorted(cases) if letter in cases[mark]) for letter in "HMLW"}
        lacked = sum(1 for letters in cases.values() if set(letters) & set("MLW"))
        gaps.append(Gap(measure, by["H"], by["M"], by["L"], by["W"], lacked))
    gaps.sort(key=lambda gap: (-gap.lacked, gap.measure.id))
    wishes = [
        (row, item, [reference(m, True) for m in item.measures])
        for row in rows
        for item in row.read.challenges
        if any(m[0] in "GI" for m in item.measures)
    ]
    return {"gaps": gaps[:15], "wishes": wishes}


class Opening(NamedTuple):
    row: Row
    step: AttackStep
    prevent: list[Reference]
    detect: list[Reference]
    contain: list[Reference]


def _practitioner(rows: Sequence[Row], person: Any) -> dict[str, Any]:
    openings: list[Opening] = []
    techniques: Counter[str] = Counter()
    where: dict[str, list[str]] = {}
    for row in rows:
        for step in row.read.attack:
            for technique in step.techniques:
                techniques[technique.id] += 1
                where.setdefault(technique.id, []).append(step.id)
            refs = [
                [reference(b.measure, b.stated, b.at) for b in bears]
                for bears in (step.prevent, step.detect, (*step.contain, *step.soften))
            ]
            openings.append(Opening(row, step, *refs))
    return {"openings": openings, "techniques": [(t, n, where[t]) for t, n in techniques.most_common(20)]}
