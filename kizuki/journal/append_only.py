"""Triggers with which the database itself refuses to change or remove rows of tables that are only added to."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

_REFUSE = "append_only_refuse"


def install(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> None:
    """Create the triggers on SQLite or PostgreSQL. `tables`: names in the database."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION {_REFUSE}() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
            )
        for table in tables:
            for act in ("update", "delete"):
                how = (
                    f"FOR EACH ROW EXECUTE FUNCTION {_REFUSE}()"
                    if connection.vendor == "postgresql"
                    else f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
                )
                cursor.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {how}")


def remove(connection: BaseDatabaseWrapper, tables: Sequence[str]) -> None:
    """Drop them: to undo the migration, or between tests that must empty the tables."""
    with connection.cursor() as cursor:
        for table in tables:
            for act in ("update", "delete"):
                where = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}{where}")
