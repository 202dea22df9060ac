"""What tests of people's own tables read with."""

from __future__ import annotations

from typing import Any

from kizuki.register.engine import sources


def read(text: str | bytes, **options: Any) -> sources.SourceReading:
    raw = text.encode() if isinstance(text, str) else text
    return sources.read("csv", "list.csv", raw, sources.Options(**options))


def assets(reading: sources.SourceReading) -> list[dict[str, Any]]:
    return [dict(proposal.fields) for proposal in reading.proposals if proposal.kind == "asset"]


def told(reading: sources.SourceReading) -> list[tuple[int, str, str, str]]:
    return [(fault.place, fault.column, fault.form, fault.loses) for fault in reading.faults]
