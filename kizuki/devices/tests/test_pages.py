"""The pages of devices and admissions: who sees and does what, filters, what is refused and how that is told."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Cast, make_person
from kizuki.accounts.models import Person
from kizuki.criteria.actions import load_library
from kizuki.criteria.library import documents
from kizuki.devices import actions, queries
from kizuki.devices.models import Admission, Device, DeviceDecision, Observation, Source
from kizuki.devices.panel import asset_panel
from kizuki.devices.tests.conftest import LAPTOP, PRINTER, STRANGER, asset, matched, seen, take
from kizuki.devices.tests.test_admitting import PLAIN, SENSITIVE, approved, asked, day
from kizuki.register.models import Organisation
from kizuki.tasks.models import Task

SignIn = Callable[[Person], Client]
OTHER = "3c:52:82:00:00:07"
ROLES = ("reporter", "responder", "manager", "executive", "auditor", "administrator")
DECIDES = {"reporter", "manager", "administrator"}
ANSWERS = {f"fact-{fact}": value for fact, value in PLAIN.items()}


@pytest.fixture
def network(office: Organisation) -> dict[str, Device]:
    """A printer, a moved laptop and a stranger beside the printer; another stranger where nobody of ours is. The reporter of the cast
    answers for sales and the shop below it."""
    from kizuki.register.actions import Edit, apply

    zones = [
        {"id": "lan", "name": "LAN", "kind": "office", "unit": "sales"},
        {"id": "dmz", "name": "DMZ", "kind": "dmz", "unit": "it"},
    ]
    apply(organisation=office, edits=[Edit("zone", one["id"], one) for one in zones], by="a test")
    load_library(documents=documents(), by="a test")
    take(seen(PRINTER), seen(STRANGER, hosts=("cam-1",)))
    take(seen(LAPTOP, ip="10.9.0.1"), seen(OTHER, ip="10.9.0.2"), source="arp:r2", zone="dmz")
    return matched(office)


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_and_decides_about_a_device(
    role: str, network: dict[str, Device], cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(getattr(cast, role))
    mine, other = network[STRANGER].pk, network[OTHER].pk
    assert client.get(f"/devices/{mine}").status_code == 200
    assert client.get(f"/devices/{other}").status_code == (404 if role == "reporter" else 200)
    listed = client.get("/devices/").content.decode()
    assert "cam-1" in listed
    assert (OTHER in listed) == (role != "reporter")
    sent = {"reason": "x", "until": day(3).isoformat(), "version": 1}
    for pk, visible in ((mine, True), (other, role != "reporter")):
        wanted = 302 if role in DECIDES and visible else 403 if visible else 404
        assert client.post(f"/devices/{pk}/aside", sent).status_code == wanted
    decision = DeviceDecision.objects.filter(device=mine).first()
    if decision is not None:
        assert client.post(f"/devices/{mine}/decisions/{decision.pk}/undo").status_code == 302
        assert client.post(f"/devices/{mine}/decisions/{decision.pk + 9}/undo").status_code == 404
    assert client.post("/devices/match").status_code == (302 if role in {"manager", "administrator"} else 403)


def test_a_stranger_sees_nothing(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    admission = asked(cast, PLAIN)
    client = signed_in(make_person("reporter", "Stranger", language="en"))
    pk = network[STRANGER].pk
    pages = ("", "observations", "sources", f"{pk}", "admissions/", "admissions/ask", f"admissions/{admission.pk}")
    assert {path: client.get(f"/devices/{path}").status_code for path in pages} == dict.fromkeys(pages, 404)
    for path in (f"{pk}/aside", "match", f"admissions/{admission.pk}/decide", f"admissions/{admission.pk}/withdraw"):
        assert client.post(f"/devices/{path}", {"version": 1}).status_code == 404


def test_observations_of_ones_own_zones(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    for role, sees in (("reporter", {PRINTER, STRANGER}), ("responder", {PRINTER, STRANGER, LAPTOP, OTHER})):
        client = signed_in(getattr(cast, role))
        page = client.get("/devices/observations").content.decode()
        assert {mac for mac in (PRINTER, STRANGER, LAPTOP, OTHER) if mac in page} == sees
        sources = client.get("/devices/sources").content.decode()
        assert ("arp:r2" in sources) == (role != "reporter")


FILTERS = {
    "": "psl o", "state=unknown": "s o", "state=moved": "l", "q=CAM": "s", "q=3C-52-82-00-00-03": "s", "q=10.9.0.": "l o", "q=zzz": "",
    "unit=it": "o", "unit=nobody": "", "zone=dmz": "l o", "zone=-": "",
    "decided=nothing": "psl o", "decided=block": "", "state=nonsense": "psl o",
    "state=unknown&zone=lan": "s",
}  # fmt: skip


@pytest.mark.parametrize(("query", "wanted"), FILTERS.items())
def test_the_list_is_narrowed(
    query: str, wanted: str, network: dict[str, Device], cast: Cast, signed_in: SignIn
) -> None:
    page = signed_in(cast.manager).get(f"/devices/?{query}").content.decode()
    found = {
        letter
        for letter, mac in zip("pslo", (PRINTER, STRANGER, LAPTOP, OTHER), strict=True)
        if f'/devices/{network[mac].pk}"' in page
    }
    assert found == set(wanted) - {" "}


SEARCHES = {
    "": 4,
    "q=CAM-": 1,
    "q=10.9.0": 2,
    "q=3c:52": 4,
    "q=3C52.8200.0003": 1,
    "q=am-1": 0,
    "zone=dmz": 2,
    "q=10.9&zone=lan": 0,
}


@pytest.mark.parametrize("few", [0, queries.FEW_TRACES])
@pytest.mark.parametrize("nearly_all", [0, queries.NEARLY_ALL])
def test_devices_are_found_the_same_however_many_there_are(
    few: int, nearly_all: int, network: dict[str, Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FEW_TRACES", few)
    monkeypatch.setattr(queries, "NEARLY_ALL", nearly_all)

    def found(text: str) -> set[str]:
        return {key for key, row in network.items() if row in queries.searched_devices(Device.objects.all(), text)}

    everyone = set(network)
    assert found("cam") == {STRANGER}
    assert found("10.9") == {LAPTOP, OTHER}
    assert found(PRINTER[:5]) == {mac for mac in everyone if mac.startswith(PRINTER[:5])}
    assert found("10") == everyone
    assert found("10 cam") == {STRANGER}
    assert found("nothing") == set()


@pytest.mark.parametrize(("query", "n"), SEARCHES.items())
def test_observations_are_found_by_the_beginning(
    query: str, n: int, network: dict[str, Device], cast: Cast, signed_in: SignIn
) -> None:
    page = signed_in(cast.manager).get(f"/devices/observations?{query}").content.decode()
    assert len(re.findall("<time ", page)) == n


def test_observations_of_one_source_and_page_by_page(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    from kizuki.register.engine.observation import Observation as Seen

    at = timezone.now() - timedelta(hours=5)
    take(*(Seen("nmap:1", at, ips=(f"10.1.2.{n}",)) for n in range(120)), source="nmap:1")
    client, address, found = (
        signed_in(cast.manager),
        f"/devices/observations?source={Source.objects.get(name='nmap:1').pk}",
        [],
    )
    while address:
        page = client.get(address).content.decode()
        found += re.findall(r"10\.1\.2\.\d+", page)
        more = re.search(r'href="(\?[^"]*before=[^"]*)"', page)
        address = f"/devices/observations{more[1].replace('&amp;', '&')}" if more else ""
    assert (len(found), len(set(found))) == (120, 120)
    assert Observation.objects.count() == 124


def test_a_device_says_why_in_words(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)
    page = client.get(f"/devices/{network[LAPTOP].pk}").content.decode()
    assert f"The hardware address {LAPTOP} is the same." in page
    assert "It was seen in the zone DMZ; the register has it in LAN." in page
    assert "<svg" in page.split("cols-side")[1]
    page = client.get(f"/devices/{network[STRANGER].pk}").content.decode()
    assert "It shares no identifier with any asset of the register." in page
    assert "Find out what cam-1 in LAN is" in page


def test_this_is_that_asset(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    pk = network[STRANGER].pk
    client = signed_in(cast.reporter)
    page = client.get(f"/devices/{pk}").content.decode()
    assert re.search(rf'value="macs:{STRANGER}"[^>]*checked', page)
    assert not re.search(r'value="ips:10.1.0.5"[^>]*checked', page), "a leased address stays with nobody"
    sent = {"asset": "pos", "identifiers": [f"macs:{STRANGER}"], "version": 1}
    for wrong in ({"asset": "nothing"}, {"asset": "pcs"}, {"identifiers": ["macs:00:11:22:33:44:55"]}):
        assert client.post(f"/devices/{pk}/identify", {**sent, **wrong}).status_code == 422, wrong
    assert client.post(f"/devices/{pk}/identify", sent)["Location"] == f"/devices/{pk}"
    assert asset("pos").document["macs"] == [STRANGER]
    assert "Undo this decision" in client.get(f"/devices/{pk}").content.decode()


def test_make_it_an_asset(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    pk = network[STRANGER].pk
    client = signed_in(cast.reporter)
    page = client.get(f"/devices/{pk}").content.decode()
    assert 'name="id" value="cam-1"' in page
    sent = {
        "id": "cam-1",
        "name": "Camera",
        "kind": "iot",
        "unit": "sales",
        "zone": "lan",
        "identifiers": [f"macs:{STRANGER}"],
        "version": 1,
    }
    for wrong in ({"unit": "it"}, {"id": "pos"}, {"id": "a b"}):
        assert client.post(f"/devices/{pk}/make", {**sent, **wrong}).status_code == 422, wrong
    assert client.post(f"/devices/{pk}/make", sent).status_code == 302
    assert asset("cam-1").document == {
        "id": "cam-1", "name": "Camera", "kind": "iot", "unit": "sales", "zone": "lan", "lifecycle": "in use", "macs": [STRANGER]
    }  # fmt: skip


def test_what_was_typed_is_kept_when_the_device_changed(
    network: dict[str, Device], cast: Cast, signed_in: SignIn
) -> None:
    pk = network[STRANGER].pk
    Device.objects.filter(pk=pk).update(version=2)
    client = signed_in(cast.manager)
    answer = client.post(f"/devices/{pk}/block", {"reason": "It scans the network", "version": 1})
    page = answer.content.decode()
    assert (answer.status_code, "It scans the network</textarea>" in page) == (422, True)
    assert "This has changed in the meantime." in page
    assert client.post(f"/devices/{pk}/block", {"reason": "It scans the network", "version": 2}).status_code == 302
    assert client.post(f"/devices/{pk}/dance", {"version": 3}).status_code == 404


def test_not_ours_needs_a_day_in_time(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    answer = signed_in(cast.manager).post(
        f"/devices/{network[STRANGER].pk}/aside", {"reason": "x", "until": "2020-01-01", "version": 1}
    )
    assert answer.status_code == 422
    assert "within a year" in answer.content.decode()


# ── admissions ──


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_asks_and_decides(role: str, network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    mine = asked(cast, SENSITIVE)
    other = Admission.objects.get(pk=asked(cast, SENSITIVE, unit="it", what="Elsewhere").pk)
    client = signed_in(getattr(cast, role))
    assert client.get(f"/devices/admissions/{mine.pk}").status_code == 200
    assert client.get(f"/devices/admissions/{other.pk}").status_code == (404 if role == "reporter" else 200)
    assert ("Elsewhere" in client.get("/devices/admissions/").content.decode()) == (role != "reporter")
    assert client.get("/devices/admissions/ask").status_code == (200 if role in DECIDES else 403)
    sent = {"outcome": "conditions", "reason": "", "until": "", "version": 1}
    managers = {"manager", "administrator"}
    assert client.post(f"/devices/admissions/{mine.pk}/decide", sent).status_code == (302 if role in managers else 403)
    wanted = 302 if role in DECIDES else 403
    assert client.post(f"/devices/admissions/{mine.pk}/withdraw", {"version": 1}).status_code == wanted
    assert client.post(f"/devices/admissions/{other.pk}/withdraw", {"version": 1}).status_code == (
        404 if role == "reporter" else wanted
    )
    assert client.post(f"/devices/admissions/{mine.pk}/dance", {"version": 1}).status_code == 404


def test_asking_in_two_steps(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.reporter)
    start = "/devices/admissions/ask?what=Printer&kind=iot&zone=lan&unit=sales"
    assert "On to the questions" in client.get("/devices/admissions/ask").content.decode()
    assert (
        "On to the questions"
        in client.get("/devices/admissions/ask?what=Printer&kind=iot&zone=lan&unit=it").content.decode()
    )
    page = client.get(start).content.decode()
    assert re.search(r'name="fact-connection" value="office"[^>]*checked', page), "the kind of the zone says so"
    assert not Admission.objects.exists()
    assert client.post(start, {"fact-exposure": "perhaps"}).status_code == 422
    answer = client.post(start, ANSWERS)
    admission = Admission.objects.get()
    assert answer["Location"] == f"/devices/admissions/{admission.pk}"
    assert (admission.what, admission.kind, admission.zone, admission.unit, admission.suggested) == (
        "Printer",
        "iot",
        "lan",
        "sales",
        "admit",
    )
    page = client.get(answer["Location"]).content.decode()
    assert "None of the named dangers applies." in page


def test_asking_for_a_device_and_renewing(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.reporter)
    device = network[STRANGER]
    page = client.get(f"/devices/admissions/ask?device={device.pk}").content.decode()
    assert 'name="what" value="cam-1"' in page
    assert client.get(f"/devices/admissions/ask?device={network[OTHER].pk}").status_code == 404
    start = f"/devices/admissions/ask?what=Cam&kind=iot&zone=lan&unit=sales&device={device.pk}"
    client.post(start, ANSWERS)
    first = Admission.objects.get()
    assert first.device == device
    manager = signed_in(cast.manager)
    manager.post(
        f"/devices/admissions/{first.pk}/decide", {"outcome": "admit", "reason": "", "until": "", "version": 1}
    )
    page = client.get(f"/devices/admissions/ask?follows={first.pk}").content.decode()
    assert 'name="what" value="Cam"' in page
    start = f"/devices/admissions/ask?what=Cam&kind=iot&zone=lan&unit=sales&follows={first.pk}"
    assert re.search(r'name="fact-credentials" value="own"[^>]*checked', client.get(start).content.decode()), (
        "as it was answered before"
    )
    client.post(start, ANSWERS)
    assert Admission.objects.get(follows=first).asset == "cam"
    assert client.post(start, ANSWERS).status_code == 422, "a renewal was asked for already"


def test_a_departure_from_the_criteria_is_told(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    admission = asked(cast, SENSITIVE)
    client = signed_in(cast.manager)
    sent = {"outcome": "admit", "reason": "", "until": day(30).isoformat(), "version": 1}
    answer = client.post(f"/devices/admissions/{admission.pk}/decide", sent)
    assert (answer.status_code, "Say why this departs from the criteria." in answer.content.decode()) == (422, True)
    assert client.post(f"/devices/admissions/{admission.pk}/decide", {**sent, "reason": "Pilot"}).status_code == 302
    page = client.get(f"/devices/admissions/{admission.pk}").content.decode()
    assert "An exception: the criteria say “Admit with conditions and an end date”." in page
    assert "Pilot" in page


def test_ways_of_the_list(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    asked(cast, PLAIN, what="Waits")
    soon = approved(cast, what="Soon")
    approved(cast, what="Later")
    Admission.objects.filter(pk=soon.pk).update(until=day(3))
    client = signed_in(cast.reporter)
    wanted = {"": "W", "?show=admitted": "SL", "?show=soon": "S", "?show=all": "WSL", "?show=nonsense": "W"}
    found = {}
    for query in wanted:
        page = client.get(f"/devices/admissions/{query}").content.decode()
        found[query] = "".join(name[0] for name in ("Waits", "Soon", "Later") if f">{name}</a>" in page)
    assert found == wanted


# ── other rooms, and how much is asked of the database ──


def test_the_page_of_an_asset_shows_where_it_was_seen(network: dict[str, Device], cast: Cast) -> None:
    panel = asset_panel(cast.reporter, asset("laptop")) or ""
    assert "moved" in panel
    assert "<svg" in panel
    assert asset_panel(cast.reporter, asset("pos")) is None
    approved(cast)
    assert f"It may be connected until {day(730)}." in (asset_panel(cast.manager, asset("label-printer")) or "")


def test_tasks_lead_to_what_they_are_about(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    task = Task.objects.get(about_key=str(network[STRANGER].pk))
    assert (
        f'href="/devices/{network[STRANGER].pk}"' in signed_in(cast.reporter).get(f"/tasks/{task.pk}").content.decode()
    )


def test_few_queries(network: dict[str, Device], cast: Cast, signed_in: SignIn) -> None:
    first = asked(cast, SENSITIVE)
    actions.set_aside(device=network[OTHER], reason="x", until=day(3), version=1, by=cast.manager)
    take(*(seen(f"3c:52:82:00:01:{n:02x}", ip=f"10.1.3.{n}", hosts=(f"host-{n}",)) for n in range(70)))
    actions.match_devices(organisation=first.organisation, by="a test")
    paths = [
        "", "?state=unknown&q=host", "observations", "observations?q=10.1", "sources", f"{network[STRANGER].pk}",
        f"{network[LAPTOP].pk}",
        f"{network[OTHER].pk}", "admissions/", "admissions/ask", "admissions/ask?what=x&kind=iot&zone=lan&unit=sales",
        f"admissions/{first.pk}",
    ]  # fmt: skip
    for person in (cast.manager, cast.reporter):
        client = signed_in(person)
        counted: dict[str, Any] = {}
        for path in paths:
            client.get(f"/devices/{path}")
            with CaptureQueriesContext(connection) as queries:
                client.get(f"/devices/{path}")
            counted[path] = len(queries)
        assert {path: n for path, n in counted.items() if n > 15} == {}
