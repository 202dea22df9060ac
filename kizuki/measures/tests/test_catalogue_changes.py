"""When the catalogue changes, what was worked out with the one before is out of date."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kizuki.demo.actions import load_company, load_library
from kizuki.measures.actions import store_measures
from kizuki.measures.actions.own import MeasureEdit
from kizuki.measures.catalogue import find
from kizuki.measures.library import measures
from kizuki.replay.actions import refresh, stale

pytestmark = pytest.mark.django_db


def test_outcomes_are_replayed_after_an_own_measure_came(cast: Any) -> None:
    load_library()
    company = load_company()
    refresh(organisation=company, cases=stale(company))
    assert not stale(company).exists()
    own = msgspec.structs.replace(measures()["P06"], id="X01")
    assert find("X01") is None
    store_measures(edits=[MeasureEdit(own)], by=cast.manager)
    company.refresh_from_db()
    assert stale(company).count() == 8
    assert find("X01") == own
