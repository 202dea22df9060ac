"""Coverage whose time has passed counts as unknown, everywhere, and what was worked out before is out of date."""

from __future__ import annotations

import pytest

from kizuki.journal.models import Entry
from kizuki.register import reading
from kizuki.register.actions import Edit, apply, expire_coverage
from kizuki.register.columns import today
from kizuki.register.models import TABLES, Organisation
from kizuki.replay.engine.register import compile_register

KEY = "P06 asset=www"


@pytest.fixture
def lapsed(small: Organisation) -> Organisation:
    """The small organisation, in which one row of coverage lapsed on the day after it was stored."""
    document = {**TABLES["coverage"].objects.get(key=KEY).document, "valid_until": today()}
    apply(organisation=small, edits=[Edit("coverage", KEY, document)], by="a test")
    TABLES["coverage"].objects.filter(key=KEY).update(
        valid_until="2026-01-01", document={**document, "valid_until": "2026-01-01"}
    )
    reading._last.clear()  # written behind the journal's back, as no act does: nothing tells of it
    small.refresh_from_db()
    return small


def test_it_is_noticed_once_and_gives_the_state_a_new_name(lapsed: Organisation) -> None:
    before, entries = lapsed.digest, Entry.objects.count()
    assert expire_coverage() == 1
    lapsed.refresh_from_db()
    assert lapsed.digest != before
    assert Entry.objects.first().verb == "expired"  # type: ignore[union-attr]
    assert expire_coverage() == 0
    assert Entry.objects.count() == entries + 1


def test_it_counts_as_unknown_although_a_wider_row_says_otherwise(lapsed: Organisation) -> None:
    from kizuki.measures.library import catalogue
    from kizuki.register.library import vocabulary

    def state(day: str) -> str:
        register = compile_register(lapsed.standing(day), catalogue(), vocabulary())
        return register.cover("P06").state(register.spread([register.number["www"]]))

    assert state("2026-01-01") == "full"
    assert state("2026-01-02") == "unknown"


def test_a_row_that_is_stored_too_late_is_over_at_once(small: Organisation) -> None:
    document = {**TABLES["coverage"].objects.get(key=KEY).document, "valid_until": "2026-01-01"}
    apply(organisation=small, edits=[Edit("coverage", KEY, document)], by="a test")
    assert TABLES["coverage"].objects.get(key=KEY).over
    assert expire_coverage() == 0
