"""What of a case can be found by the search box, passage by passage and language by language."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.engine.passages import passages
from kizuki.casebook.models import Case
from kizuki.search import actions

ROOM = "casebook"


def index(cases: Sequence[Case], documents: dict[str, Document]) -> None:
    """Put the passages of these cases in place of what was found of them before."""
    actions.replace(room=ROOM, passages={case.slug: passages(documents[case.slug]) for case in cases})


def forget(cases: Iterable[Case]) -> None:
    actions.forget(room=ROOM, keys=[case.slug for case in cases])
