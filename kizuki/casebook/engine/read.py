"""Reading a case file: its form, and whether what it says hangs together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

import msgspec

from kizuki.casebook.engine.format import AttackStep, Bears, Case, Entry
from kizuki.kit import document, when
from kizuki.kit.text import Text
from kizuki.measures.engine.format import Measure, Measures
from kizuki.register.engine.checks import Finding, Place, bad_name, dangling, twice, unknown_word
from kizuki.register.engine.format import AssetKind
from kizuki.register.engine.read import raise_for
from kizuki.register.engine.vocabulary import Vocabulary

_KINDS: Final = get_args(AssetKind)
_PARTS: Final = ("prevent", "detect", "contain", "soften")
#: Addresses of the library's own pages, so that no case may be called so.
_TAKEN: Final = frozenset({"import", "glossary"})
LONGEST_TEXT: Final = 20_000
_ITEMS: Final = ("causes_found", "mitigations", "lessons", "challenges")


def read(file: str, raw: bytes, *, vocabulary: Vocabulary, measures: Measures) -> Case:
    """Read a case file. Raises `BadFile` with every fault (at most 200) and its line; takes nothing of a bad file."""
    case, lines = document.parse(file, raw, Case)
    raise_for(faults(case, vocabulary=vocabulary, measures=measures), lines)
    return case


def faults(case: Case, *, vocabulary: Vocabulary, measures: Measures) -> Iterator[Finding]:
    """Everything in a case that its form allows and that cannot be meant: the place and what is wrong with it."""
    catalogue = measures.by_id()
    yield from _header(case, vocabulary)
    yield from empty_texts(case)
    yield from _kind(case)
    yield from _situation(case)
    yield from twice((("attack", n, "id"), step.id) for n, step in enumerate(case.attack))
    yield from _order(case.attack)
    for n, step in enumerate(case.attack):
        yield from _targets(n, step, vocabulary)
        yield from _bears(n, step, catalogue)
    yield from _timeline(case)
    yield from _times(case)
    yield from _items(case, catalogue)


def afters(attack: tuple[AttackStep, ...]) -> dict[str, tuple[str, ...]]:
    """For each step those of which any one must have come before it; the step before where the file does not say."""
    before: str | None = None
    made: dict[str, tuple[str, ...]] = {}
    for step in attack:
        made[step.id] = step.after if step.after is not None else (() if before is None else (before,))
        before = step.id
    return made


def empty_texts(value: object, place: Place = ()) -> Iterator[Finding]:
    """The places of texts that say nothing in either language, anywhere in `value`."""
    if isinstance(value, Text):
        yield from bad_name(place, value, LONGEST_TEXT)
    elif isinstance(value, tuple):
        for n, part in enumerate(value):
            yield from empty_texts(part, (*place, n))
    elif isinstance(value, msgspec.Struct):
        for name, key in zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True):
            yield from empty_texts(getattr(value, name), (*place, key))


def _header(case: Case, vocabulary: Vocabulary) -> Iterator[Finding]:
    about = case.organisation
    if case.id in _TAKEN:
        yield ("id",), f"the id “{case.id}” is the address of a page; choose another one"
    for place, text, longest in ((("title",), case.title, 400), (("organisation", "label"), about.label, 120)):
        if max(len(text.ja or ""), len(text.en or "")) > longest:
            yield place, f"longer than {longest} characters; shorten it"
    if about.sector != "not stated":
        yield from unknown_word(("organisation", "sector"), about.sector, vocabulary.ids("sectors"), "sector")
    if about.size != "not stated":
        yield from unknown_word(("organisation", "size"), about.size, vocabulary.ids("sizes"), "size")
    if not isinstance(case.causes, str):
        for n, cause in enumerate(case.causes):
            yield from unknown_word(("causes", n), cause, vocabulary.ids("causes"), "cause")
    for n, word in enumerate(case.profile):
        yield from unknown_word(("profile", n), word, vocabulary.ids("profile"), "word of a profile")


def _kind(case: Case) -> Iterator[Finding]:
    if case.kind == "study" and case.timeline.entries:
        yield ("timeline", "entries"), "a study has no timeline; leave the entries out, or write kind: casebook"
    if case.kind == "casebook" and not case.attack:
        yield ("kind",), "a case of the casebook has attack steps; add them, or write kind: study"
    if case.kind == "public-report":
        for n, step in enumerate(case.attack):
            if step.after:
                yield ("attack", n, "after"), "the actions of a public report have no order; leave “after” out"


def _situation(case: Case) -> Iterator[Finding]:
    actors = {actor.id for actor in case.situation.actors}
    yield from twice((("situation", "actors", n, "id"), actor.id) for n, actor in enumerate(case.situation.actors))
    yield from twice((("situation", "steps", n, "n"), step.n) for n, step in enumerate(case.situation.steps))
    for n, step in enumerate(case.situation.steps):
        yield from dangling(("situation", "steps", n, "from"), step.from_, actors, "actor")
        yield from dangling(("situation", "steps", n, "to"), step.to, actors, "actor")


def _order(attack: tuple[AttackStep, ...]) -> Iterator[Finding]:
    known = {step.id for step in attack}
    before = afters(attack)
    for n, step in enumerate(attack):
        for k, id in enumerate(step.after or ()):
            yield from dangling(("attack", n, "after", k), id, known, "step")
        if len(known) < len(attack):
            continue  # with an id given twice nobody knows which step comes before which
        above, todo = set[str](), list(before[step.id])
        while todo:
            id = todo.pop()
            if id not in above:
                above.add(id)
                todo += before.get(id, ())
        if step.id in above:
            yield ("attack", n, "after"), f"the step {step.id} comes after itself; name only steps that come before it"


def _targets(n: int, step: AttackStep, vocabulary: Vocabulary) -> Iterator[Finding]:
    for k, kind in enumerate(step.targets.kinds):
        yield from unknown_word(("attack", n, "targets", "kinds", k), kind, _KINDS, "kind of asset")
    contrary = vocabulary.contraries()
    for k, trait in enumerate(step.targets.traits):
        yield from unknown_word(("attack", n, "targets", "traits", k), trait, contrary, "trait")
        if contrary.get(trait) in step.targets.traits[:k]:
            yield (
                ("attack", n, "targets", "traits", k),
                f"“{trait}” and “{contrary[trait]}” rule each other out; keep one of them",
            )


def _bears(n: int, step: AttackStep, catalogue: dict[str, Measure]) -> Iterator[Finding]:
    for part in _PARTS:
        named: tuple[Bears, ...] = getattr(step, part)
        yield from _repeated(n, part, named)
        for k, bears in enumerate(named):
            measure = catalogue.get(bears.measure)
            if measure is None:
                yield from unknown_word(("attack", n, part, k, "measure"), bears.measure, catalogue, "measure")
            elif part == "contain" and measure.power.contains == "no":
                message = f"{bears.measure} neither isolates nor fences; name it under soften"
                yield ("attack", n, part, k, "measure"), message


def _repeated(n: int, part: str, named: tuple[Bears, ...]) -> Iterator[Finding]:
    for k, bears in enumerate(named):
        if any((bears.measure, bears.at) == (other.measure, other.at) for other in named[:k]):
            yield ("attack", n, part, k, "measure"), f"{bears.measure} is named twice under {part}; name it once"


def _timeline(case: Case) -> Iterator[Finding]:
    timeline = case.timeline
    lanes, steps = {lane.id for lane in timeline.lanes}, {step.id for step in case.attack}
    yield from twice((("timeline", "lanes", n, "id"), lane.id) for n, lane in enumerate(timeline.lanes))
    yield from twice((("timeline", "entries", n, "n"), entry.n) for n, entry in enumerate(timeline.entries))
    for n, entry in enumerate(timeline.entries):
        place = ("timeline", "entries", n)
        yield from dangling((*place, "lane"), entry.lane, lanes, "lane")
        if entry.step is not None:
            yield from dangling((*place, "step"), entry.step, steps, "step")
        for k, lane in enumerate(entry.handover.to if entry.handover else ()):
            yield from dangling((*place, "handover", "to", k), lane, lanes, "lane")
            if lane == entry.lane:
                yield (
                    (*place, "handover", "to", k),
                    f"the matter is already with “{lane}”; name the lane that it passes to",
                )


def _times(case: Case) -> Iterator[Finding]:
    latest: dict[str, tuple[int, int, str]] = {}
    for n, entry in sorted(enumerate(case.timeline.entries), key=lambda pair: (pair[1].n, pair[0])):
        place = ("timeline", "entries", n, "at")
        try:
            moment = when.parse(entry.at)
        except ValueError as error:
            yield place, str(error)
            continue
        if moment.frame == "order":
            continue
        if entry.milestone_by is not None:
            yield from _reached_by(n, entry, moment)
        low, number, written = latest.get(moment.frame, (None, 0, ""))
        if low is not None and moment.high is not None and moment.high < low:
            yield place, f"“{entry.at}” lies before “{written}” of entry {number}; correct the time, or the number n"
        if moment.low is not None and (low is None or moment.low > low):
            latest[moment.frame] = (moment.low, entry.n, entry.at)


def _reached_by(n: int, entry: Entry, moment: when.When) -> Iterator[Finding]:
    """The end of the stretch in which a milestone was reached: a time of the same kind, not before the entry's own."""
    place = ("timeline", "entries", n, "milestone_by")
    try:
        by = when.parse(entry.milestone_by or "")
    except ValueError as error:
        yield place, str(error)
        return
    if entry.milestone is None:
        yield place, "no milestone stands here; name it, or leave this out"
    elif by.frame != moment.frame or by.high is None or (moment.low is not None and by.high < moment.low):
        yield place, f"“{entry.milestone_by}” does not come after “{entry.at}”; write a later time of the same kind"


def _items(case: Case, catalogue: dict[str, Measure]) -> Iterator[Finding]:
    places = [((part, n), item) for part in _ITEMS for n, item in enumerate(getattr(case, part))]
    yield from twice(((*place, "id"), item.id) for place, item in places)
    for place, item in places:
        for k, measure in enumerate(item.measures):
            yield from unknown_word((*place, "measures", k), measure, catalogue, "measure")
