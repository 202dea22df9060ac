"""Reading an organisation file: its form, and whether what it says hangs together."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any, Protocol

from kizuki.kit import document
from kizuki.kit.document import MAX_FAULTS, BadFile, Fault, Lines
from kizuki.register.engine.checks import Finding, Known, bad_name, circles, of_record, twice, unknown_word
from kizuki.register.engine.format import Organisation
from kizuki.register.engine.kinds import KINDS
from kizuki.register.engine.vocabulary import Vocabulary


class Catalogue(Protocol):
    """What reading needs of the measures file (`kizuki.measures.engine.format.Measures`)."""

    def by_id(self) -> dict[str, Any]: ...


def read(file: str, raw: bytes, *, vocabulary: Vocabulary, measures: Catalogue) -> Organisation:
    """Read an organisation file. Raises `BadFile` with every fault (at most 200) and its line."""
    organisation, lines = document.parse(file, raw, Organisation)
    raise_for(faults(organisation, vocabulary=vocabulary, measures=measures), lines)
    return organisation


def raise_for(findings: Iterable[Finding], lines: Lines) -> None:
    """Raise `BadFile` if there are findings, each with the line of its place."""
    found = list(itertools.islice(findings, MAX_FAULTS))
    if found:
        raise BadFile(Fault(lines.file, lines.at(place), message) for place, message in found)


def faults(organisation: Organisation, *, vocabulary: Vocabulary, measures: Catalogue) -> Iterator[Finding]:
    """Everything in an organisation that its form allows and that cannot be meant: the place and what is wrong."""
    yield from _about(organisation, vocabulary)
    known = known_in(organisation)
    ids = measures.by_id()
    for kind in KINDS.values():
        records = getattr(organisation, kind.part)
        if "id" in kind.struct.__struct_fields__:
            yield from twice(((kind.part, n, "id"), record.id) for n, record in enumerate(records))
        for n, record in enumerate(records):
            for place, message in of_record(kind.name, record, known, vocabulary, ids):
                yield (kind.part, n, *place), message
    yield from _circles(organisation)


def known_in(organisation: Organisation) -> Known:
    """The ids of a whole file, by kind."""
    with_ids = [kind for kind in KINDS.values() if "id" in kind.struct.__struct_fields__]
    return {kind.name: {record.id for record in getattr(organisation, kind.part)} for kind in with_ids}


def _about(organisation: Organisation, vocabulary: Vocabulary) -> Iterator[Finding]:
    about = organisation.organisation
    yield from bad_name(("organisation", "name"), about.name)
    if about.sector != "not stated":
        yield from unknown_word(("organisation", "sector"), about.sector, vocabulary.ids("sectors"), "sector")
    known = vocabulary.ids("profile")
    for n, word in enumerate(about.profile):
        yield from unknown_word(("organisation", "profile", n), word, known, "word of a profile")


def _circles(organisation: Organisation) -> Iterator[Finding]:
    # with an id given twice nobody knows which unit is meant above another
    if len({unit.id for unit in organisation.units}) < len(organisation.units):
        return
    found = circles({unit.id: unit.parent for unit in organisation.units if unit.parent is not None})
    for n, unit in enumerate(organisation.units):
        if unit.id in found:
            yield ("units", n, "parent"), f"the unit “{unit.id}” lies within itself; name another unit above it"
