"""Registers that were kept as one document before become records, and nothing is lost."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kizuki.journal.actions import verify
from kizuki.journal.models import Revision
from kizuki.kit.library import library_path
from kizuki.measures.library import catalogue
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.register.models import Asset, Organisation


@pytest.fixture
def old() -> Any:
    """The tables as they were; afterwards they are brought up to date again."""
    executor = MigrationExecutor(connection)
    executor.migrate([("register", "0001_initial"), ("replay", None)])
    yield executor.loader.project_state([("register", "0001_initial")]).apps
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


@pytest.mark.django_db(transaction=True)
def test_a_document_becomes_records_with_their_first_revisions(old: Any) -> None:
    path = library_path() / "demo" / "company.yaml"
    document = read(path.name, path.read_bytes(), vocabulary=vocabulary(), measures=catalogue())
    table = old.get_model("register", "Organisation")
    table.objects.create(slug="us", name="Us", digest="0" * 64, is_home=True, document=msgspec.to_builtins(document))
    executor = MigrationExecutor(connection)
    executor.migrate([("register", "0004_no_document")])
    row = Organisation.objects.get(slug="us")
    assert row.read == document
    assert Asset.objects.count() == len(document.assets)
    assert Revision.objects.filter(kind="asset").count() == len(document.assets)
    assert verify().fault is None
