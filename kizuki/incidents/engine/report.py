"""A report as plain data: what every format draws, and nothing that any of them has to look up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.incidents.engine.inert import clean

SCHEMA: Final = "kizuki/incident-report/1"
Audience: TypeAlias = Literal["technical", "executive"]
AUDIENCES: Final[tuple[Audience, ...]] = ("executive", "technical")
LANGUAGES: Final = ("ja", "en")


class Struct(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of the parts."""


class Paragraph(Struct, frozen=True, tag="paragraph"):
    """Text. `quiet`: said beside the matter, such as that nothing is known."""

    text: str
    quiet: bool = False


class Bullets(Struct, frozen=True, tag="bullets"):
    items: tuple[str, ...]


class Table(Struct, frozen=True, tag="table"):
    """`widths`: how wide the columns are, by one another."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Of each row (name of the column, cell), for narrow screens."""
        return [list(zip(self.head, row, strict=True)) for row in self.rows]

    @property
    def shares(self) -> list[int]:
        """How much of the table's width each column takes, in per cent."""
        return [max(1, round(100 * width / sum(self.widths))) for width in self.widths]

    @property
    def heads(self) -> list[tuple[int, str]]:
        """Of each column (its share, its name)."""
        return list(zip(self.shares, self.head, strict=True))


class Pairs(Struct, frozen=True, tag="pairs"):
    """Names with what they are: the particulars of something."""

    rows: tuple[tuple[str, str], ...]


Block: TypeAlias = Paragraph | Bullets | Table | Pairs


class Section(Struct, frozen=True):
    """`deeper`: it belongs to the section above."""

    title: str
    blocks: tuple[Block, ...]
    deeper: bool = False

    @property
    def shown(self) -> Iterator[tuple[str, Block]]:
        """Each block with the word for its form, for templates."""
        return ((str(block.__struct_config__.tag), block) for block in self.blocks)


class Report(msgspec.Struct, frozen=True, omit_defaults=True, rename={"schema_": "schema"}):
    """A report for one audience in one language. `marking`: what stands on every page – TLP, number, whether it is restricted or an
    exercise. `as_of`: the state it tells, in words."""

    schema_: str
    audience: Audience
    language: str
    number: str
    title: str
    kicker: str
    marking: str
    as_of: str
    sections: tuple[Section, ...]
    pages: str = "{page} / {pages}"


def section(title: str, *blocks: Block | None, deeper: bool = False) -> Section:
    """A section of the blocks that there are; every text in a form that each format can hold."""
    return Section(clean(title), tuple(_clean(block) for block in blocks if block is not None), deeper)


def table(head: Sequence[str], rows: Iterable[Sequence[str]], widths: Sequence[int]) -> Table | None:
    """A table; None without rows. Raises ValueError for a row that has not as many cells as the head."""
    made = tuple(tuple(row) for row in rows)
    if any(len(row) != len(head) for row in made) or len(widths) != len(head):
        raise ValueError("every row has as many cells as the head")
    return Table(tuple(head), made, tuple(widths)) if made else None


def bullets(items: Iterable[str]) -> Bullets | None:
    made = tuple(item for item in items if item)
    return Bullets(made) if made else None


def _clean(block: Block) -> Block:
    if isinstance(block, Paragraph):
        return Paragraph(clean(block.text), block.quiet)
    if isinstance(block, Bullets):
        return Bullets(tuple(map(clean, block.items)))
    if isinstance(block, Pairs):
        return Pairs(tuple((clean(name), clean(value)) for name, value in block.rows))
    return Table(tuple(map(clean, block.head)), tuple(tuple(map(clean, row)) for row in block.rows), block.widths)


def as_json(report: Report) -> bytes:
    """The report as a program reads it."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1) + b"\n"
