"""Revisions: kept with their entry, never changed, proven by the chain."""

from __future__ import annotations

import uuid

import pytest
from django.db import DatabaseError, connection, transaction

from kizuki.journal import triggers
from kizuki.journal.actions import Revised, record_revisions, revisions_hash, verify, verify_revisions
from kizuki.journal.engine.chain import Reason
from kizuki.journal.models import AppendOnly, Entry, Revision
from kizuki.journal.rows import insert

pytestmark = pytest.mark.django_db
FIRST = Revised("thing", 0, "a", 1, {"id": "a", "名": "一"})
SECOND = Revised("thing", 0, "a", 2, None)


def test_they_stand_with_their_entry_and_are_proven() -> None:
    batch = uuid.uuid4()
    entry = record_revisions(by="a test", room="test", verb="did", revised=[FIRST, SECOND], data={"n": 1}, batch=batch)
    rows = Revision.objects.filter(batch=batch).order_by("number")
    assert [(row.entry, row.number, row.document, row.at) for row in rows] == [
        (entry, 1, FIRST.document, entry.at), (entry, 2, None, entry.at),
    ]  # fmt: skip
    assert entry.details["revisions_hash"] == revisions_hash([FIRST, SECOND])
    assert (entry.details["revisions"], entry.details["batch"]) == (2, str(batch))
    assert verify().fault is None
    assert verify_revisions() is None


def test_no_revision_comes_twice_and_the_act_is_then_not_done() -> None:
    record_revisions(by="a test", room="test", verb="did", revised=[FIRST])
    with pytest.raises(DatabaseError), transaction.atomic():
        record_revisions(by="a test", room="test", verb="did", revised=[FIRST])
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE journal_revision SET document = NULL",
        "UPDATE journal_revision SET number = 7",
        "DELETE FROM journal_revision",
    ],
)
def test_the_database_refuses_to_change_them(sql: str) -> None:
    record_revisions(by="a test", room="test", verb="did", revised=[FIRST])
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Revision.objects.get().document == FIRST.document


def test_nor_does_the_program() -> None:
    record_revisions(by="a test", room="test", verb="did", revised=[FIRST])
    row = Revision.objects.get()
    for change in (row.save, row.delete, Revision.objects.all().delete, lambda: Revision.objects.update(number=2)):
        with pytest.raises(AppendOnly):
            change()


@pytest.mark.django_db(transaction=True)
def test_what_is_changed_behind_its_back_is_named() -> None:
    record_revisions(by="a test", room="test", verb="did", revised=[FIRST])
    entry = record_revisions(by="a test", room="test", verb="did", revised=[SECOND])
    triggers.remove_revisions(connection)
    try:
        with connection.cursor() as cursor:
            cursor.execute('UPDATE journal_revision SET document = \'{"id": "b"}\' WHERE number = 2')
    finally:
        triggers.install_revisions(connection)
    fault = verify().fault
    assert fault is not None
    assert (fault.seq, fault.reason) == (entry.seq, Reason.REVISIONS)


def test_rows_are_inserted_or_take_the_place_of_others() -> None:
    entry = record_revisions(by="a test", room="test", verb="did", revised=[])
    fields = ("entry_id", "room", "kind", "owner", "key", "number", "document", "batch", "at")
    rows = [(entry.pk, "test", "thing", 0, f"k{n}", 1, {"n": n}, None, entry.at) for n in range(1000)]
    insert(Revision, fields, rows)
    assert Revision.objects.count() == 1000
    assert Revision.objects.get(key="k7").document == {"n": 7}
