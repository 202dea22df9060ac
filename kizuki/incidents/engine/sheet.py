"""Tables that are pasted (CSV, or cells of a spreadsheet) as proposed entries: timelines as `timeline_file` writes them, and what other
programs give. What cannot be read goes into the text; only rows that Kizuki wrote by itself are left out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from kizuki.incidents.engine import inert, lexicon
from kizuki.incidents.engine.human import read_moment
from kizuki.incidents.engine.moment import BadMoment
from kizuki.incidents.engine.proposed import Here, Proposed

#: Words for the columns, in the writing of `lexicon.folded`.
_WORDS: Final[dict[str, str]] = {
    "n": "n|no|no.|#|番号",
    "at": "at|when|timestamp|datetime|date/time|date and time|occurred at|timecreated|@timestamp|日時|発生日時|日付と時刻|いつ",
    "date": "date|日付|年月日",
    "clock": "time|clock|時刻|時間",
    "lane": "lane|role|レーン|担当|レーン(担当)",
    "kind": "kind|type|区分|種別",
    "text": "text|message|entry|event|description|本文|内容|記録|事象|メッセージ|説明",
    "milestone": "milestone|節目",
    "handover": "handover|hands over to|hand-over|引き渡し|引き継ぎ",
    "by": "by|who|name|author|user|記録者|名前|氏名|発言者",
    "auto": "auto",
    "recorded_at": "recorded_at|recorded at|recorded|記録日時|記録時刻",
}
#: Columns of logs that say nothing of an entry but that this is a table; they are told in the text.
_OF_LOGS: Final = frozenset(
    {
        "level", "source", "event id", "task category", "keywords", "host", "hostname", "computer", "severity", "facility",
        "レベル", "ソース", "イベント id", "タスクのカテゴリ", "キーワード", "ホスト", "コンピューター", "重大度",
    }
)  # fmt: skip
_COLUMN: Final = {word: column for column, words in _WORDS.items() for word in words.split("|")}
_MOST_HEADING: Final = 2_000


def read_sheet(text: str, here: Here) -> tuple[Proposed, ...] | None:
    """The rows of a table that has a time in one of its columns, as proposed entries; None where the text is no such
    table or has no rows."""
    first = text.lstrip("\ufeff\r\n").partition("\n")[0]
    found = _heading(first) if len(first) <= _MOST_HEADING else None
    if found is None:
        return None
    delimiter, columns = found
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    made: list[Proposed] = []
    begin, heading = 1, True
    try:
        for row in reader:
            filled = any(cell.strip() for cell in row)
            cells = _named(columns, row)
            if filled and not heading and not cells.get("auto", "").strip():
                made.append(_proposed(cells, begin, here))
            heading = heading and not filled
            begin = reader.line_num + 1
    except csv.Error:
        return None
    return tuple(made) or None


def _heading(line: str) -> tuple[str, list[str]] | None:
    """What parts the columns, and their names: ours, or their own in quotes where they are none of ours."""
    for delimiter in (",", "\t", ";"):
        words = next(csv.reader([line.rstrip("\r")], delimiter=delimiter), [])
        named = [_COLUMN.get(lexicon.folded(word).strip(), f"“{word.strip()}”") for word in words]
        known = {name for name in named if not name.startswith("“")}
        of_logs = sum(lexicon.folded(word).strip() in _OF_LOGS for word in words)
        if len(words) > 1 and len(known) + of_logs > 1 and known & {"at", "date", "clock"}:
            return delimiter, named
    return None


def _named(columns: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    """The cells by column; what stands in a column twice, or beyond the last, is kept under a name of its own."""
    cells: dict[str, str] = {}
    for n, cell in enumerate(row):
        name = columns[n] if n < len(columns) else "“”"
        while name in cells:
            name = f"“{name.strip('“”')}'”"
        cells[name] = inert.meant(cell)
    return cells


def _proposed(cells: Mapping[str, str], line_no: int, here: Here) -> Proposed:
    """One row. What cannot be read goes into the text, so that nothing is lost."""
    left = {name.strip("“”"): cell.strip() for name, cell in cells.items() if name.startswith("“") and cell.strip()}
    at, note, written = _time(cells, here)
    lane, kind = lexicon.lane_of(cells.get("lane", "").strip()), lexicon.kind_of(cells.get("kind", "").strip())
    first, _, more = cells.get("milestone", "").partition(";")
    milestone = lexicon.milestone_of(first.strip())
    words = [word for word in re.split(r"[\s,;、]+", cells.get("handover", "")) if word]
    handover = tuple(dict.fromkeys(filter(None, map(lexicon.lane_of, words))))
    read = {"lane": lane, "kind": kind, "milestone": milestone, "handover": handover or not words}
    if milestone and more.strip():
        left["milestone"] = more.strip()
    left |= {name: cells[name].strip() for name, value in read.items() if not value and cells.get(name, "").strip()}
    text = cells.get("text", "")
    told = "\n".join([*filter(None, [written, text if text.strip() else ""]), *_told(left)])
    return Proposed(
        at, lane or here.lane, kind, told, cells.get("by", "").strip(), line_no, note, "" if kind else lexicon.hint(told),
        milestone, handover,
    )  # fmt: skip


def _told(left: Mapping[str, str]) -> Iterator[str]:
    return (f"{name.strip(chr(39))}: {cell}" if name.strip("'") else cell for name, cell in left.items())


def _time(cells: Mapping[str, str], here: Here) -> tuple[str | None, str, str]:
    """The time of a row, what is to be said of it, and what was written where that could not be read."""
    written = " ".join(cell for name in ("at", "date", "clock") if (cell := cells.get(name, "").strip()))
    if not written:
        return None, "none", ""
    try:
        return read_moment(written, now=here.now, zone=here.zone, day_one=here.day_one), "", ""
    except BadMoment as error:
        return None, error.code, written
