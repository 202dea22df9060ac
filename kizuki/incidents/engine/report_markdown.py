"""A report as Markdown. What people typed is text and nothing else: no heading, link, picture or tag comes of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from kizuki.incidents.engine.report import Block, Bullets, Pairs, Paragraph, Report, Table

#: Each of these can mean something somewhere in a line. The colon keeps addresses from becoming links.
_SIGNS: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>:^=$@])")


def markdown(report: Report) -> str:
    """The whole report."""
    return "\n".join(_lines(report)).rstrip() + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"**{plain(report.marking)}**"
    yield ""
    yield f"# {plain(report.title)}"
    yield ""
    yield f"{plain(report.kicker)} – {plain(report.as_of)}"
    yield ""
    for section in report.sections:
        yield f"{'###' if section.deeper else '##'} {plain(section.title)}"
        yield ""
        for block in section.blocks:
            yield from _block(block)
            yield ""
    yield f"**{plain(report.marking)}**"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield "  \n".join(plain(line) for line in block.text.split("\n"))
    elif isinstance(block, Bullets):
        yield from (f"- {_cell(item)}" for item in block.items)
    elif isinstance(block, Pairs):
        yield from (f"- **{_cell(name)}**\\: {_cell(value)}" for name, value in block.rows)
    else:
        yield from _table(block)


def _table(block: Table) -> Iterator[str]:
    yield _row(block.head)
    yield "|" + " --- |" * len(block.head)
    yield from map(_row, block.rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(map(_cell, cells)) + " |"


def _cell(text: str) -> str:
    """Text that stays in its line."""
    return "<br>".join(plain(line) for line in text.split("\n"))


def plain(text: str) -> str:
    """One line of text in which nothing means anything."""
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\t", " ").strip()
    return _SIGNS.sub(r"\\\1", safe)
