"""Tables whose columns are mapped to fields: people's own lists, and exports of products by the names of their columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.headings import FIELDS, guess_mapping
from kizuki.register.engine.sources.reading import Fields, Item, Proposal, RowFault, Source, fault
from kizuki.register.engine.sources.sightings import seen
from kizuki.register.engine.sources.tables import Row, headings_of, rows
from kizuki.register.engine.sources.together import Together
from kizuki.register.engine.sources.values import put

#: What a record without a name is called by, in this order.
_NAMES = ("hosts", "id", "serials", "cloud_ids", "urls", "ips", "macs", "mail", "ranges")


def read_csv(source: Source) -> Iterator[Item]:
    return _read(source, excel=False)


def read_xlsx(source: Source) -> Iterator[Item]:
    return _read(source, excel=True)


def _read(source: Source, *, excel: bool) -> Iterator[Item]:
    headings, kind = headings_of(source, excel=excel), source.options.kind
    source.raw.seek(0)
    mapping = guess_mapping(headings, kind) if source.options.mapping is None else source.options.mapping
    mapping = {column: field for column, field in mapping.items() if field in FIELDS[kind] and column in headings}
    if not mapping:
        raise source.refuse(says.NO_COLUMN, 1)
    together = Together(kind)
    for row in rows(source, excel=excel):
        if isinstance(row, RowFault):
            yield row
        else:
            yield from record(source, row, mapping, together)
    yield from together.cycles()


def record(source: Source, row: Row, mapping: Mapping[str, str], together: Together) -> Iterator[Item]:
    """A row as a proposal, with what else it names, and as a sighting where it says when the thing was seen."""
    fields: Fields = {}
    last_seen: tuple[str, str] | None = None
    for column, field in mapping.items():
        text = row.cells.get(column, "")
        if field == "seen_at":
            last_seen = (column, text)
        elif text:
            yield from put(fields, field, text, column, row.place)
    if not named(fields):
        yield fault(row.place, "", says.NO_NAME)
        return
    told = list(together.repeated(fields, row.place))
    yield from told
    if any(one.loses == "row" for one in told):
        return
    yield from together.others(fields, row.place)
    yield Proposal(source.options.kind, fields, row.place)
    if last_seen and last_seen[1].strip():
        yield from seen(source, fields, last_seen[1], column=last_seen[0], place=row.place)


def named(fields: Fields) -> bool:
    """Give a record without a name one of what it can be found by; False where there is nothing."""
    for field in ("name", *_NAMES):
        value = fields.get(field)
        if value and field != "name":
            fields["name"] = value[0] if isinstance(value, tuple) else str(value)
        if value:
            return True
    return False
