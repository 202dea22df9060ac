"""An import is taken back as a job: how far it is, what stands in its way, going on after it died, what it leaves."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from kizuki.imports import actions, tasks
from kizuki.imports.choices import State
from kizuki.imports.models import Import
from kizuki.imports.tests.conftest import TABLE, entered, planned
from kizuki.jobs.models import Job
from kizuki.jobs.worker import drain
from kizuki.register.actions import Edit, Stale, apply, undo
from kizuki.register.models import Asset, Organisation
from kizuki.register.tests.test_undo import OneByOne

pytestmark = pytest.mark.django_db
SEEN = "10.1.0.77 dev eth0 lladdr 3c:52:82:00:00:77 REACHABLE\n"


@pytest.fixture
def manager(small: Organisation, cast: Cast, signed_in: Any) -> Client:
    client: Client = signed_in(cast.manager)
    return client


def page(client: Client, made: Import) -> str:
    return str(client.get(f"/imports/{made.pk}").content.decode())


def work() -> None:
    """Do what is queued; reading and entering was done by hand before."""
    Job.objects.exclude(task=tasks.undo.path).update(state="done")
    drain()


def changed_since(made: Import) -> None:
    now = {**Asset.objects.get(key="PC-1").document, "os": "Other"}
    apply(organisation=made.organisation, edits=[Edit("asset", "PC-1", now)], by="somebody")


def test_the_page_shows_how_far_it_is_and_nobody_does_it_twice(manager: Client, cast: Cast, before: Any) -> None:
    made = entered(planned(TABLE, by=cast.manager), by=cast.manager)
    assert manager.post(f"/imports/{made.pk}/undo").headers["Location"] == f"/imports/{made.pk}"
    made.refresh_from_db()
    assert made.state == State.UNDOING
    shown = page(manager, made)
    assert "It is being taken back." in shown
    assert 'id="progress"' in shown
    with pytest.raises(actions.NotNow):
        actions.begin_undoing(imported=made, by=cast.manager)
    with pytest.raises(actions.NotNow):
        actions.begin_applying(imported=made, by=cast.manager)
    work()
    job = Job.objects.get(task=tasks.undo.path)
    assert (job.state, job.message["en"]) == ("done", "6 of 6 records")
    assert "All of it was taken back." in page(manager, made)
    assert Organisation.objects.get(is_home=True).read == before


def test_what_stands_in_the_way_is_told_and_nothing_is_taken_back(manager: Client, cast: Cast) -> None:
    made = entered(planned(TABLE, by=cast.manager), by=cast.manager)
    changed_since(made)
    manager.post(f"/imports/{made.pk}/undo")
    work()
    made.refresh_from_db()
    assert made.state == State.DONE
    shown = page(manager, made)
    assert "needed by something newer (asset PC-1). Nothing was undone." in shown
    assert "Undo all of it" in shown
    assert Asset.objects.get(key="PC-2").deleted_at is None


def test_after_a_process_that_died_it_goes_on(
    manager: Client, cast: Cast, before: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "Pace", OneByOne)
    made = entered(planned(TABLE, by=cast.manager), by=cast.manager)
    actions.begin_undoing(imported=made, by=cast.manager)

    def die(done: int, _of: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        actions.undo_import(imported=made, by=cast.manager, tell=die)
    Job.objects.filter(pk=str(made.job)).update(state="failed")  # as the reaper leaves it
    shown = page(manager, made)
    assert "The work has stopped half-way." in shown
    assert "What was taken back stays so; go on with the rest." in shown
    manager.post(f"/imports/{made.pk}/undo")
    work()
    made.refresh_from_db()
    assert made.state == State.UNDONE
    assert Organisation.objects.get(is_home=True).read == before


def test_what_is_changed_half_way_is_told_and_can_be_put_right(
    manager: Client, cast: Cast, before: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "Pace", OneByOne)
    made = entered(planned(TABLE, by=cast.manager), by=cast.manager)

    def meddle(done: int, _of: int) -> None:
        if done == 1:
            changed_since(made)

    with pytest.raises(Stale):
        actions.undo_import(imported=made, by=cast.manager, tell=meddle)
    manager.post(f"/imports/{made.pk}/undo")
    work()
    made.refresh_from_db()
    assert made.state == State.UNDOING
    shown = page(manager, made)
    assert "Stopped half-way by what somebody changed (asset PC-1)." in shown
    assert "Go on" in shown
    apply(organisation=made.organisation, edits=[Edit("asset", "PC-1", None)], by="somebody")
    manager.post(f"/imports/{made.pk}/undo")
    work()
    made.refresh_from_db()
    assert made.state == State.UNDONE
    assert Organisation.objects.get(is_home=True).read == before


def test_entering_that_died_can_be_taken_back(manager: Client, cast: Cast, before: Any) -> None:
    made = planned(TABLE, by=cast.manager)
    actions.begin_applying(imported=made, by=cast.manager)
    Job.objects.filter(pk=str(made.job)).update(state="failed")
    assert f'action="/imports/{made.pk}/undo"' in page(manager, made)
    manager.post(f"/imports/{made.pk}/undo")
    work()
    made.refresh_from_db()
    assert made.state == State.UNDONE
    assert Organisation.objects.get(is_home=True).read == before


def test_that_sightings_stay_is_said_before_and_after(manager: Client, cast: Cast) -> None:
    made = entered(planned(SEEN, "neigh.txt", by=cast.manager, seen_at="2026-11-28T09:00:00+00:00"), by=cast.manager)
    assert made.told["taken"]
    assert "Undo does not take the sightings back: they were seen." in page(manager, made)
    actions.undo_import(imported=made, by=cast.manager)
    assert "The sightings that came with it stay: they were seen." in page(manager, made)
    without = entered(planned(TABLE, by=cast.manager), by=cast.manager)
    assert "sightings" not in page(manager, without)
