"""What to do next, by what known cases tell: what the attacker did there and may do here, what they did next, what helped, what was
missed. Every suggestion names where it stands in the case."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.casebook.engine.format import AttackStep, Bears, Case, Entry, Item
from kizuki.casebook.engine.times import first_marked
from kizuki.incidents.engine.next_file import NextSteps
from kizuki.incidents.engine.similar import Alike
from kizuki.kit.text import Text
from kizuki.kit.when import Duration, When, between, parse

#: check: an attack step there that was not seen here yet. entry: an act there. helped, missed: an item of the lessons.
Part: TypeAlias = Literal["check", "entry", "helped", "missed"]
PARTS: Final[tuple[Part, ...]] = ("check", "entry", "helped", "missed")
#: What a source of each part is worth; `behind`: an act that lies before the point where the incident stands.
WORTH: Final[dict[str, float]] = {"check": 3.0, "entry": 2.8, "helped": 2.2, "missed": 1.8, "behind": 1.5}
#: What is left of it with each further one of the same case and part, so that the nearest stand first.
FURTHER: Final = 0.93
#: What a further case adds to a suggestion.
AGREEING: Final = 0.3
#: So many of a case's next acts, and of those that lie behind, are suggested.
MOST_ACTS: Final = 5
MOST: Final = 24
ACTS: Final = frozenset(
    {"analyse", "contain", "eradicate", "recover", "escalate", "decide", "communicate", "report", "detect"}
)
LONGEST_ID: Final = 40
#: Acts that one would still do when they were left out.
LATE: Final = frozenset({"contain", "escalate", "decide", "communicate", "report"})


class Source(msgspec.Struct, frozen=True):
    """Where it stands: a step, entry or item of a case, in its own words. `at`: when, as the case writes it; `after`: how long after the
    attack was noticed there; `before`: it was that long before. `behind`: the case had done so by the point where the incident stands."""

    case: str
    part: Part
    ref: str
    text: Text
    at: When | None = None
    after: Duration | None = None
    before: Duration | None = None
    behind: bool = False
    stated: bool = True


class Suggestion(msgspec.Struct, frozen=True):
    """One thing to do. `key` names it for good. `text`: what to do; None for an act of a case, whose own words say it. `kind`: of the
    case's entry. `measures`: those that it comes from."""

    key: str
    part: Part
    text: Text | None
    role: str
    kind: str
    measures: tuple[str, ...]
    sources: tuple[Source, ...]
    worth: float


def suggestions(
    found: Sequence[Alike], steps: NextSteps, done: Collection[str] = (), most: int = MOST
) -> list[Suggestion]:
    """What the cases suggest, the best first, without the keys that are `done`. Suggestions of several cases that come to the same are
    one."""
    if not found:
        return []
    made: dict[str, list[Suggestion]] = {}
    for one in found:
        share = one.score / found[0].score
        for suggestion in _of_case(one, steps):
            if suggestion.key not in done:
                worth = suggestion.worth * share
                made.setdefault(suggestion.key, []).append(msgspec.structs.replace(suggestion, worth=worth))
    joined = [_joined(group) for group in made.values()]
    return sorted(joined, key=lambda one: (-round(one.worth, 6), one.key))[:most]


def _joined(group: Sequence[Suggestion]) -> Suggestion:
    """One of several: the words of the most pressing part, every source once."""
    first = min(group, key=lambda one: (PARTS.index(one.part), -one.worth))
    sources = {
        (source.case, source.part, source.ref): source
        for one in sorted(group, key=lambda one: -one.worth)
        for source in one.sources
    }
    best: dict[str, float] = {}
    for one in group:
        case = one.sources[0].case
        best[case] = max(best.get(case, 0.0), one.worth)
    ranked = sorted(best.values(), reverse=True)
    return Suggestion(
        first.key, first.part, first.text, first.role, first.kind,
        tuple(dict.fromkeys(measure for one in (first, *group) for measure in one.measures)),
        tuple(sources.values()), ranked[0] + AGREEING * sum(ranked[1:]),
    )  # fmt: skip


def _of_case(one: Alike, steps: NextSteps) -> Iterator[Suggestion]:
    yield from _checks(one, steps)
    yield from _acts(one)
    yield from _items(one.case, one.case.mitigations, "helped", steps)
    yield from _items(one.case, (*one.case.causes_found, *one.case.challenges), "missed", steps)


def _checks(one: Alike, steps: NextSteps) -> Iterator[Suggestion]:
    """The steps that were not seen here, those that follow on a seen one first; of them in the order of the checks, which begins with
    what cannot be made good again."""
    unseen = [step for step in one.case.attack if step.id not in one.steps and step.via != "outside"]
    found = [(step, check) for step in unseen if (check := steps.check(step)) is not None]
    found.sort(key=lambda pair: (not _follows(pair[0], one), steps.checks.index(pair[1])))
    for n, (step, check) in enumerate(found):
        entry = next((entry for entry in one.case.timeline.entries if entry.step == step.id), None)
        key = f"act:{check.measure}" if check.measure else f"check:{check.id}"
        yield Suggestion(
            key, "check", check.text, check.role, "analyse", _measures(step, check.measure),
            (_source(one.case, "check", step.id, step.text, entry),), WORTH["check"] * FURTHER**n,
        )  # fmt: skip


def _follows(step: AttackStep, one: Alike) -> bool:
    """Whether the step comes right after one that was seen."""
    if step.after is not None:
        return bool(set(step.after) & one.steps)
    ids = [other.id for other in one.case.attack]
    at = ids.index(step.id)
    return at > 0 and ids[at - 1] in one.steps


def _measures(step: AttackStep, first: str | None) -> tuple[str, ...]:
    """The measures that bear on a step, those that the source states first."""
    bears: list[Bears] = [*step.contain, *step.detect, *step.soften, *step.prevent]
    ordered = [bear.measure for bear in sorted(bears, key=lambda bear: not bear.stated)]
    return tuple(dict.fromkeys([*((first,) if first else ()), *ordered]))[:3]


def _acts(one: Alike) -> Iterator[Suggestion]:
    """What they did next, and what they had done by now that was not done here."""
    entries = one.case.timeline.entries
    left = [entry for entry in entries[one.point :] if entry.kind in ACTS and entry.n not in one.told]
    late = [entry for entry in entries[: one.point] if entry.kind in LATE and entry.n not in one.told]
    # Without one entry in common, nobody can say what lies behind.
    groups: tuple[tuple[list[Entry], str], ...] = ((left, "entry"), (late if one.grounds.pairs else [], "behind"))
    for group, worth in groups:
        for n, entry in enumerate(group[:MOST_ACTS]):
            source = _source(one.case, "entry", str(entry.n), entry.text, entry, behind=worth == "behind")
            yield Suggestion(
                entry_key(one.case, entry), "entry", None, _role(one.case, entry), entry.kind, (), (source,),
                WORTH[worth] * FURTHER**n,
            )  # fmt: skip


def entry_key(case: Case, entry: Entry) -> str:
    """The key of an act of a case; short enough for what keeps it, however long the case's id is."""
    name = case.id if len(case.id) <= LONGEST_ID else hashlib.sha256(case.id.encode()).hexdigest()[:LONGEST_ID]
    return f"entry:{name}:{entry.n}"


#: Who does what a lane of a case did.
_ROLES: Final = {
    "executive": "executive", "communications": "communications", "security": "security", "it": "it", "business": "business",
    "external": "external",
}  # fmt: skip


def _role(case: Case, entry: Entry) -> str:
    lane = next((lane for lane in case.timeline.lanes if lane.id == entry.lane), None)
    roles = lane.role if lane else ()
    # A lane of several roles is that of those who speak where something is told, else of the first.
    wanted = "communications" if entry.kind == "communicate" and "communications" in roles else next(iter(roles), "")
    return _ROLES.get(wanted, "lead")


def _items(case: Case, items: Iterable[Item], part: Part, steps: NextSteps) -> Iterator[Suggestion]:
    """What the lessons name, as far as something can be done about it now."""
    acts = steps.by_measure()
    n = 0
    for item in items:
        for measure in item.measures:
            if act := acts.get(measure):
                source = Source(case.id, part, item.id, item.text, stated=item.stated)
                yield Suggestion(
                    f"act:{measure}",
                    part,
                    act.text,
                    act.role,
                    "analyse",
                    (measure,),
                    (source,),
                    WORTH[part] * FURTHER**n,
                )
                n += 1
                break


def _source(case: Case, part: Part, ref: str, text: Text, entry: Entry | None, *, behind: bool = False) -> Source:
    """A place of the case with its time, where the timeline tells it."""
    if entry is None:
        return Source(case.id, part, ref, text)
    at, noticed = parse(entry.at), first_marked(case.timeline.entries, "noticed")
    start = parse(noticed.at) if noticed else None
    after = between(start, at) if start and not _earlier(at, start) else None
    before = between(at, start) if start and _earlier(at, start) else None
    return Source(case.id, part, ref, text, at, after, before, behind)


def _earlier(at: When, than: When) -> bool:
    """Whether a time surely lies before another."""
    if at.frame != than.frame or at.frame == "order":
        return False
    return at.high is not None and than.low is not None and at.high <= than.low
