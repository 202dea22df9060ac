"""Asking, deciding by the criteria or otherwise, connecting, renewing, ending."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from conftest import Cast
from kizuki.criteria.actions import load_library
from kizuki.criteria.engine.decide import Given
from kizuki.criteria.library import documents
from kizuki.criteria.models import Decision
from kizuki.devices.actions import Stale, ask, begin_renewals, confirm, connect, end_admissions, outcomes_of, withdraw
from kizuki.devices.actions.admitting import purpose_of
from kizuki.devices.models import Admission
from kizuki.devices.tasks import look_after_admissions
from kizuki.devices.tests.conftest import STRANGER, asset, matched, seen, take
from kizuki.journal.models import Entry
from kizuki.register.models import Asset, Organisation
from kizuki.tasks.models import Task

PLAIN = {
    "connection": "office", "exposure": "none", "patching": "automatic", "administrator": "it", "information": "public",
    "supplier-access": "none", "credentials": "own",
}  # fmt: skip
SENSITIVE = {**PLAIN, "information": "confidential"}
BAD = {**PLAIN, "exposure": "open", "credentials": "default"}


@pytest.fixture
def ready(office: Organisation) -> Organisation:
    """The office, with the library's criteria in effect."""
    load_library(documents=documents(), by="a test")
    return office


def asked(cast: Cast, facts: dict[str, str], **values: Any) -> Admission:
    given = {fact: Given(value) for fact, value in facts.items()}
    told = {"what": "Label printer", "purpose": "Labels", "kind": "iot", "zone": "lan", "unit": "sales", **values}
    return ask(**told, facts=given, by=cast.reporter)


def approved(cast: Cast, facts: dict[str, str] | None = None, **values: Any) -> Admission:
    admission = asked(cast, facts or PLAIN, **values)
    return confirm(admission=admission, outcome=admission.suggested, reason="", until=None, version=1, by=cast.manager)


def day(n: int) -> date:
    return timezone.localdate() + timedelta(days=n)


def test_ask_says_at_once_what_the_criteria_say(ready: Organisation, cast: Cast) -> None:
    admission = asked(cast, SENSITIVE)
    assert (admission.state, admission.suggested, admission.facts) == ("asked", "conditions", SENSITIVE)
    decision = Decision.objects.get()
    assert (admission.decision, decision.rule, decision.about_id) == (decision, "sensitive", str(admission.pk))
    assert [one.id for one in outcomes_of(admission)] == ["admit", "conditions", "isolated", "refuse"]
    assert Entry.objects.order_by("-seq")[0].verb == "asked"
    assert not Asset.objects.filter(key="label-printer").exists()


def test_ask_refuses_what_is_no_answer(ready: Organisation, cast: Cast) -> None:
    with pytest.raises(ValidationError):
        asked(cast, {**PLAIN, "exposure": "sometimes"})
    assert not Admission.objects.exists()


def test_ask_needs_criteria(office: Organisation, cast: Cast) -> None:
    with pytest.raises(ValidationError):
        asked(cast, PLAIN)


def test_a_kind_with_criteria_of_its_own_is_decided_by_them(ready: Organisation) -> None:
    import msgspec

    assert purpose_of("web-server") == "admission"
    base = next(one for one in documents() if one.id == "admission")
    load_library(documents=[msgspec.structs.replace(base, id="admission-server")], by="a test")
    assert (purpose_of("web-server"), purpose_of("server"), purpose_of("iot")) == (
        "admission-server",
        "admission-server",
        "admission",
    )


def test_admitted_without_conditions_is_in_use_at_once(ready: Organisation, cast: Cast) -> None:
    admission = approved(cast)
    assert (admission.state, admission.outcome, admission.until) == ("connected", "admit", day(730))
    assert asset("label-printer").document == {
        "id": "label-printer", "name": "Label printer", "kind": "iot", "unit": "sales", "zone": "lan", "lifecycle": "in use",
        "admitted_until": day(730).isoformat(),
    }  # fmt: skip


def test_with_conditions_it_is_planned_until_they_are_met(ready: Organisation, cast: Cast) -> None:
    admission = approved(cast, SENSITIVE)
    assert (admission.state, admission.until, asset("label-printer").lifecycle) == ("approved", day(180), "planned")
    connect(admission=admission, version=2, by=cast.reporter)
    assert (admission.state, asset("label-printer").lifecycle) == ("connected", "in use")
    with pytest.raises(Stale):
        connect(admission=admission, version=3, by=cast.reporter)


def test_a_refusal_enters_nothing(ready: Organisation, cast: Cast) -> None:
    admission = approved(cast, BAD)
    assert (admission.state, admission.outcome, admission.until, admission.asset) == ("refused", "refuse", None, "")
    assert not Asset.objects.filter(key="label-printer").exists()


def test_an_exception_needs_a_reason_and_an_end(ready: Organisation, cast: Cast) -> None:
    admission = asked(cast, BAD)
    for values in (
        {"reason": "", "until": day(10)},
        {"reason": "x", "until": None},
        {"reason": "x", "until": day(400)},
        {"reason": "x", "until": day(0)},
    ):
        with pytest.raises(ValidationError):
            confirm(admission=admission, outcome="isolated", version=1, by=cast.manager, **values)
    confirm(admission=admission, outcome="isolated", reason="For the fair", until=day(10), version=1, by=cast.manager)
    assert (admission.state, admission.is_exception, admission.until) == ("approved", True, day(10))
    assert Entry.objects.filter(verb="confirmed").get().details["reason"] == "For the fair"


def test_the_database_refuses_an_exception_without_reason(ready: Organisation, cast: Cast) -> None:
    admission = asked(cast, BAD)
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.filter(pk=admission.pk).update(outcome="admit")
    with pytest.raises(IntegrityError), transaction.atomic():
        Admission.objects.filter(pk=admission.pk).update(state="connected", asset="x", decided_at=timezone.now())


def test_nobody_decides_what_they_asked_for(ready: Organisation, cast: Cast) -> None:
    given = {fact: Given(value) for fact, value in PLAIN.items()}
    admission = ask(what="x", purpose="", kind="pc", zone="lan", unit="it", facts=given, by=cast.manager)
    with pytest.raises(ValidationError, match="yourself"):
        confirm(admission=admission, outcome="admit", reason="", until=None, version=1, by=cast.manager)
    with pytest.raises(ValidationError):
        confirm(admission=admission, outcome="perhaps", reason="", until=None, version=1, by=cast.administrator)
    with pytest.raises(Stale):
        confirm(admission=admission, outcome="admit", reason="", until=None, version=7, by=cast.administrator)
    assert not Asset.objects.filter(key="x").exists(), "a stale decision enters nothing"


def test_a_device_brings_its_identifiers_and_becomes_known(ready: Organisation, cast: Cast) -> None:
    take(seen(STRANGER, hosts=("cam-1",)))
    device = matched(ready)[STRANGER]
    approved(cast, device=device)
    assert asset("label-printer").document["macs"] == [STRANGER]
    assert matched(ready)[STRANGER].asset == "label-printer"
    assert Task.objects.get().state == "verified"


def test_two_things_of_one_name_get_two_ids(ready: Organisation, cast: Cast) -> None:
    assert [approved(cast).asset, approved(cast).asset, approved(cast, what="複合機").asset] == [
        "label-printer", "label-printer-2", f"admitted-{Admission.objects.latest('pk').pk}",
    ]  # fmt: skip


def test_withdraw_before_and_after(ready: Organisation, cast: Cast) -> None:
    admission = asked(cast, PLAIN)
    withdraw(admission=admission, version=1, by=cast.reporter)
    assert admission.state == "withdrawn"
    admission = approved(cast)
    withdraw(admission=admission, version=2, by=cast.reporter)
    assert (admission.state, asset("label-printer").lifecycle) == ("ended", "retired")


def test_renewal_in_time(ready: Organisation, cast: Cast) -> None:
    first = approved(cast, SENSITIVE)
    connect(admission=first, version=2, by=cast.reporter)
    Admission.objects.filter(pk=first.pk).update(until=day(20))
    assert begin_renewals(organisation=ready, by=None) == 1
    assert begin_renewals(organisation=ready, by=None) == 1
    task = Task.objects.get()
    assert (task.unit, task.owner, task.due, task.about_kind) == ("sales", "ken", day(20), "admission")
    second = asked(cast, SENSITIVE, follows=first)
    with pytest.raises(ValidationError, match="already"):
        asked(cast, SENSITIVE, follows=first)
    assert begin_renewals(organisation=ready, by=None) == 0
    confirm(admission=second, outcome="conditions", reason="", until=day(90), version=1, by=cast.manager)
    first.refresh_from_db()
    task.refresh_from_db()
    assert (first.state, second.state, second.asset, task.state) == ("ended", "connected", first.asset, "verified")
    assert asset("label-printer").document["admitted_until"] == day(90).isoformat()


def test_what_is_not_renewed_ends_by_itself(ready: Organisation, cast: Cast) -> None:
    admission = approved(cast)
    Admission.objects.filter(pk=admission.pk).update(until=day(3))
    assert look_after_admissions.run() == {"asked": 1, "ended": 0}
    Admission.objects.filter(pk=admission.pk).update(until=day(-1))
    assert end_admissions(organisation=ready, by=None) == 1
    assert end_admissions(organisation=ready, by=None) == 0
    admission.refresh_from_db()
    renewal, over = Task.objects.order_by("pk")
    assert (admission.state, renewal.state, over.state) == ("ended", "dropped", "open")
    assert "has ended" in over.title_en
    withdraw(admission=admission, version=admission.version, by=cast.reporter)
    over.refresh_from_db()
    assert (over.state, asset("label-printer").lifecycle) == ("done", "retired")
