"""What rooms above the casebook add to its pages. They register here; the casebook imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from kizuki.casebook.models import Case


class StepMark(NamedTuple):
    """A step and its verdict, for the strip of marks in lists."""

    step: str
    verdict: str


class Outcome(NamedTuple):
    """How a case would go at the home organisation: the result's word, the step where it ended, a mark for each step."""

    word: str
    at: str
    marks: Sequence[StepMark]
    address: str


class Outcomes(Protocol):
    def __call__(self, person: Any, cases: Sequence[Case]) -> dict[str, Outcome]: ...


def _none(person: Any, cases: Sequence[Case]) -> dict[str, Outcome]:
    return {}


outcomes: Outcomes = _none
#: Restricts a queryset of cases to those with one of the given results at the home organisation.
narrow_by_result: Callable[[Any, Any, Sequence[str]], Any] | None = None
#: Counts of results over a queryset of cases, for the facet and the first line.
count_results: Callable[[Any, Any], dict[str, int]] | None = None

#: Called, inside the transaction, after cases were stored, removed or restored.
after_change: list[Callable[[], None]] = []


def changed() -> None:
    for call in after_change:
        call()
