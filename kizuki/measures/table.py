"""Coverage from a table: what it would change, row by row, before anything is changed."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from kizuki.measures import catalogue, words
from kizuki.measures.actions.coverage import KIND, key_of
from kizuki.measures.engine.table import COLUMNS, SCOPE, Told, read_rows
from kizuki.register.actions import Edit
from kizuki.register.engine import checks
from kizuki.register.engine.format import Coverage as Record
from kizuki.register.engine.kinds import named, plain
from kizuki.register.engine.sources.reading import Options, RowFault, Source
from kizuki.register.engine.sources.tables import rows
from kizuki.register.library import vocabulary
from kizuki.register.models import TABLES, Coverage, Organisation
from kizuki.ui.faults import told

MOST_ROWS = 20_000
HEADINGS = {**words.FIELDS, **words.SCOPES, "evidence_ja": words.EVIDENCE_JA, "evidence_en": words.EVIDENCE_EN}


class Planned(NamedTuple):
    """A row that can be stored: its number, the edit, and what it comes to: new, changed or same."""

    place: int
    edit: Edit
    what: str


class Plan(NamedTuple):
    """What a table would do. `wrong`: number of the row, column, message in the reader's language."""

    rows: list[Planned]
    wrong: list[tuple[int, Any, str]]

    def count(self, what: str) -> int:
        return sum(row.what == what for row in self.rows)

    @property
    def edits(self) -> list[Edit]:
        return [row.edit for row in self.rows if row.what != "same"]


def plan(organisation: Organisation, name: str, content: bytes) -> Plan:
    """Read a table (CSV in any encoding, or Excel). Raises `BadFile` where it is none."""
    excel = content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0"
    source = Source("xlsx" if excel else "csv", name, io.BytesIO(content), Options(max_rows=MOST_ROWS))
    read = list(read_rows(rows(source, excel=excel), headings(), states()))
    sound, wrong = _sound(organisation, [row for row in read if isinstance(row, Told)])
    wrong += [(f.place, f.column, _(f.form) % dict(f.arguments)) for f in read if isinstance(f, RowFault)]
    return Plan(list(_compared(organisation, sound)), sorted(wrong, key=lambda line: line[0]))


def _sound(organisation: Organisation, read: list[Told]) -> tuple[list[tuple[int, Record]], list[tuple[int, Any, str]]]:
    """The rows that can be meant, and what is wrong with the others."""
    known, measures, vocab = _known(organisation, read), catalogue.ids(), vocabulary()
    sound: list[tuple[int, Record]] = []
    wrong: list[tuple[int, Any, str]] = []
    seen: dict[str, int] = {}
    for row in read:
        found = list(row.wrong)
        if not found:
            record = msgspec.convert(row.document, Record)
            found = [
                (str(place[-1]), why) for place, why in checks.of_record("coverage", record, known, vocab, measures)
            ]
        if found:
            wrong += [(row.place, _column(column), told(why)) for column, why in found]
            continue
        key = key_of(record.measure, plain(record.scope))
        if key in seen:
            wrong.append(
                (row.place, "", _("Row %(n)d speaks of the same measure and scope already.") % {"n": seen[key]})
            )
            continue
        seen[key] = row.place
        sound.append((row.place, record))
    return sound, wrong


def _column(name: str) -> Any:
    return HEADINGS.get(name, name)


def _known(organisation: Organisation, read: list[Told]) -> dict[Any, set[str]]:
    """The ids that rows of this table may name: those of them that there are."""
    wanted: dict[Any, set[str]] = {}
    for row in read:
        if not row.wrong:
            for of, _place, id in named("coverage", msgspec.convert(row.document, Record)):
                wanted.setdefault(of, set()).add(id)
    found: dict[Any, set[str]] = {}
    for kind, ids in wanted.items():
        ordered = sorted(ids)
        for start in range(0, len(ordered), 5000):
            rows_ = TABLES[kind].objects.filter(
                organisation=organisation, deleted_at=None, key__in=ordered[start : start + 5000]
            )
            found.setdefault(kind, set()).update(rows_.values_list("key", flat=True))
    return found


def _compared(organisation: Organisation, sound: list[tuple[int, Record]]) -> Iterator[Planned]:
    stored: Any = Coverage.objects.filter(organisation=organisation, deleted_at=None)
    now = {row.key: (row.document, row.version) for row in stored.only("key", "document", "version")}
    for place, record in sound:
        document = plain(record)
        key = key_of(record.measure, document["scope"])
        before, version = now.get(key, (None, None))
        what = "new" if before is None else "same" if before == document else "changed"
        yield Planned(place, Edit(KIND, key, document, version), what)


def headings() -> dict[str, str]:
    """What a column may be called, in small letters: its name in the file, or that of the pages in either language."""
    made = {name: name for name in COLUMNS}
    for code in ("ja", "en"):
        with translation.override(code):
            made |= {str(HEADINGS[name]).casefold(): name for name in COLUMNS if name in HEADINGS}
            made |= {str(words.SCOPES[name]).casefold(): name for name in SCOPE}
    return made


def states() -> dict[str, str]:
    """What a state may be called, in small letters."""
    made = {state: state for state in words.STATES}
    for code in ("ja", "en"):
        with translation.override(code):
            made |= {str(word).casefold(): state for state, word in words.STATES.items()}
    return made
