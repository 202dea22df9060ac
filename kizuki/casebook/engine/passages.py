"""A case cut into passages for searching: each sentence with the part of the case where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kizuki.casebook.engine.format import Case
from kizuki.kit.passage import Passage
from kizuki.kit.text import Text


def passages(case: Case) -> list[Passage]:
    """Every sentence of a case as passages in its own language; `part` is the anchor on the case's page."""
    return [
        Passage(language, part, text)
        for part, value in _texts(case)
        for language, text in (("ja", value.ja), ("en", value.en))
        if text
    ]


def _texts(case: Case) -> Iterator[tuple[str, Text]]:
    yield "title", case.title
    if isinstance(case.organisation.text, Text):
        yield "title", case.organisation.text
    yield from (("overview", text) for text in case.overview)
    yield from (("situation", step.text) for step in case.situation.steps)
    for step in case.attack:
        yield "attack", step.text
        if step.condition != "not stated":
            yield "attack", step.condition.text
    yield from (("timeline", entry.text) for entry in case.timeline.entries)
    yield from _summary(case)


def _summary(case: Case) -> Iterable[tuple[str, Text]]:
    for part in ("background", "impact", "causes_found", "mitigations", "lessons", "challenges"):
        yield from (("summary", item.text) for item in getattr(case, part))
