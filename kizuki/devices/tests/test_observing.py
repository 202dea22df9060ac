"""Taking in what sources saw: once, bounded, in any portions; and forgetting."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from kizuki.devices.actions import Taken, forget_observations, observing, take_observations
from kizuki.devices.models import Device, Observation, Source, Trace, Watch, Word
from kizuki.devices.tasks import forget_old, match_observed
from kizuki.devices.tests.conftest import LAPTOP, PRINTER, STRANGER, ago, matched, seen, take
from kizuki.jobs.models import Job
from kizuki.journal.models import Entry
from kizuki.register.engine.matching import fold
from kizuki.register.engine.observation import Observation as Seen
from kizuki.register.models import Organisation


def test_what_was_seen_is_kept_once(office: Organisation) -> None:
    one, two = seen(PRINTER, hours=3), seen(PRINTER, hours=1)
    assert take_observations(source="arp:r1", observations=[one, two, one], by="a test", zone="lan") == Taken(2, 1, 0)
    assert take_observations(source="arp:r1", observations=[two], by="a test") == Taken(0, 1, 0)
    row, trace = Source.objects.get(), Trace.objects.get()
    assert (row.name, row.zone, row.count) == ("arp:r1", "lan", 2)
    assert (row.first_at, row.last_at) == (one.at.replace(microsecond=0), two.at.replace(microsecond=0))
    assert (trace.mac, trace.zone, trace.seen, trace.last) == (PRINTER, "lan", 2, int(two.at.timestamp()))
    assert {word.word for word in Word.objects.all()} == {PRINTER, "10.1.0.5"}
    assert [(e.verb, e.details["new"]) for e in Entry.objects.filter(room="devices").order_by("seq")] == [
        ("took", 2),
        ("took", 0),
    ]


def test_what_was_said_at_the_same_second_is_kept_too(office: Organisation) -> None:
    at = ago(1)
    rows = [Seen("nmap:1", at, mac=PRINTER, says=(("os", name),)) for name in ("Linux", "VxWorks")]
    assert take_observations(source="nmap:1", observations=rows, by="a test").new == 2
    assert Trace.objects.get().folded == fold(rows).traces[0]


def test_two_sources_may_see_the_same(office: Organisation) -> None:
    for source in ("arp:r1", "arp:r2"):
        take(seen(PRINTER, hours=2), source=source)
    assert (Observation.objects.count(), Trace.objects.count(), Trace.objects.get().seen) == (2, 1, 2)


def test_portions_fold_as_the_whole(office: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [seen((PRINTER, LAPTOP)[n % 2], ip=f"10.1.0.{n % 3}", hours=n * 5) for n in range(1, 40)]
    monkeypatch.setattr(observing, "PORTION", 7)
    take(*reversed(rows))
    placed = [Seen(one.source, one.at.replace(microsecond=0), mac=one.mac, ips=one.ips, zone="lan") for one in rows]
    assert {row.folded for row in Trace.objects.all()} == set(fold(placed).traces)


def test_what_is_too_old_or_yet_to_come_is_left_out(office: Organisation) -> None:
    rows = [seen(PRINTER, hours=24 * 400), seen(PRINTER, hours=-48), seen(PRINTER)]
    assert take_observations(source="arp:r1", observations=rows, by="a test") == Taken(1, 0, 2)


def test_without_an_organisation_nothing_is_taken(db: None) -> None:
    with pytest.raises(ValidationError):
        take_observations(source="x", observations=[], by="a test")


def test_the_database_refuses_the_same_twice(office: Organisation) -> None:
    take(seen(PRINTER))
    row = Observation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Observation.objects.create(trace=row.trace, source=row.source, at=row.at, said=row.said)


def test_forgetting_leaves_no_trace_of_the_old(office: Organisation) -> None:
    take(seen(STRANGER, hours=24 * 100), seen(PRINTER, hours=24 * 100), seen(PRINTER, hours=1))
    assert matched(office)[STRANGER].state == "unknown"
    before = timezone.now() - timedelta(days=50)
    assert forget_observations(organisation=office, by="a test", before=before) == 2
    assert (Observation.objects.count(), Source.objects.get().count) == (1, 1)
    trace = Trace.objects.get()
    assert (trace.mac, len(trace.stays)) == (PRINTER, 1)
    assert set(matched(office)) == {PRINTER}, "what nobody has seen for so long is no device any more"
    assert forget_observations(organisation=office, by="a test", before=before) == 0


def test_the_setting_says_what_is_old(office: Organisation, settings: object) -> None:
    take(seen(PRINTER, hours=24 * 100))
    assert forget_old.run() == {"forgotten": 0}
    settings.OBSERVATION_DAYS = 90  # type: ignore[attr-defined]
    assert forget_old.run() == {"forgotten": 1}


def test_new_observations_ask_for_one_matching(
    office: Organisation, django_capture_on_commit_callbacks: object
) -> None:
    jobs = Job.objects.filter(task=match_observed.path)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        take(seen(PRINTER))
        take(seen(LAPTOP))
    assert jobs.count() == 1
    match_observed.run()
    watch = Watch.objects.get()
    assert (Device.objects.count(), watch.matched) == (2, watch.taken)


def test_a_matching_without_news_does_nothing(office: Organisation) -> None:
    take(seen(PRINTER))
    match_observed.run()
    entries = Entry.objects.count()
    match_observed.run()
    assert Entry.objects.count() == entries
