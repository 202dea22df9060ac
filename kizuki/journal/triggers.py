"""The triggers with which the database itself refuses to change the journal."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "journal_entry"

_SQLITE = [
    f"CREATE TRIGGER journal_no_update BEFORE UPDATE ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    f"CREATE TRIGGER journal_no_delete BEFORE DELETE ON {TABLE} "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
    # INSERT OR REPLACE removes the old row without firing the trigger above.
    "CREATE TRIGGER journal_no_replace BEFORE INSERT ON journal_entry "
    "WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM journal_entry) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END",
]
_SQLITE_REMOVE = [f"DROP TRIGGER IF EXISTS journal_no_{name}" for name in ("update", "delete", "replace")]

_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION 'the journal is append-only' USING ERRCODE = 'restrict_violation'; END $$",
    f"CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    f"CREATE TRIGGER journal_no_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
]
_POSTGRESQL_REMOVE = [
    f"DROP TRIGGER IF EXISTS journal_no_change ON {TABLE}",
    f"DROP TRIGGER IF EXISTS journal_no_truncate ON {TABLE}",
    "DROP FUNCTION IF EXISTS journal_refuse()",
]


#: The same for the revisions, which came later.
REVISIONS = "journal_revision"
_SQLITE_REVISIONS = [
    f"CREATE TRIGGER journal_revision_no_{act} BEFORE {act.upper()} ON {REVISIONS} "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
    for act in ("update", "delete")
] + [
    # A new row has no number yet here (-1), unless somebody puts it in the place of another.
    "CREATE TRIGGER journal_revision_no_replace BEFORE INSERT ON journal_revision "
    "WHEN EXISTS (SELECT 1 FROM journal_revision WHERE id = NEW.id OR (room = NEW.room AND kind = NEW.kind "
    "AND owner = NEW.owner AND key = NEW.key AND number = NEW.number)) "
    "BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END"
]
_SQLITE_REVISIONS_REMOVE = [
    f"DROP TRIGGER IF EXISTS journal_revision_no_{act}" for act in ("update", "delete", "replace")
]
_POSTGRESQL_REVISIONS = [
    f"CREATE TRIGGER journal_revision_no_change BEFORE UPDATE OR DELETE ON {REVISIONS} "
    "FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    f"CREATE TRIGGER journal_revision_no_truncate BEFORE TRUNCATE ON {REVISIONS} "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
]
_POSTGRESQL_REVISIONS_REMOVE = [
    f"DROP TRIGGER IF EXISTS journal_revision_no_{act} ON {REVISIONS}" for act in ("change", "truncate")
]


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of the entries on SQLite or PostgreSQL."""
    _run(connection, _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop them: to undo the migration, once those of the revisions are gone."""
    _run(connection, _POSTGRESQL_REMOVE if connection.vendor == "postgresql" else _SQLITE_REMOVE)


def install_revisions(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of the revisions, after those of the entries."""
    _run(connection, _POSTGRESQL_REVISIONS if connection.vendor == "postgresql" else _SQLITE_REVISIONS)


def remove_revisions(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _POSTGRESQL_REVISIONS_REMOVE if connection.vendor == "postgresql" else _SQLITE_REVISIONS_REMOVE)


def install_all(connection: BaseDatabaseWrapper) -> None:
    install(connection)
    install_revisions(connection)


def remove_all(connection: BaseDatabaseWrapper) -> None:
    """Between tests that must empty the tables, or that forge what stands there."""
    remove_revisions(connection)
    remove(connection)


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
