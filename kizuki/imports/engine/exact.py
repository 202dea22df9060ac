"""Lines of files that say all of a record: the organisation file, and tables that the register itself wrote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from kizuki.imports.engine import says
from kizuki.imports.engine.checking import Checker
from kizuki.imports.engine.held import Held
from kizuki.imports.engine.lines import Line, May
from kizuki.imports.engine.ordering import without_left
from kizuki.register.engine.kinds import KINDS, RecordKind, built
from kizuki.register.engine.merge import changed


def exact_lines(
    held: Held, checker: Checker, may: May, kind: RecordKind, records: Iterable[tuple[int, dict[str, Any]]]
) -> Iterator[Line]:
    """A line for each record, as (place, document). What is written twice can be taken once."""
    seen: dict[str, int] = {}
    numbers: dict[str, int] = {}
    for place, written in records:
        wanted, left = _known(checker, kind, written)
        document, why = checker.sound(kind, wanted)
        if document is None:
            yield Line(kind, "", "bad", place, _name(wanted), reason=says.MALFORMED, arguments=(("why", why),))
            continue
        key = KINDS[kind].key(built(kind, document))
        if "id" not in document:  # two of a kind without ids may have the same key
            numbers[key] = n = numbers.get(key, 0) + 1
            key = key if n == 1 else f"{key}#{n}"
        line = _line(held, may, (kind, key), place, document)
        if left and line.takes:
            line = msgspec.structs.replace(line, reason=says.LEFT_NAMES, arguments=(("which", ", ".join(left)),))
        if key in seen:
            row = (("row", str(seen[key])),)
            line = Line(
                kind,
                key,
                "conflict",
                place,
                line.name,
                "id",
                document,
                line.base,
                line.changes,
                says.TWICE,
                row,
                one_of=key,
            )
        seen.setdefault(key, place)
        yield line


def _known(checker: Checker, kind: RecordKind, document: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """The document without the names of what is not there, where it can be without; those names."""
    left: list[str] = []

    def missing(of: RecordKind, key: str) -> bool:
        if key in checker.keys[of]:
            return False
        left.append(key)
        return True

    made = without_left(kind, document, missing)
    return (document, []) if made is None else (made, list(dict.fromkeys(left)))


def _line(held: Held, may: May, named: tuple[RecordKind, str], place: int, document: dict[str, Any]) -> Line:
    kind, key = named
    before = held.document(kind, key)
    units = {unit_of(held, kind, one) for one in (before, document) if one is not None}
    if not all(may(kind, unit) for unit in units):
        return Line(kind, "", "outside", place, _name(document), reason=says.OUTSIDE)
    if before == document:
        return Line(kind, key, "same", place, _name(document), "id")
    differences = tuple(changed(before, document)) if before is not None else ()
    reason = says.TAKEN_OUT if before is None and held.knew(kind, key) else ""
    return Line(
        kind, key, "new" if before is None else "changed", place, _name(document), "id", document, held.version(kind, key),
        differences, reason,
    )  # fmt: skip


def unit_of(held: Held, kind: RecordKind, document: dict[str, Any]) -> str:
    """The unit that answers for a record; that of its asset for a backup."""
    if kind == "backup":
        return str((held.document("asset", str(document.get("of"))) or {}).get("unit") or "")
    return str(document.get("unit") or "")


def gone_lines(held: Held, named: dict[RecordKind, set[str]]) -> Iterator[Line]:
    """A line for each record that a file, which names all, does not name. `named`: the keys by kind."""
    for kind in reversed(KINDS):
        for key in held.keys(kind):
            if key not in named.get(kind, set()):
                document = held.document(kind, key) or {}
                yield Line(kind, key, "gone", 0, _name(document), "", None, held.version(kind, key))


def _name(document: dict[str, Any]) -> Any:
    return document.get("name") or ""
