"""Decisions that are kept: with everything they rest on, and for good."""

from __future__ import annotations

import random
import time

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from kizuki.criteria.actions import NoCriteria, decide, load_library
from kizuki.criteria.engine.decide import Given
from kizuki.criteria.library import documents
from kizuki.criteria.models import AppendOnly, Decision, Version
from kizuki.criteria.queries import compare, history, in_effect
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db


def test_a_decision_keeps_facts_sources_rule_version_and_what_it_is_about(counting: Version, cast: Cast) -> None:
    facts = {"heat": Given("mid", "thermometer", "2026-11-20"), "kind": None}
    made = decide(purpose="small", facts=facts, about=cast.responder, by=cast.manager)
    kept = Decision.objects.get()
    assert kept == made
    assert (kept.outcome, kept.rule, kept.version, kept.by, kept.by_name) == (
        "stop",
        "hot",
        counting,
        cast.manager,
        "Manager",
    )
    assert (kept.about_type, kept.about_id, kept.about_label) == (
        "accounts.person",
        str(cast.responder.pk),
        "Responder",
    )
    assert [(u.fact, u.value, u.read_as, u.source, u.day) for u in kept.used] == [
        ("heat", "mid", "mid", "thermometer", "2026-11-20"),
        ("kind", None, "a", "", ""),
    ]
    assert list(Decision.objects.about(cast.responder)) == [kept]
    assert list(Decision.objects.about(cast.manager)) == []
    entry = Entry.objects.order_by("-seq")[0]
    assert (entry.room, entry.verb, entry.object_id) == ("criteria", "decided", str(kept.pk))


@pytest.mark.parametrize(("by", "name"), [(None, "Kizuki"), ("kizuki load", "kizuki load")])
def test_programs_decide_too(counting: Version, by: str | None, name: str) -> None:
    made = decide(purpose="small", facts={"heat": "low"}, by=by)
    assert (made.by, made.decider, made.about_label) == (None, name, "")


def test_without_criteria_or_with_foreign_facts_nothing_is_decided(counting: Version, cast: Cast) -> None:
    with pytest.raises(NoCriteria, match="“nothing”"):
        decide(purpose="nothing", facts={}, by=cast.manager)
    with pytest.raises(ValidationError) as caught:
        decide(purpose="small", facts={"heat": "boiling", "colour": "red"}, by=cast.manager)
    assert caught.value.messages == ["This is not a value of “Heat”.", "“colour” is not a fact of these criteria."]
    assert not Decision.objects.exists()


def test_a_decision_is_never_changed_or_removed(counting: Version, cast: Cast) -> None:
    made = decide(purpose="small", facts={}, by=cast.manager)
    for act in (made.save, made.delete, Decision.objects.all().delete, lambda: Decision.objects.update(outcome="fine")):
        with pytest.raises(AppendOnly):
            act()
    with pytest.raises(DatabaseError, match="do not change"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE criteria_decision SET outcome = 'fine'")
    assert Decision.objects.get().outcome == "stop"


def test_a_draft_is_replayed_over_all_decisions_of_all_versions(draft: Version, counting: Version, cast: Cast) -> None:
    for heat in ("low", "mid", "mid", "high", None):
        decide(purpose="small", facts={"heat": heat, "kind": "a"}, by=cast.manager)
    assert sum(past.count for past in history(draft.criteria, cast.manager)) == 5
    with CaptureQueriesContext(connection) as queries:
        found = compare(draft, counting, cast.manager)
    assert len(queries) == 2
    assert (found.total, found.moved) == (5, 2)
    assert [(m.old, m.new, m.count) for m in found.moves if m.direction == "milder"] == [("stop", "fine", 2)]


def test_a_hundred_thousand_kept_decisions_are_replayed_within_two_seconds(cast: Cast) -> None:
    load_library(documents=documents(), by="test")
    version = in_effect("admission")
    assert version is not None
    compiled, chance = version.compiled, random.Random(1)
    ids = [outcome.id for outcome in compiled.criteria.outcomes]
    cells = [chance.randrange(compiled.cells) for _ in range(100_000)]
    columns = "version_id, cell, outcome, at, rule, facts, by_name, about_type, about_id, about_label"
    rows = [
        f"({version.pk}, {cell}, '{ids[compiled.outcomes[cell]]}', CURRENT_TIMESTAMP, 'x', '[]', 'x', '', '', '')"
        for cell in cells
    ]
    with connection.cursor() as cursor:
        for n in range(0, len(rows), 5000):
            cursor.execute(f"INSERT INTO criteria_decision ({columns}) VALUES {', '.join(rows[n : n + 5000])}")
    start = time.perf_counter()
    found = compare(version, version, cast.manager)
    taken = time.perf_counter() - start
    assert (found.total, found.moved) == (100_000, 0)
    assert taken < 2
