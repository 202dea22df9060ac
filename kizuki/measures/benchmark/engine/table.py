"""Figures of peers from a CSV file: one row a section, sector and size."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from kizuki.kit.document import BadFile, Fault
from kizuki.measures.benchmark.engine.format import Check, Peer, Peers, peer_faults

COLUMNS: Final = ("check", "version", "section", "n", "q1", "median", "q3", "sector", "size")
NEEDED: Final = COLUMNS[:7]
MOST_ROWS: Final = 20_000


def read_table(file: str, raw: bytes, source: str, checks: Sequence[Check]) -> Peers:
    """Read peers from CSV in UTF-8 with a line of headings. Raises `BadFile` with every fault and its line."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile([Fault(file, 1, "the file is not UTF-8; save it as CSV UTF-8")]) from None
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
    if missing:
        raise BadFile([Fault(file, 1, f"the columns {', '.join(missing)} are missing; needed are {', '.join(NEEDED)}")])
    rows: list[tuple[int, Peer]] = []
    faults: list[Fault] = []
    for row in reader:
        if len(rows) >= MOST_ROWS:
            raise BadFile([Fault(file, reader.line_num, f"more than {MOST_ROWS:,} rows; split the file")])
        try:
            rows.append((reader.line_num, _peer(row)))
        except (ValueError, msgspec.ValidationError) as error:
            faults.append(Fault(file, reader.line_num, str(error)))
    peers = [peer for _line, peer in rows]
    faults += [Fault(file, rows[n][0], f"{place}: {message}") for n, place, message in peer_faults(peers, checks)]
    if not rows and not faults:
        faults.append(Fault(file, 1, "the file has no rows below its headings"))
    if faults:
        raise BadFile(sorted(faults, key=lambda fault: fault.line))
    return Peers("kizuki/peers/1", source, tuple(peers))


def _peer(row: dict[str, Any]) -> Peer:
    values: dict[str, Any] = {name: (row.get(name) or "").strip() for name in COLUMNS}
    for name in ("n", "q1", "median", "q3"):
        try:
            values[name] = int(values[name]) if name == "n" else float(values[name])
        except ValueError:
            raise ValueError(f"{name}: “{values[name]}” is not a number; write it as 12 or 2.5") from None
    return msgspec.convert({name: value for name, value in values.items() if value != ""}, Peer)
