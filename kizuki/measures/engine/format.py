"""The measures file `kizuki/measures/1`: what each measure can do to an attack, and on what basis."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

from kizuki.kit import document
from kizuki.kit.document import BadFile, Fault, Lines
from kizuki.kit.text import Text

MeasureId: TypeAlias = Annotated[
    str,
    Meta(
        # `(?!\n)` because `$` alone would let a line end pass
        pattern=r"^[A-Z][A-Z0-9-]{0,15}(?!\n)$",
        description="a measure's id such as P06: 1 to 16 capitals, digits or hyphens, beginning with a capital",
    ),
]
Function: TypeAlias = Literal["govern", "identify", "protect", "detect", "respond", "recover"]
Stops: TypeAlias = Literal["yes", "hinders", "no"]
Contains: TypeAlias = Literal["isolates", "fences", "no"]
Delay: TypeAlias = Literal["minutes", "hours", "days", "weeks", "no"]
Basis: TypeAlias = Literal["source", "judgement"]
Fence: TypeAlias = Literal["zone", "account", "link"]
CostClass: TypeAlias = Literal["low", "medium", "high", "not stated"]


class Power(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a measure can do. `delay`: how long until a detective measure is noticed to have seen something; "no": sees nothing.
    `fences`: what a fencing measure closes: the way out of the zone, the use of the accounts, of the links."""

    stops: Stops = "no"
    contains: Contains = "no"
    delay: Delay = "no"
    fences: Fence | None = None
    basis: Basis = "judgement"
    reason: Text | None = None


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One measure of the catalogue. `csf`: NIST CSF 2.0 subcategories; `mitigations`: ATT&CK; `meti`: directions 1–10 of the
    Cybersecurity Management Guidelines 3.0."""

    id: MeasureId
    name: Text
    short: Text
    text: Text
    function: Function
    power: Power
    csf: tuple[str, ...] = ()
    mitigations: tuple[str, ...] = ()
    meti: tuple[Annotated[int, Meta(ge=1, le=10)], ...] = ()
    cost: CostClass = "not stated"
    split_from: MeasureId | None = None


class Measures(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"schema_": "schema"}
):
    """A catalogue of measures."""

    schema_: Literal["kizuki/measures/1"]
    measures: tuple[Measure, ...]

    def by_id(self) -> dict[str, Measure]:
        return {measure.id: measure for measure in self.measures}


def read(file: str, raw: bytes, *, known: Collection[str] = ()) -> Measures:
    """Read a measures file. Raises `BadFile` with every fault and its line. `known`: measures besides those of the file, from
    which one of it may have been split."""
    measures, lines = document.parse(file, raw, Measures)
    if faults := list(_faults(measures, lines, known)):
        raise BadFile(faults)
    return measures


def _faults(measures: Measures, lines: Lines, besides: Collection[str]) -> Iterable[Fault]:
    seen: set[str] = set()
    known = {*besides, *(measure.id for measure in measures.measures)}
    for n, measure in enumerate(measures.measures):
        if measure.id in seen:
            yield lines.fault(["measures", n, "id"], f"the measure {measure.id} is given twice; ids are unique")
        seen.add(measure.id)
        for part in ("name", "short", "text"):
            if not getattr(measure, part).in_("ja").strip():
                yield lines.fault(
                    ["measures", n, part], "the text is missing; write it in Japanese (ja), in English (en), or in both"
                )
        if measure.split_from and measure.split_from not in known:
            yield lines.fault(["measures", n, "split_from"], f"{measure.split_from} is not a measure of this file")
        if (measure.power.contains == "fences") != (measure.power.fences is not None):
            yield lines.fault(
                ["measures", n, "power"], "“contains: fences” and “fences: zone|account|link” go together"
            )
