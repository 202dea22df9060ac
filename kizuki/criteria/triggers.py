"""The triggers with which the database itself refuses to change a decision or the document of an approved version."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

_MESSAGE = "decisions and approved criteria do not change"
_APPROVED = "OLD.state = 'approved' AND (NEW.digest <> OLD.digest OR NEW.number <> OLD.number)"

_SQLITE = [
    "CREATE TRIGGER criteria_decision_no_update BEFORE UPDATE ON criteria_decision "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
    f"CREATE TRIGGER criteria_version_no_update BEFORE UPDATE ON criteria_version WHEN {_APPROVED} "
    f"BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END",
]
_POSTGRESQL = [
    "CREATE OR REPLACE FUNCTION criteria_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE TRIGGER criteria_decision_no_update BEFORE UPDATE ON criteria_decision "
    "FOR EACH ROW EXECUTE FUNCTION criteria_refuse()",
    f"CREATE TRIGGER criteria_version_no_update BEFORE UPDATE ON criteria_version FOR EACH ROW WHEN ({_APPROVED}) "
    "EXECUTE FUNCTION criteria_refuse()",
]
_TABLES = ("decision", "version")


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers on SQLite or PostgreSQL."""
    with connection.cursor() as cursor:
        for statement in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: to undo the migration."""
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for table in _TABLES:
            where = f" ON criteria_{table}" if postgresql else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS criteria_{table}_no_update{where}")
        if postgresql:
            cursor.execute("DROP FUNCTION IF EXISTS criteria_refuse()")
