"""What the pages of the casebook show, made ready for templates: nothing here decides or stores anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kizuki.casebook import hooks, pictures
from kizuki.casebook.engine import times as engine
from kizuki.casebook.engine.format import AttackStep, Bears, Case, Entry, Item
from kizuki.casebook.filters import word_name
from kizuki.casebook.models import Case as Row
from kizuki.casebook.words import EFFECTS, KINDS, MILESTONES, SPANS, VIAS
from kizuki.kit import when
from kizuki.kit.text import NOT_STATED, Text
from kizuki.kit.when import Duration
from kizuki.measures.catalogue import find
from kizuki.measures.engine.format import Measure
from kizuki.register.library import names
from kizuki.ui.svg import small_kind
from kizuki.ui.templatetags.kizuki import language

#: So many cases are shown beside one another in the picture of times.
BESIDE = 12


class LibraryRow(NamedTuple):
    case: Row
    attribute: Any
    causes: list[Any]
    level: Any
    outcome: hooks.Outcome | None
    excerpt: SafeString | str
    address: str


def rows(cases: Sequence[Row], outcomes: Mapping[str, hooks.Outcome], hits: Any) -> list[LibraryRow]:
    """The lines of the library list, with the causes in one query for all. `outcomes` by the id of the case."""
    causes: dict[int, list[str]] = {}
    from kizuki.casebook.models import CaseTag

    for case_id, word in CaseTag.objects.filter(case__in=cases, facet="cause").values_list("case", "word"):
        causes.setdefault(case_id, []).append(word)
    found = {hit.key: hit for hit in hits or ()}
    here = language()
    return [
        LibraryRow(
            case,
            word_name("sector", case.sector),
            [word_name("cause", word) for word in sorted(causes.get(case.pk, [NOT_STATED]))],
            word_name("level", case.level),
            outcomes.get(case.slug),
            _excerpt(case, found.get(case.slug), here),
            case.get_absolute_url() + (f"#{found[case.slug].part}" if case.slug in found else ""),
        )
        for case in cases
    ]


def _excerpt(case: Row, hit: Any, here: str) -> SafeString | str:
    """The sentence that was found, unless it is in the other language and the case has a lead in the page's own."""
    if hit is None or (hit.language != here and (case.lead_ja if here == "ja" else case.lead_en)):
        return ""
    return hit.excerpt  # type: ignore[no-any-return]


def head(case: Case) -> dict[str, Any]:
    """The header of the casebook's form; what the source does not state stays so."""
    organisation = case.organisation
    causes = [NOT_STATED] if case.causes == NOT_STATED else [word_name("cause", word) for word in case.causes]
    return {
        "attribute": word_name("sector", organisation.sector),
        "attribute_text": organisation.text,
        "size": word_name("size", organisation.size),
        "causes": causes,
        "level": word_name("level", case.level),
        "profile": [names("profile")[word].name for word in case.profile if word in names("profile")],
    }


class Reference(NamedTuple):
    """A measure named by a case. `stated`: by the source; else by an analyst."""

    id: str
    short: Text
    name: Text
    stated: bool
    at_source: bool = False


def reference(id: str, stated: bool, at: str = "target") -> Reference:
    measure: Measure | None = find(id)
    name = Text(ja=id, en=id)
    return Reference(id, measure.short if measure else name, measure.name if measure else name, stated, at == "source")


class SixItem(NamedTuple):
    item: Any
    refs: list[Reference]
    mark: str
    stated: bool


class SixPart(NamedTuple):
    id: str
    title: str
    items: list[SixItem]


def six(case: Case) -> list[SixPart]:
    """The six parts of the summary, each sentence with the measures it speaks of."""
    return [
        SixPart("background", _("Background"), [SixItem(s, [], "", s.stated) for s in case.background]),
        SixPart("impact", _("Impact"), [SixItem(s, [], "", s.stated) for s in case.impact]),
        SixPart(
            "causes",
            _("Causes and root causes"),
            [_item(c, _("root cause") if c.root else _("cause")) for c in case.causes_found],
        ),
        SixPart("mitigations", _("What limited the damage"), [_item(i, "") for i in case.mitigations]),
        SixPart("lessons", _("Lessons"), [_item(i, _commonness(i, case)) for i in case.lessons]),
        SixPart("challenges", _("Open challenges"), [_item(i, "") for i in case.challenges]),
    ]


def _item(item: Item, mark: str) -> SixItem:
    return SixItem(item, [reference(m, item.stated) for m in item.measures], mark, item.stated)


def _commonness(lesson: Any, case: Case) -> str:
    """Common or particular: as the source marks it, else derived – three or more organisations share one of its measures."""
    if lesson.common == "common":
        return _("common")
    if lesson.common == "particular":
        return _("particular")
    from kizuki.measures.standing import common_measures

    return _("common (derived)") if any(m in common_measures() for m in lesson.measures) else _("particular (derived)")


class StepRow(NamedTuple):
    step: AttackStep
    via: Any
    effect: Any
    prevent: list[Reference]
    detect: list[Reference]
    contain: list[Reference]
    soften: list[Reference]


def steps(case: Case) -> list[StepRow]:
    """The attack steps with what prevents, detects, contains and softens each."""

    def refs(bears: Sequence[Bears]) -> list[Reference]:
        return [reference(b.measure, b.stated, b.at) for b in bears]

    return [
        StepRow(
            step, VIAS.get(step.via, NOT_STATED), EFFECTS[step.effect],
            refs(step.prevent), refs(step.detect), refs(step.contain), refs(step.soften),
        )
        for step in case.attack
    ]  # fmt: skip


class Received(NamedTuple):
    """The number of the entry that handed over, and whether the source says so."""

    n: int
    stated: bool


class Told(NamedTuple):
    """One entry of the timeline, ready for its cell."""

    entry: Entry
    mark: SafeString
    kind: Any
    milestone: Any
    received_from: list[Received]


class TimelineRow(NamedTuple):
    """One moment: heading, what it is relative to the moment of noticing, and a cell of entries for each lane."""

    label: str
    note: str
    cells: list[tuple[Text, list[Told]]]
    attack: bool


def timeline_table(case: Case, language: str) -> list[TimelineRow]:
    """The timeline as the casebook's table: moments down, lanes across."""
    entries = case.timeline.entries
    noticed = engine.first_marked(entries, "noticed")
    origin = when.parse(noticed.at) if noticed else None
    received = _received(entries)
    made: list[TimelineRow] = []
    for group in pictures.grouped(entries):
        moment = when.parse(group.at)
        cells = [
            (lane.name, [_told(entry, received, language) for entry in group.entries if entry.lane == lane.id])
            for lane in case.timeline.lanes
        ]
        label = moment.label(language)
        note = relative(origin, moment, language)
        if group.entries[0].holiday:
            note = f"{note} · {_('rest day')}" if note else _("rest day")
        attack = all(entry.kind in ("attack", "enable") for entry in group.entries)
        made.append(TimelineRow(label[:1].upper() + label[1:], note, cells, attack))
    return made


def _received(entries: Sequence[Entry]) -> dict[int, list[Received]]:
    """For each entry that takes over, the entries that handed over to it."""
    taken: dict[int, list[Received]] = {}
    for giver, receiver in pictures.handed_over(entries):
        stated = giver.handover is None or giver.handover.stated
        taken.setdefault(receiver.n, []).append(Received(giver.n, stated))
    return taken


def _told(entry: Entry, received: dict[int, list[Received]], language: str) -> Told:
    milestone = MILESTONES[entry.milestone] if entry.milestone else ""
    if entry.milestone_by:
        milestone = _("%(milestone)s (by %(moment)s)") % {
            "milestone": milestone,
            "moment": when.parse(entry.milestone_by).label(language),
        }
    return Told(entry, small_kind(entry.kind, entry.n), KINDS[entry.kind], milestone, received.get(entry.n, []))


def relative(origin: when.When | None, moment: when.When, language: str) -> str:
    """How long after the moment of noticing something was: “noticed”, “+2 days”, or nothing where that cannot be said."""
    if origin is None:
        return ""
    if origin.written == moment.written:
        return _("noticed")
    later = when.between(origin, moment)
    if later is not None and (later.high is None or later.high > 0):
        return f"+{later.label(language, bare=True)}"
    return ""


class TimeRow(NamedTuple):
    """One span of this case: interval, words of the source, the middle of the cases beside it with n."""

    name: Any
    duration: str
    text: Text | None
    middle: str
    n: int


def compared(person: Any, row: Row) -> list[Row]:
    """The cases whose times stand beside this one's: the library's incidents, this one left out."""
    visible = Row.objects.visible_to(person).filter(kind="casebook").exclude(pk=row.pk)
    return list(visible.only("slug", "number", "spans")[:BESIDE])


def times(row: Row, case: Case, others: Sequence[Row]) -> list[TimeRow]:
    """Times to detect, escalate, contain, disclose, recover; empty for a case that tells none."""
    if not case.times and not row.spans:
        return []
    here, own = language(), row.durations()
    told: dict[str, Text] = {time.span: time.text for time in case.times}
    made = []
    for span, name in SPANS.items():
        beside = [other.durations()[span] for other in others if span in other.spans]
        among = engine.median(beside)
        middle = Duration(among.low, among.high).label(here) if among else ""
        made.append(TimeRow(name, own[span].label(here) if span in own else "", told.get(span), middle, len(beside)))
    return made


def times_picture(row: Row, others: Sequence[Row], language: str) -> SafeString | None:
    """The intervals of all cases on one scale; None where this case tells no time."""
    from kizuki.casebook.times_picture import picture

    return picture(row, others, language) if row.spans else None
