"""What was pasted, as entries that a person looks through before they are entered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, Literal, NamedTuple, TypeAlias

import msgspec

MOST_LINES: Final = 5_000
MOST_BYTES: Final = 1_000_000

#: What has to be looked at. "none": there is no time; "day": the day was concluded; "name": the first word was taken for a name; else the
#: time that stands in the text cannot be taken, and why, as the code of a BadMoment says it.
Note: TypeAlias = Literal["", "none", "day", "name", "form", "future", "ancient", "gap", "twice"]


class TooMuch(ValueError):
    """More was pasted than is taken at once. `unit`: "lines" or "bytes"; `n`: how many there are; `most`: how many may be."""

    def __init__(self, unit: str, n: int, most: int) -> None:
        super().__init__(f"{n:,} {unit}, at most {most:,} are taken at once; paste it in parts or keep it as a file")
        self.unit, self.n, self.most = unit, n, most


class Proposed(msgspec.Struct, frozen=True):
    """An entry that is proposed. `at`: a form of `kizuki.kit.when`, None where no time could be taken; `lane`, `kind`: "" where not said;
    `who`: whom the line names as its writer; `line_no`: the first of its lines, from 1; `guess`: the kind at which the text hints."""

    at: str | None
    lane: str
    kind: str
    text: str
    who: str
    line_no: int
    note: str = ""
    guess: str = ""
    milestone: str = ""
    handover: tuple[str, ...] = ()


class Here(NamedTuple):
    """When and where something is pasted. `lane`: whose acts they are unless a line says otherwise."""

    now: datetime
    zone: str
    day_one: date
    lane: str = ""
