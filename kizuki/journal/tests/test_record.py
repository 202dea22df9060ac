"""Writing to the journal: the chain, the triggers, many writers at once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from kizuki.accounts.models import Person
from kizuki.journal.actions import record, verify
from kizuki.journal.engine.chain import START, Anchor, Reason
from kizuki.journal.models import AppendOnly, Entry

pytestmark = pytest.mark.django_db


def write(count: int = 3) -> list[Entry]:
    return [record(by="test", room="journal", verb="try", data={"n": n}) for n in range(count)]


def test_entries_follow_from_each_other() -> None:
    first, second, third = write()
    assert (first.seq, second.seq, third.seq) == (1, 2, 3)
    assert (first.previous, second.previous, third.previous) == (START, first.hash, second.hash)
    verdict = verify()
    assert verdict.whole
    assert (verdict.count, verdict.hash) == (3, third.hash)


def test_names_are_kept_as_text(cast: Any) -> None:
    entry = record(by=cast.manager, room="accounts", verb="try", obj=cast.reporter, data={"書": "日本語", "a": 1})
    Person.objects.filter(pk=cast.manager.pk).update(name="Someone else")
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_name) == (str(cast.manager.pk), "Manager")
    assert (entry.object_type, entry.object_id, entry.object_label) == (
        "accounts.person", str(cast.reporter.pk), "Reporter",
    )  # fmt: skip
    assert entry.data == '{"a":1,"書":"日本語"}'
    assert list(Entry.objects.about(cast.reporter)) == [entry]


def test_what_no_database_stores_does_not_break_the_chain() -> None:
    record(by="nul \x00 and half \ud800", room="journal", verb="try", data={"x": "\ud800 \x00"})
    assert verify().whole


def test_a_rolled_back_act_leaves_no_entry() -> None:
    write(1)
    with transaction.atomic():
        write(1)
        transaction.set_rollback(True)
    assert Entry.objects.count() == 1
    assert verify().whole


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET verb = 'other' WHERE seq = 2",
        "UPDATE journal_entry SET hash = hash",
        "DELETE FROM journal_entry WHERE seq = 3",
        "DELETE FROM journal_entry",
    ],
)
def test_the_database_refuses_changes(statement: str) -> None:
    write()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().count == 3


def test_the_database_refuses_to_replace_or_empty() -> None:
    write()
    statement = (
        "TRUNCATE journal_entry CASCADE"
        if connection.vendor == "postgresql"
        else "INSERT OR REPLACE INTO journal_entry SELECT * FROM journal_entry WHERE seq = 2"
    )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().count == 3


def test_the_model_refuses_changes() -> None:
    entry = write(1)[0]
    with pytest.raises(AppendOnly):
        entry.save()
    with pytest.raises(AppendOnly):
        entry.delete()
    with pytest.raises(AppendOnly):
        Entry.objects.all().delete()
    with pytest.raises(AppendOnly):
        Entry.objects.update(verb="other")


def test_a_cut_off_end_is_found_by_an_anchor() -> None:
    third = write()[2]
    assert verify(Anchor(3, third.hash)).whole
    fault = verify(Anchor(4, "0" * 64)).fault
    assert fault is not None
    assert (fault.seq, fault.reason) == (4, Reason.SHORT)
    fault = verify(Anchor(2, third.hash)).fault
    assert fault is not None
    assert (fault.seq, fault.reason) == (2, Reason.ANCHOR)


@pytest.mark.django_db(transaction=True)
def test_many_writers_make_one_chain() -> None:
    failures: list[BaseException] = []

    def work(name: str) -> None:
        try:
            for n in range(10):
                with transaction.atomic():
                    record(by=name, room="journal", verb="try", data={"n": n})
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(f"writer {n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    assert (verify().whole, verify().count) == (True, 40)


@pytest.mark.django_db(transaction=True)
def test_other_processes_join_the_same_chain(in_another_process: Any) -> None:
    code = """
        from kizuki.journal.actions import record
        for n in range(10):
            record(by="another process", room="journal", verb="try", data={"n": n})
    """
    processes = [in_another_process(code) for _ in range(2)]
    write(5)
    for process in processes:
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    assert (verify().whole, verify().count) == (True, 25)
