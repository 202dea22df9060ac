"""The demo's incidents: one in the middle of the work, one nearly over; both as people of the company would have entered them."""

from __future__ import annotations

import pytest
from django.utils import timezone

from kizuki.incidents.choices import IndicatorState, TaskState
from kizuki.incidents.models import Entry, Incident
from kizuki.register.models import Asset, Organisation

pytestmark = pytest.mark.django_db
BOTH = " / "


def test_one_is_being_contained_and_has_all_that_the_pages_show(company: Organisation) -> None:
    incident = Incident.objects.get(kind="account-takeover")
    assert (incident.status, incident.is_open) == ("containing", True)
    assert incident.severity >= 2
    assert incident.lead is not None
    assert {row.name for row in incident.milestones.all()} == {
        "occurred",
        "noticed",
        "escalated",
        "contained",
        "disclosed",
    }
    assert incident.tasks.filter(state=TaskState.DONE).count() == 3
    assert incident.tasks.filter(state=TaskState.TODO).count() > 10
    assert incident.decisions.count() == 1
    found = set(incident.indicators.values_list("value", "state"))
    assert found == {
        ("198.51.100.23", IndicatorState.PROPOSED),
        ("files-shirakaba.example", IndicatorState.PROPOSED),
    }
    keys = set(incident.assets.values_list("key", flat=True))
    assert keys <= set(Asset.objects.filter(organisation=company, deleted_at=None).values_list("key", flat=True))


def test_every_entry_speaks_both_languages_and_lies_in_the_past(company: Organisation) -> None:
    written = list(Entry.objects.filter(auto=""))
    assert len(written) == 17
    assert [entry.text for entry in written if BOTH not in entry.text] == []
    assert all(entry.low is not None and entry.low < timezone.now() for entry in written)
