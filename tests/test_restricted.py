"""Of a restricted incident nobody learns anything but its members: on no page, in no answer, file, figure, search or message."""

from __future__ import annotations

import hashlib
import html
import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from unittest import mock
from urllib.parse import urljoin, urlsplit

import pytest
from django.apps import apps
from django.db import models
from django.test import Client
from django.urls import Resolver404
from django.utils import timezone

from kizuki.accounts.models import Person
from kizuki.files.models import File
from kizuki.incidents import actions
from kizuki.incidents import search as index
from kizuki.incidents.models import Incident
from kizuki.notify.models import Delivery
from kizuki.register.models import Asset
from kizuki.search.models import Passage
from tests import incidenting, measuring, replaying
from tests.conftest import ROLES, World
from tests.expectations import GET
from tests.incidenting import ASSET, BYTES, INDICATOR, SECRET
from tests.test_pages import PAGES, Reading, _kind, at
from tests.test_routes import LINES, address

#: Where a page leads, links to styles included.
HREF = re.compile(r"\shref=\"([^\"]*)\"")
#: What the restricted incident says besides the word that gives it away.
WORDS = ("title", "right", "question", "lesson", "outcome", INDICATOR, ASSET)
EXTRAS = [
    *(
        f"{page}{word}"
        for word in WORDS
        for page in (
            "/incidents/?status=all&q=", "/tasks/?state=every&q=", "/cases/?q=", "/register/assets/?q=",
            "/api/v1/incidents?status=all&q=", "/api/v1/tasks?state=every&q=",
        )
    ),
    *(f"/incidents/?status=all{more}" for more in ("&format=csv", "&format=json", "&lead=member", "&sort=-changed")),
    *(f"/incidents/figures?period=all{more}" for more in ("&format=csv", "&format=json", "&by=quarter")),
    *(f"/incidents/{{incident}}/known?indicators={form}" for form in ("csv", "json")),
    *(f"/incidents/{{incident}}/report/file.{form}?audience=technical" for form in ("html", "md", "json", "docx", "csv")),
    "/incidents/{incident}/tasks?format=csv", "/criteria/severity/decisions", "/criteria/escalation/decisions",
    "/criteria/authority-to-stop/decisions", "/api/v1/criteria/severity/decisions", "/api/v1/incidents?updated_since=2020-01-01T00:00:00Z",
    "/journal/?room=incidents", "/journal/?room=criteria", "/journal/?room=files", "/journal/?room=tasks",
]  # fmt: skip
#: Figures, lists and counts in which another restricted incident, or a drill, changes nothing.
FIGURES = [
    "/incidents/figures?period=all", "/incidents/figures?period=all&format=csv", "/incidents/figures?period=all&format=json",
    "/replay/figures", "/api/v1/replay/figures", "/replay/priorities",
]  # fmt: skip
LISTS = [
    "/incidents/?status=all", "/incidents/?status=all&format=csv", "/api/v1/incidents?status=all", "/incidents/mine",
    "/tasks/?state=every", "/api/v1/tasks?state=every", "/criteria/", "/criteria/severity/decisions",
    "/api/v1/criteria/severity/decisions", "/incidents/{incident}", "/incidents/{incident}/known", "/incidents/{incident}/settings",
    "/incidents/{incident}/next", "/webhooks/", "/webhooks/{webhook}", "/register/assets/",
]  # fmt: skip


@pytest.fixture(autouse=True)
def _known(world: World) -> None:
    """What pages need, and everything taken in by the search."""
    replaying.fill(world)
    measuring.own_measure()
    measuring.row(world)
    measuring.proposal(world.people["other"])
    measuring.round_of()
    assert index.index_all()


def said(response: Any) -> str:
    """All that an answer tells: its head, and its content, unpacked."""
    raw = b"".join(response.streaming_content) if response.streaming else response.content
    if raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(raw)) as packed:
            raw = b"".join(packed.read(name) for name in packed.namelist())
    return "\n".join(f"{name}: {value}" for name, value in response.items()) + raw.decode("utf-8", "ignore")


def placed(where: str) -> str:
    """The address with the ids of things put in."""
    return at(incidenting.filled(where, incidenting.places()))


def start(world: World, who: str) -> Iterator[str]:
    """Every address that is read, for everything that there is, and for what belongs to the restricted incident."""
    yield from (placed(where) for where in (*PAGES, *EXTRAS))
    yield Asset.objects.get(key=ASSET, organisation=world.company).get_absolute_url()
    places = incidenting.places(world.made["secret"])
    yield from (incidenting.filled(where, places) for where in incidenting.PAGES)
    yield from (f"/files/{digest}" for digest in File.objects.values_list("digest", flat=True))
    for name, method, obj, _answers in LINES:
        if method == GET and obj != "missing":
            yield address(world, name, obj, who)


def crawl(client: Client, first: Iterator[str]) -> Iterator[tuple[str, str]]:
    """(address, all that it tells) of these addresses, and of what they lead to where nothing of that kind was read yet."""
    waiting = deque((where, True) for where in dict.fromkeys(first))
    seen, alike = {where for where, _given in waiting}, Counter[tuple[str, ...]]()
    while waiting:
        where, given = waiting.popleft()
        try:
            alike[kind := _kind(where)] += 1
        except Resolver404:
            continue
        if not given and alike[kind] > 1:
            continue
        response = client.get(where)
        told = said(response)
        yield where, told
        links = [response["Location"]] if response.status_code == 302 else []
        if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
            links = [html.unescape(link) for link in HREF.findall(told)]
        for link in links:
            whole = urljoin(where, link).split("#")[0]
            if not urlsplit(whole).netloc and whole not in seen:
                seen.add(whole)
                waiting.append((whole, False))


#: On a second database those who see least, and those who see most.
BOTH = ("reporter", "responder", "administrator")


@pytest.mark.parametrize("who", [who if who in BOTH else pytest.param(who, marks=pytest.mark.markup) for who in ROLES])
def test_a_stranger_reads_nothing_of_it(who: str, world: World) -> None:
    number, wrong = 0, []
    for where, told in crawl(world.client(who), start(world, who)):
        number += 1
        found = [m.start() for m in re.finditer(SECRET, told, re.IGNORECASE)]
        wrong += [f"{where}: …{told[max(0, place - 80) : place + 40]!r}" for place in found[:1]]
    assert wrong == []
    assert number > 400


def test_a_member_reads_all_of_it(world: World) -> None:
    client, places = world.client("other"), incidenting.places(world.made["secret"])
    number = places["incident"]
    told = {
        where: said(client.get(where))
        for where in (
            "/incidents/?status=all", "/incidents/?status=all&q=right", "/incidents/mine", f"/incidents/{number}",
            f"/incidents/{number}/tasks", f"/incidents/{number}/decisions", f"/incidents/{number}/known", f"/incidents/{number}/review",
            f"/incidents/{number}/settings", f"/incidents/{number}/wall", f"/incidents/{number}/severity",
            f"/incidents/{number}/report?audience=technical", f"/incidents/{number}/tasks/{places['task']}",
            f"/incidents/{number}/report/file.csv", f"/incidents/{number}/known?indicators=json", "/tasks/?state=every&q=lesson",
            f"/api/v1/incidents/{number}", f"/api/v1/incidents/{number}/entries", f"/api/v1/incidents/{number}/files",
            "/criteria/severity/decisions",
        )
    }  # fmt: skip
    assert [
        where for where, text in told.items() if SECRET not in text and where != "/criteria/severity/decisions"
    ] == []
    decision = incidenting.judgement(world.made["secret"])
    assert f"/criteria/decisions/{decision.pk}" in told["/criteria/severity/decisions"]
    assert SECRET in said(client.get(f"/criteria/decisions/{decision.pk}"))
    assert (
        client.get("/incidents/figures?period=all&format=json").json()
        != world.client("manager").get("/incidents/figures?period=all&format=json").json()
    )


def test_bytes_that_both_have_are_handed_out_under_no_name_of_the_restricted_one(world: World) -> None:
    shared, own = hashlib.sha256(BYTES).hexdigest(), hashlib.sha256(SECRET.encode()).hexdigest()
    for who in ("manager", "auditor"):
        answer = world.client(who).get(f"/files/{shared}")
        assert answer.status_code == 200
        assert SECRET not in said(answer)
        assert world.client(who).get(f"/files/{own}").status_code == 404
    assert world.client("other").get(f"/files/{own}").status_code == 200


def test_nothing_of_it_lies_where_other_rooms_keep_their_things(world: World) -> None:
    """Jobs, the journal, messages, tasks' links: what is shown to people of other rights holds no text of it. Its own tables, judgements
    and follow-up tasks do, and are asked through `visible_to`; the search keeps it in an index of its own."""
    mine = {"incidents", "criteria", "tasks"}
    wrong = []
    for model in apps.get_models():
        if not model.__module__.startswith("kizuki.") or model._meta.app_label in mine:
            continue
        texts = [
            f.name
            for f in model._meta.concrete_fields
            if isinstance(f, models.TextField | models.CharField | models.JSONField)
        ]
        for row in model._default_manager.values_list(*texts) if texts else ():
            if SECRET in repr(row).lower():
                wrong.append((model.__name__, str(row)[:100]))
    names = {name for name, _row in wrong}
    assert names <= {"Passage", "Word"}, wrong
    rooms = set(Passage.objects.filter(text__icontains=SECRET).values_list("corpus__room", flat=True))
    assert rooms == {index.CLOSED_ROOM}


def test_another_one_changes_no_figure_and_no_list_of_strangers(world: World) -> None:
    people = ("manager", "executive", "auditor", "administrator", "responder")
    where = [placed(one) for one in (*FIGURES, *LISTS)]
    # Both times read at one moment, after all that is written: how late a task is changes from minute to minute.
    moment = timezone.now() + timedelta(minutes=5)
    before = {(who, one): shown(world.client(who), one, moment) for who in people for one in where}
    incident = _another(world.people["other"], world.made["incident"], restricted=True)
    index.index_all()
    after = {(who, one): shown(world.client(who), one, moment) for who in people for one in where}
    assert timezone.now() < moment
    assert [key for key in before if before[key] != after[key]] == []
    seen = world.client("other").get("/incidents/?status=all").content.decode()
    assert incident.number in seen


def test_a_drill_is_in_no_figure_but_in_the_lists(world: World) -> None:
    figures = [placed(one) for one in FIGURES]
    before = {one: shown(world.client("manager"), one) for one in figures}
    drill = _another(world.people["manager"], None, exercise=True)
    assert {one: shown(world.client("manager"), one) for one in figures} == before
    assert drill.number in shown(world.client("manager"), "/incidents/?status=all")
    real = _another(world.people["manager"], None)
    changed = [one for one in figures if shown(world.client("manager"), one) != before[one]]
    assert changed[:3] == figures[:3], f"{real} is in no figure either"


def _another(by: Person, parent: Incident | None, **values: Any) -> Incident:
    """One more incident, with what figures count and others have in common with it."""
    incident = actions.open_incident(title="XR-40", kind="insider", by=by, parent=parent, **values)
    for name, at_ in (("occurred", "2026-01-02T03:04+09:00"), ("noticed", "2026-01-03T03:04+09:00")):
        actions.add_entry(incident=incident, text="XR-41", lane="it", kind="detect", at=at_, milestone=name, by=by)
    actions.add_asset(incident=incident, key=ASSET, by=by)
    actions.add_indicators(incident=incident, text=INDICATOR, by=by)
    actions.judge(incident=incident, facts=incidenting.GRAVE, others=incidenting.OTHERS, by=by)
    return incident


def shown(client: Client, where: str, at_: datetime | None = None) -> str:
    """What a person reads there, without what differs each time. `at_`: when it is read, otherwise now."""
    with mock.patch.object(timezone, "now", return_value=at_) if at_ else nullcontext():
        answer: Any = client.get(where)
    text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
    if answer["Content-Type"].startswith("text/html"):
        return "\n".join(piece.text for piece in Reading(text).pieces)
    return text


def test_the_incident_into_which_it_is_merged_does_not_name_it(world: World) -> None:
    secret, into = (Incident.objects.get(pk=world.made[name].pk) for name in ("secret", "incident"))
    actions.merge_incident(incident=secret, into=into, version=secret.version, by=world.people["other"])
    inside = [placed(where) for where in (*incidenting.PAGES, *EXTRAS) if "{incident}" in where]
    inside.append(f"/api/v1/incidents/{into.number}/entries?limit=500")
    for who in ("manager", "auditor"):
        told = {where: said(world.client(who).get(where)) for where in inside}
        assert [where for where, text in told.items() if secret.number in text or SECRET in text] == []
    assert secret.number in said(world.client("other").get(f"/incidents/{into.number}/settings"))


def test_messages_about_it_go_to_whoever_may_know_of_it_and_to_nobody_else(world: World) -> None:
    number = world.made["secret"].number
    told = Delivery.objects.filter(key=number)
    assert {delivery.webhook.by for delivery in told} == {world.people["other"]}
    assert not [delivery for delivery in Delivery.objects.all() if SECRET in delivery.body]
    for who in ("auditor", "administrator"):
        client, hook = world.client(who), world.made["seeing_webhook"]
        page = client.get(hook.get_absolute_url())
        assert page.status_code == 200
        assert number not in page.content.decode()
        assert client.get(f"{hook.get_absolute_url()}/{world.made['secret_delivery'].pk}").status_code == 404
