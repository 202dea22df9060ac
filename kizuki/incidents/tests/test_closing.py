"""Closing: refused with the list of what is missing, passed over with a reason for each point, and told nowhere else."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from conftest import Cast, make_person
from kizuki.accounts.models import Person
from kizuki.incidents.actions import (
    NotReady,
    Stale,
    add_decision,
    add_entry,
    add_task,
    close_incident,
    drop_task,
    find_same_setting,
    mark_milestone,
    mark_same_setting,
    reopen_incident,
    review_decision,
    save_item,
    set_severity,
    write_review,
)
from kizuki.incidents.actions.knowledge import add_asset
from kizuki.incidents.closing import known, review_of
from kizuki.incidents.engine import gate
from kizuki.incidents.engine.review import Item, Parts
from kizuki.incidents.models import Entry, Incident, SameSetting
from kizuki.incidents.naming import named
from kizuki.incidents.review_words import POINTS, left
from kizuki.incidents.told import told
from kizuki.journal.models import Entry as JournalEntry

ALL = tuple(POINTS)
SECRET = "Zebra-Kolibri"


def missing(incident: Incident, by: Person, overrides: dict[str, str] | None = None) -> tuple[str, ...]:
    """Try to close; the points that keep it open."""
    try:
        close_incident(incident=incident, version=incident.version, by=by, overrides=overrides)
    except NotReady as error:
        return tuple(point.id for point in error.points)
    return ()


def finished(incident: Incident, by: Person) -> None:
    """Everything that closing asks for."""
    set_severity(incident=incident, severity=2, reason="as agreed", by=by)
    for name in ("noticed", "contained"):
        entry = add_entry(incident=incident, text=name, lane="it", kind="contain", by=by)
        mark_milestone(entry=entry, name=name, by=by)
    save_item(incident=incident, part="causes", text="A password", root=True, by=by)
    save_item(incident=incident, part="mitigations", text="Luck", by=by)
    save_item(
        incident=incident, part="lessons", text="Second factors", measures=["P01"], owner="ken",
        due=timezone.localdate() + dt.timedelta(days=30), by=by,
    )  # fmt: skip
    write_review(
        incident=incident, version=review_of(incident).version, by=by, outcome="Nothing was taken", publication="yes",
        same_setting="Nowhere else", absent={"recovered": "nothing was out of order"},
    )  # fmt: skip


def test_an_empty_incident_is_refused_with_the_whole_list(incident: Incident, cast: Cast) -> None:
    open_ = tuple(point for point in ALL if point not in ("tasks", "decisions"))
    assert missing(incident, cast.responder) == open_
    incident.refresh_from_db()
    assert incident.status == "new"
    assert not JournalEntry.objects.filter(verb="closed").exists()


def test_it_is_closed_when_everything_is_there(incident: Incident, cast: Cast) -> None:
    finished(incident, cast.responder)
    assert missing(incident, cast.responder) == ()
    incident.refresh_from_db()
    assert (incident.status, incident.closed_at is not None) == ("closed", True)
    entry = Entry.objects.get(incident=incident, auto="closed")
    assert entry.data["set"] == {"status": "closed", "overrides": {}}
    assert told(entry) == "Incident closed"
    # Sent again, it is closed once.
    close_incident(incident=incident, version=incident.version, by=cast.responder)
    assert Entry.objects.filter(incident=incident, auto="closed").count() == 1


@pytest.mark.parametrize(
    "undo",
    [
        ("severity", {}), ("milestones", {"absent": {}}), ("outcome", {"outcome": ""}), ("publication", {"publication": ""}),
        ("elsewhere", {"same_setting": ""}),
    ],
)  # fmt: skip
def test_each_field_is_asked_for(undo: tuple[str, dict[str, Any]], incident: Incident, cast: Cast) -> None:
    point, values = undo
    finished(incident, cast.responder)
    if values:
        write_review(incident=incident, version=review_of(incident).version, by=cast.responder, **values)
    else:
        Incident.objects.filter(pk=incident.pk).update(severity=0)
    assert missing(incident, cast.responder) == (point,)


def test_open_tasks_and_decisions_keep_it_open(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    finished(incident, by)
    task = add_task(incident=incident, title="Look", by=by)
    later = timezone.now() + dt.timedelta(days=30)
    decision = add_decision(
        incident=incident, question="Cut it?", options=["yes", "no"], chosen=0, reason="r", decided_by="us", review_on=later,
        by=by,
    )  # fmt: skip
    assert missing(incident, by) == ("tasks", "decisions")
    drop_task(task=task, version=task.version, reason="not needed", by=by)
    assert missing(incident, by) == ("decisions",)
    review_decision(decision=decision, holds=True, text="", review_on=later, by=by)
    assert missing(incident, by) == ("decisions",)
    review_decision(decision=decision, holds=True, text="", by=by)
    assert missing(incident, by) == ()


def test_assets_with_the_same_setting_keep_it_open(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    finished(incident, by)
    add_asset(incident=incident, key="www", by=by)
    # The PCs are no web server, and P06 is in part in force everywhere else.
    assert find_same_setting(incident=incident, measure="P06", by=by).new == 0
    SameSetting.objects.create(incident=incident, measure="P01", key="pcs", **named("PCs"))
    assert missing(incident, by) == ("elsewhere",)
    row = SameSetting.objects.get()
    assert mark_same_setting(incident=incident, rows=[row.pk], state="holds", by=by) == 1
    assert missing(incident, by) == ()


def test_a_reason_for_each_point_passes_over_it(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    open_ = missing(incident, by)
    reasons = {point: f"{SECRET} {point}" for point in open_}
    without = {**reasons, "outcome": "  "}
    assert missing(incident, by, without) == ("outcome",)
    assert missing(incident, by, {**reasons, "tasks": "needs none"}) == ()
    entry = Entry.objects.get(incident=incident, auto="closed")
    assert entry.data["set"]["overrides"] == reasons
    assert SECRET in told(entry)
    assert "A root cause is named" in told(entry)
    row = JournalEntry.objects.get(verb="closed")
    assert json.loads(row.data) == {"overrides": sorted(reasons)}
    assert not JournalEntry.objects.filter(data__contains=SECRET).exists()


def test_only_who_leads_passes_over(incident: Incident, cast: Cast) -> None:
    other = make_person("responder", "Other")
    reasons = dict.fromkeys(ALL, "because")
    with pytest.raises(PermissionDenied):
        close_incident(incident=incident, version=incident.version, by=other, overrides=reasons)
    incident.refresh_from_db()
    assert incident.status == "new"
    assert missing(incident, cast.manager, reasons) == ()


def test_a_change_in_the_meantime_is_told(incident: Incident, cast: Cast) -> None:
    finished(incident, cast.responder)
    with pytest.raises(Stale):
        close_incident(incident=incident, version=incident.version - 1, by=cast.responder)


def test_what_is_written_after_reopening_counts_again(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    finished(incident, by)
    close_incident(incident=incident, version=incident.version, by=by)
    reopen_incident(incident=incident, reason="more", version=incident.version, by=by)
    add_task(incident=incident, title="Look again", by=by)
    assert missing(incident, by) == ("tasks",)


def test_facts_take_few_questions(incident: Incident, cast: Cast, django_assert_max_num_queries: Any) -> None:
    finished(incident, cast.responder)
    with django_assert_max_num_queries(7):
        assert known(incident).facts.severity == 2


ITEMS = st.builds(
    Item, id=st.just("x"), text=st.just("t"), root=st.booleans(), measures=st.sampled_from([(), ("P01",)]),
    owner=st.sampled_from(["", "ken"]), due=st.sampled_from(["", "2027-01-01"]),
)  # fmt: skip
SOME = st.lists(ITEMS, max_size=3).map(tuple)
PARTS = st.fixed_dictionaries(
    dict.fromkeys(("background", "impact", "causes", "mitigations", "lessons", "challenges"), SOME)
)
MARKS = st.frozensets(st.sampled_from(["noticed", "contained", "recovered", "closed"]))


@st.composite
def facts(draw: Any) -> gate.Facts:
    parts: Parts = draw(PARTS)
    numbers = st.lists(st.integers(1, 99), max_size=3).map(tuple)
    return gate.Facts(
        draw(st.integers(0, 4)), draw(numbers), draw(numbers), draw(MARKS), draw(MARKS), draw(st.sampled_from(["", " ", "x"])),
        parts, draw(st.sampled_from(["", "x"])), draw(st.integers(0, 2)), draw(st.sampled_from(["", "no"])),
    )  # fmt: skip


@given(facts(), st.dictionaries(st.sampled_from(ALL), st.sampled_from(["", " ", "why"])))
def test_every_point_is_met_or_has_a_reason(stand: gate.Facts, reasons: dict[str, str]) -> None:
    found = gate.points(stand)
    assert tuple(point.id for point in found) == ALL
    left_over = {point.id for point in gate.without_reason(found, reasons)}
    for point in found:
        assert (point.id in left_over) == (not point.met and not reasons.get(point.id, "").strip())
        assert point.met or point.left == () or left(point)
    assert set(gate.used(found, reasons)) | left_over == {point.id for point in gate.unmet(found)}
