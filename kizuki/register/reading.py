"""The whole register read from its tables, fast: the database joins nothing, and the documents are decoded in one go."""

from __future__ import annotations

import functools
from typing import Any

import msgspec
from django.db import connection

from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.models.organisation import Organisation
from kizuki.register.models.records import TABLES


def document_of(organisation: Organisation) -> Document:
    """The register as the organisation file would say it; records in the order in which they came."""
    parts: dict[str, Any] = {kind.part: records_of(organisation, kind.name) for kind in KINDS.values()}
    return Document(
        schema_="kizuki/organisation/1",
        organisation=organisation.head,
        complete=tuple(organisation.complete),
        **parts,
    )


def records_of(organisation: Organisation, kind: RecordKind) -> tuple[Any, ...]:
    """All records of one kind."""
    table = TABLES[kind]._meta.db_table
    text = "document" if connection.vendor == "sqlite" else "document::text"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {text} FROM {table} WHERE organisation_id = %s AND deleted_at IS NULL ORDER BY id",  # noqa: S608
            [organisation.pk],
        )
        documents = ",".join(row[0] for row in cursor.fetchall())
    found: tuple[Any, ...] = _decoder(kind).decode(f"[{documents}]")
    return found


@functools.cache
def _decoder(kind: RecordKind) -> msgspec.json.Decoder[Any]:
    several: Any = tuple.__class_getitem__((KINDS[kind].struct, ...))
    return msgspec.json.Decoder(several)
