"""The demo's life: told once, by the rooms' own actions, and never over what somebody has made."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from kizuki.accounts.choices import Role
from kizuki.accounts.models import Person
from kizuki.demo.actions import load_company, load_life, sign_in_links
from kizuki.demo.story import story
from kizuki.devices.choices import Request
from kizuki.devices.models import Admission, Device, Observation, Source
from kizuki.incidents.models import Incident
from kizuki.journal.actions import verify
from kizuki.journal.models import Entry
from kizuki.measures.benchmark.models import PeerGroup, Sheet
from kizuki.measures.models import OwnMeasure, Part, Proposal
from kizuki.register.models import Coverage, Organisation
from kizuki.replay.actions import stale
from kizuki.replay.models import Note, Ranking, Snapshot
from kizuki.tasks.models import Task
from tests.test_pages import MOST_QUERIES, PAGES

pytestmark = pytest.mark.django_db
#: What the life fills.
FILLED: tuple[type[Model], ...] = (
    Admission, Device, Note, Observation, OwnMeasure, Part, PeerGroup, Proposal, Sheet, Snapshot, Source, Task,
)  # fmt: skip


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in FILLED}


def test_told_twice_changes_nothing(company: Organisation) -> None:
    before, version = counts(), company.version
    assert all(before.values())
    sign_in_links()
    load_company()
    assert not load_life(company=company, people={})
    company.refresh_from_db()
    assert (counts(), company.version) == (before, version)
    assert verify().fault is None


def test_devices_show_every_state_and_each_unknown_one_has_a_task(company: Organisation) -> None:
    states = Counter(Device.objects.values_list("state", flat=True))
    assert states["known"] > 100
    assert (states["moved"], states["changed"], states["gone"], states["conflict"]) == (1, 1, 1, 1)
    open_ = Device.objects.open()
    assert 3 <= open_.count() <= 5
    for device in open_:
        task = Task.objects.get(once=device.task_name)
        assert (task.state, bool(task.owner), task.unit) == ("open", True, device.unit)
    assert "raspberrypi" in {device.name for device in open_.filter(unit="plant2")}
    assert Device.objects.get(state="conflict").assets == ["p2-turn3", "p2-turn4"]
    assert Device.objects.get(state="gone").asset == "cae1"
    last = Observation.objects.latest("at").at
    assert timezone.localdate(last) == timezone.localdate() - timedelta(days=1)


def test_tasks_stand_in_different_states_and_their_days_count_from_today(company: Organisation) -> None:
    assert set(Task.objects.values_list("state", flat=True)) == {"open", "taken", "done", "verified", "dropped"}
    assert {"device", "own", "priority"} <= set(Task.objects.values_list("origin", flat=True))
    assert Task.objects.overdue().exists()
    assert not [task.pk for task in Task.objects.all() if not (task.title_ja and task.title_en)]
    assert not Task.objects.filter(owner="").exists()
    verified = Task.objects.get(state="verified")
    assert verified.done_by != verified.verified_by


def test_one_request_has_conditions_and_one_waits(company: Organisation) -> None:
    decided, waiting = Admission.objects.get(state=Request.APPROVED), Admission.objects.get(state=Request.ASKED)
    assert decided.outcome == "conditions"
    assert decided.asked_by != decided.decided_by
    assert decided.until == timezone.localdate() + timedelta(days=180)
    assert waiting.device is not None
    assert waiting.device.state == "unknown"


def test_two_units_have_answered_and_nothing_became_coverage_by_that(company: Organisation) -> None:
    parts = {part.unit: part for part in Part.objects.all()}
    assert {unit for unit, part in parts.items() if part.done_at} == {"plant1", "thai"}
    assert all(part.digest for part in parts.values())
    assert Proposal.objects.waiting().count() == 14
    assert set(Proposal.objects.values_list("language", flat=True)) == {"ja", "en"}
    assert not Coverage.objects.filter(key="P11 unit=plant1").exists()


def test_scores_of_three_years_and_peers_say_that_they_are_invented(company: Organisation) -> None:
    sheets = Sheet.objects.filter(key="meti-ipa-visualisation")
    assert len({sheet.day.year for sheet in sheets}) == 3
    assert all("架空" in sheet.note and "Invented" in sheet.note for sheet in sheets)
    assert all("架空" in group.source and "Invented" in group.source for group in PeerGroup.objects.all())
    assert company.is_fictional


def test_one_row_lapses_soon_and_one_has_lapsed(company: Organisation) -> None:
    today = timezone.localdate().isoformat()
    soon = (timezone.localdate() + timedelta(days=30)).isoformat()
    rows = {row.key: until for row in Coverage.objects.all() if (until := row.document.get("valid_until"))}
    assert [key for key, until in rows.items() if until < today] == ["R05 all"]
    assert [key for key, until in rows.items() if today <= until <= soon] == ["R07 all"]


def test_what_is_worked_out_is_of_the_register_as_it_now_is(company: Organisation) -> None:
    assert not stale(company).exists()
    assert Ranking.objects.get(organisation=company).found["do"]["rows"]
    assert Snapshot.objects.get().day == timezone.localdate()
    assert Snapshot.objects.get().figures["devices"] == Device.objects.open().count()
    assert Note.objects.get().concerned["rows"] > 0


def test_the_acts_stand_in_the_journal_under_those_who_did_them(company: Organisation) -> None:
    names = {person.name for person in Person.objects.filter(role__in=(Role.MANAGER, Role.RESPONDER, Role.REPORTER))}
    rooms = {"tasks", "devices", "measures", "benchmark", "replay", "register", "criteria"}
    for room in rooms:
        assert Entry.objects.filter(room=room, actor_name__in=names).exists(), room


def test_the_story_speaks_both_languages() -> None:
    told = story()
    texts = [text for task in told.tasks for text in (task.title, task.text) if text] + [
        row.evidence for row in told.coverage
    ]
    assert all(text.ja and text.en for text in texts)
    for text in (told.round.title, told.peers, told.note.title, *(one.what for one in told.admissions)):
        assert " / " in text


def test_every_page_of_the_told_demo_asks_few_questions(company: Organisation) -> None:
    client = Client()
    client.force_login(Person.objects.get(role=Role.MANAGER))
    client.cookies["kizuki_language"] = "ja"
    things = [row for model in (Admission, Device, Note, Part, Proposal, Task) for row in model.objects.all()[:20]]
    own = [row.round.get_absolute_url() if isinstance(row, Part) else row.get_absolute_url() for row in things]
    inside = [where for where in PAGES if "{incident}" in where and where.count("{") == 1]
    own += [where.replace("{incident}", one.number) for where in inside for one in Incident.objects.all()]
    asked = {address: _questions(client, address) for address in dict.fromkeys([*PAGES, *own]) if "{" not in address}
    assert len([n for n in asked.values() if n]) > 100
    assert {address: n for address, n in asked.items() if n > MOST_QUERIES} == {}


def _questions(client: Client, address: str) -> int:
    """How many queries a page asks; 0 where the demo has no such page."""
    if client.get(address).status_code != 200:
        return 0
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len([q for q in queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))])
