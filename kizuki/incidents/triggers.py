"""Entries, their links and decisions are only ever added; the database refuses anything else."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

from kizuki.journal import append_only

TABLES = ("incidents_entry", "incidents_link", "incidents_decision", "incidents_decisionreview")


def install(connection: BaseDatabaseWrapper) -> None:
    append_only.install(connection, TABLES)


def remove(connection: BaseDatabaseWrapper) -> None:
    append_only.remove(connection, TABLES)
