"""What has to be there before an incident is closed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.incidents.engine.review import Parts

Id: TypeAlias = Literal[
    "severity", "tasks", "decisions", "milestones", "outcome", "causes", "roots", "mitigations", "lessons", "measures",
    "elsewhere", "publication",
]  # fmt: skip
#: Milestones that are marked, or said not to apply, before the end.
NEEDED: Final = ("noticed", "contained", "recovered")


class Facts(msgspec.Struct, frozen=True):
    """How the incident stands. `tasks`: numbers of tasks that are not ended. `decisions`: numbers of those that are to be looked at
    again. `settings_open`: assets with the same setting at which nobody has looked."""

    severity: int
    tasks: tuple[int, ...]
    decisions: tuple[int, ...]
    marked: frozenset[str]
    absent: frozenset[str]
    outcome: str
    parts: Parts
    same_setting: str
    settings_open: int
    publication: str


class Point(msgspec.Struct, frozen=True):
    """One thing that is asked for. `left`: what is missing of it, as numbers, milestones or ids of items."""

    id: Id
    met: bool
    left: tuple[str, ...] = ()


def points(facts: Facts) -> tuple[Point, ...]:
    """Every point in the order of the page."""
    parts = facts.parts
    missing = tuple(name for name in NEEDED if name not in facts.marked | facts.absent)
    unfollowed = tuple(item.id for item in parts["lessons"] if item.measures and not item.is_followed)
    followed = any(item.is_followed for item in parts["lessons"])
    settings = (str(facts.settings_open),) if facts.settings_open else ()
    return (
        Point("severity", facts.severity > 0),
        Point("tasks", not facts.tasks, tuple(map(str, facts.tasks))),
        Point("decisions", not facts.decisions, tuple(map(str, facts.decisions))),
        Point("milestones", not missing, missing),
        Point("outcome", bool(facts.outcome.strip())),
        Point("causes", bool(parts["causes"])),
        Point("roots", any(item.root for item in parts["causes"])),
        Point("mitigations", bool(parts["mitigations"])),
        Point("lessons", bool(parts["lessons"])),
        Point("measures", followed and not unfollowed, unfollowed),
        Point("elsewhere", bool(facts.same_setting.strip()) and not facts.settings_open, settings),
        Point("publication", bool(facts.publication)),
    )


def unmet(found: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(point for point in found if not point.met)


def without_reason(found: Iterable[Point], reasons: Mapping[str, str]) -> tuple[Point, ...]:
    """The points that are neither met nor passed over with a reason."""
    return tuple(point for point in unmet(found) if not reasons.get(point.id, "").strip())


def used(found: Collection[Point], reasons: Mapping[str, str]) -> dict[str, str]:
    """The reasons that are needed: of points that are not met."""
    return {point.id: reasons[point.id].strip() for point in unmet(found) if reasons.get(point.id, "").strip()}
