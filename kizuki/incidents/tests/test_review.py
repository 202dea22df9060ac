"""The review: items from the timeline, two writers at once, lessons that become tasks, and from whom all that is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from conftest import Cast, make_person
from kizuki.accounts.models import Person
from kizuki.incidents.actions import Stale as StaleReview
from kizuki.incidents.actions import (
    StaleItem,
    add_asset,
    ask_owners,
    change_incident,
    close_incident,
    find_same_setting,
    give_role,
    mark_milestone,
    mark_same_setting,
    open_incident,
    remove_item,
    save_item,
    write_review,
)
from kizuki.incidents.actions.timeline import add_entry
from kizuki.incidents.closing import review_of
from kizuki.incidents.engine import proposals as engine
from kizuki.incidents.engine.alike import alike
from kizuki.incidents.engine.review import find, read
from kizuki.incidents.models import Entry, Incident, SameSetting
from kizuki.incidents.naming import named
from kizuki.incidents.told import told
from kizuki.journal.models import Entry as JournalEntry
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import Organisation
from kizuki.tasks.actions import drop, edit_task, finish, reopen, take, verify
from kizuki.tasks.models import Task
from kizuki.tasks.tests.test_api import post, program

SignIn = Callable[[Person], Client]
DUE = dt.date(2030, 1, 31)
SECRET = "Zebra-Kolibri"


def lesson(incident: Incident, by: Any, **more: Any) -> Any:
    values = {"text": "Second factors everywhere", "measures": ["P01"], "owner": "ken", "due": DUE, **more}
    return save_item(incident=incident, part="lessons", by=by, **values)


def items(incident: Incident, part: str) -> list[str]:
    return [item.text for item in read(review_of(incident).parts)[part]]


def test_items_keep_their_order_and_their_source(incident: Incident, cast: Cast) -> None:
    by = cast.responder
    entry = add_entry(incident=incident, text="Mail opened", lane="attacker", kind="attack", by=by)
    first = save_item(
        incident=incident, part="background", text=entry.text, source=f"entry {entry.seq}", entry=entry.seq, by=by
    )
    save_item(incident=incident, part="background", text="Second", by=by)
    again = save_item(incident=incident, part="background", text="other", source=f"entry {entry.seq}", by=by)
    assert again == first
    changed = save_item(incident=incident, part="background", id=first.id, version=1, text="A mail was opened", by=by)
    assert (changed.version, changed.source, changed.entry) == (2, f"entry {entry.seq}", entry.seq)
    assert items(incident, "background") == ["A mail was opened", "Second"]
    notes = Entry.objects.filter(incident=incident, auto="review").order_by("seq")
    assert [told(one) for one in notes] == [
        "Review, “Background”: Mail opened", "Review, “Background”: Second", "Review, changed in “Background”: A mail was opened",
    ]  # fmt: skip


def test_sent_twice_it_is_there_once(incident: Incident, cast: Cast) -> None:
    made = [save_item(incident=incident, part="impact", text="x", once="k", by=cast.responder) for _ in "ab"]
    assert made[0] == made[1]
    assert items(incident, "impact") == ["x"]
    remove_item(incident=incident, id=made[0].id, version=1, by=cast.responder)
    assert save_item(incident=incident, part="impact", text="x", once="k", by=cast.responder).id == made[0].id
    assert items(incident, "impact") == []


def test_two_writers_of_one_item(incident: Incident, cast: Cast) -> None:
    made = save_item(incident=incident, part="impact", text="x", by=cast.responder)
    save_item(incident=incident, part="impact", id=made.id, version=1, text="theirs", by=cast.manager)
    with pytest.raises(StaleItem) as caught:
        save_item(incident=incident, part="impact", id=made.id, version=1, text="mine", by=cast.responder)
    assert caught.value.item is not None
    assert caught.value.item.text == "theirs"
    with pytest.raises(StaleItem):
        remove_item(incident=incident, id=made.id, version=1, by=cast.responder)
    remove_item(incident=incident, id=made.id, version=2, by=cast.responder)
    remove_item(incident=incident, id=made.id, version=2, by=cast.responder)
    with pytest.raises(StaleItem) as gone:
        save_item(incident=incident, part="impact", id=made.id, version=2, text="mine", by=cast.responder)
    assert gone.value.item is None
    # Others may write elsewhere in the meantime.
    save_item(incident=incident, part="impact", text="y", by=cast.manager)
    assert items(incident, "impact") == ["y"]


def test_two_writers_of_the_whole(incident: Incident, cast: Cast) -> None:
    write_review(incident=incident, version=1, outcome="theirs", by=cast.manager)
    with pytest.raises(StaleReview):
        write_review(incident=incident, version=1, outcome="mine", by=cast.responder)
    assert review_of(incident).outcome == "theirs"
    assert write_review(incident=incident, version=2, outcome="theirs", by=cast.responder).version == 2


@pytest.mark.parametrize(
    ("part", "values", "field"),
    [
        ("nowhere", {}, "part"),
        ("impact", {"text": "  "}, "text"),
        ("impact", {"text": "x" * 20_001}, "text"),
        ("causes", {"measures": ["Z99"]}, "measures"),
        ("causes", {"measures": [f"P{n:02}" for n in range(1, 14)]}, "measures"),
        ("lessons", {"owner": "nobody"}, "owner"),
        ("lessons", {"common": "both"}, "common"),
    ],
)
def test_what_cannot_be_is_refused(
    part: str, values: dict[str, Any], field: str, incident: Incident, cast: Cast
) -> None:
    with pytest.raises(ValidationError) as caught:
        save_item(**{"incident": incident, "part": part, "text": "x", "by": cast.responder, **values})
    assert list(caught.value.message_dict) == [field]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"publication": "maybe"}, "publication"),
        ({"publication": "no"}, "publication_reason"),
        ({"publication": "later", "publication_reason": " "}, "publication_reason"),
        ({"outcome": "x" * 20_001}, "outcome"),
        ({"absent": {"landed": "x"}}, "absent"),
        ({"absent": {"noticed": "x"}}, "absent"),
    ],
)
def test_fields_that_cannot_be_are_refused(values: dict[str, Any], field: str, incident: Incident, cast: Cast) -> None:
    entry = add_entry(incident=incident, text="x", lane="it", kind="detect", by=cast.responder)
    mark_milestone(entry=entry, name="noticed", by=cast.responder)
    with pytest.raises(ValidationError) as caught:
        write_review(incident=incident, version=1, by=cast.responder, **values)
    assert list(caught.value.message_dict) == [field]


def test_a_closed_incident_takes_nothing(incident: Incident, cast: Cast) -> None:
    made = save_item(incident=incident, part="impact", text="x", by=cast.responder)
    from kizuki.incidents.review_words import POINTS

    close_incident(incident=incident, version=1, by=cast.responder, overrides=dict.fromkeys(POINTS, "why"))
    for act in (
        lambda: save_item(incident=incident, part="impact", text="y", by=cast.responder),
        lambda: remove_item(incident=incident, id=made.id, version=1, by=cast.responder),
        lambda: write_review(incident=incident, version=1, outcome="x", by=cast.responder),
        lambda: find_same_setting(incident=incident, measure="P01", by=cast.responder),
    ):
        with pytest.raises(ValidationError):
            act()
    assert items(incident, "impact") == ["x"]


def test_a_lesson_becomes_a_task_and_stays_one(incident: Incident, cast: Cast) -> None:
    made = lesson(incident, cast.responder)
    task = Task.objects.get()
    assert made.task == task.pk
    assert (task.origin, task.owner, task.unit, task.due) == ("review", "ken", "sales", DUE)
    assert (task.about_kind, task.about_key) == ("incident", incident.number)
    assert "P01" in (task.text_en or "")
    later = dt.date(2030, 2, 28)
    changed = lesson(incident, cast.responder, id=made.id, version=1, due=later, text="Second factors")
    task.refresh_from_db()
    assert (changed.task, task.due, task.title_en) == (task.pk, later, "Second factors")
    without = lesson(incident, cast.responder, id=made.id, version=2, owner="")
    task.refresh_from_db()
    assert (without.task, task.state) == (None, "dropped")
    back = lesson(incident, cast.responder, id=made.id, version=3)
    assert back.task != task.pk
    remove_item(incident=incident, id=made.id, version=4, by=cast.responder)
    assert set(Task.objects.values_list("state", flat=True)) == {"dropped"}


def test_a_lesson_whose_task_is_verified_makes_no_other(incident: Incident, cast: Cast) -> None:
    made = lesson(incident, cast.responder)
    task = Task.objects.get()
    finish(task=task, result="done", version=task.version, by=cast.manager)
    verify(task=task, version=task.version, by=cast.administrator)
    changed = lesson(incident, cast.responder, id=made.id, version=1, text="Told again")
    assert changed.task == task.pk
    assert Task.objects.count() == 1


def test_the_journal_tells_nothing_of_it(incident: Incident, cast: Cast) -> None:
    by = cast.manager
    made = lesson(incident, by, text=SECRET)
    task = Task.objects.get()
    values: dict[str, Any] = {"title": f"{SECRET} 2", "text": SECRET, "unit": "", "owner": "", "due": None, "cost": ""}
    edit_task(task=task, version=task.version, by=by, **values)
    take(task=task, version=task.version, by=by)
    finish(task=task, result=SECRET, evidence=SECRET, version=task.version, by=by)
    reopen(task=task, reason=SECRET, version=task.version, by=by)
    drop(task=task, reason=SECRET, version=task.version, by=by)
    remove_item(incident=incident, id=made.id, version=1, by=by)
    write_review(
        incident=incident, version=1, by=by, outcome=SECRET, publication="no", publication_reason=SECRET, same_setting=SECRET,
        absent={"disclosed": SECRET},
    )  # fmt: skip
    rows = JournalEntry.objects.values_list("object_label", "data")
    assert rows.count() > 8
    assert not [row for row in rows if SECRET in "".join(row)]
    assert incident.number in {row[0].split(" ")[0] for row in rows}


@pytest.fixture
def restricted(small: Organisation, cast: Cast) -> Incident:
    """A restricted incident, known to the responder alone, with a lesson that Ken (the reporter) is to see to."""
    made = open_incident(title=SECRET, restricted=True, by=cast.responder)
    lesson(made, cast.responder, text=SECRET)
    return made


@pytest.mark.parametrize("role", ["reporter", "manager", "executive", "auditor", "administrator", "responder"])
def test_follow_up_of_a_restricted_incident_is_kept_from_strangers(
    role: str, restricted: Incident, cast: Cast, signed_in: SignIn
) -> None:
    person = getattr(cast, role)
    client, task = signed_in(person), Task.objects.get()
    may = role == "responder"
    assert Task.objects.visible_to(person).filter(pk=task.pk).exists() == may
    assert client.get(f"/tasks/{task.pk}").status_code == (200 if may else 404)
    listed: Any = client.get("/tasks/?state=every&format=csv")
    text = b"".join(listed.streaming_content).decode() if listed.status_code == 200 else ""
    assert (SECRET in text) == may
    assert (SECRET in client.get("/tasks/").content.decode()) == may
    if not may:
        change_incident(incident=restricted, version=restricted.version, by=cast.responder, restricted=False)
        assert client.get(f"/tasks/{task.pk}").status_code == 200


def test_a_member_sees_the_follow_up(restricted: Incident, cast: Cast) -> None:
    give_role(incident=restricted, person=cast.reporter, role="reader", by=cast.responder)
    assert Task.objects.visible_to(cast.reporter).count() == 1
    other = make_person("responder", "Other")
    assert Task.objects.visible_to(other).count() == 0


def test_nobody_writes_a_task_about_an_incident_by_its_number(
    restricted: Incident, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.manager)
    sent = {"title": "Odd", "unit": "shop", "about_kind": "incident", "about_key": restricted.number}
    answer = client.post("/tasks/new", sent)
    assert answer.status_code == 422
    assert "not everybody may know" in answer.content.decode()
    about = {"kind": "incident", "key": restricted.number}
    answer = post(program(cast.manager), title={"en": "Odd"}, unit="shop", once="1", about=about)
    assert answer.status_code == 422
    assert "not everybody may know" in answer.content.decode()
    assert Task.objects.filter(title_en="Odd").count() == 0


def twin(small: Organisation) -> None:
    """A second web server, of which nobody has said anything but that P06 is missing there."""
    document = {
        "id": "www2",
        "name": "Second web server",
        "kind": "web-server",
        "unit": "shop",
        "zone": "dmz",
        "os": "Ubuntu 24.04",
    }
    coverage = {"measure": "P06", "scope": {"asset": "www2"}, "state": "none"}
    apply(organisation=small, edits=[Edit("asset", "www2", document)], by="a test")
    apply(organisation=small, edits=[Edit("coverage", "P06 asset=www2", coverage)], by="a test")


def test_the_same_setting_is_found_ticked_and_asked_for(incident: Incident, small: Organisation, cast: Cast) -> None:
    by = cast.responder
    with pytest.raises(ValidationError):
        find_same_setting(incident=incident, measure="P06", by=by)
    add_asset(incident=incident, key="www", by=by)
    twin(small)
    assert find_same_setting(incident=incident, measure="P06", by=by) == (1, 0)
    assert find_same_setting(incident=incident, measure="P06", by=by) == (0, 0)
    row = SameSetting.objects.get()
    assert (row.key, row.label, row.state) == ("www2", "Second web server", "open")
    assert mark_same_setting(incident=incident, rows=[row.pk], state="lacks", note_="no second factor", by=by) == 1
    assert ask_owners(incident=incident, rows=[row.pk], due=DUE, by=by) == 1
    row.refresh_from_db()
    task = Task.objects.get()
    assert (row.state, row.task, row.note) == ("task", task, "no second factor")
    assert (task.about_kind, task.about_key, task.owner, task.unit, task.origin) == (
        "asset",
        "www2",
        "ken",
        "shop",
        "review",
    )
    assert mark_same_setting(incident=incident, rows=[row.pk], state="holds", by=by) == 0
    assert incident.number not in "".join((task.title_en, task.text_en, task.title_ja, task.text_ja))


def test_owners_learn_nothing_of_a_restricted_incident(restricted: Incident, small: Organisation, cast: Cast) -> None:
    add_asset(incident=restricted, key="www", by=cast.responder)
    twin(small)
    find_same_setting(incident=restricted, measure="P06", by=cast.responder)
    ask_owners(
        incident=restricted, rows=list(SameSetting.objects.values_list("pk", flat=True)), due=None, by=cast.responder
    )
    task = Task.objects.visible_to(cast.reporter).get()
    assert task.origin == "own"
    row = JournalEntry.objects.filter(room="tasks", verb="created").latest("seq")
    assert (row.actor_name, restricted.number in row.data, SECRET in row.data) == ("Kizuki", False, False)


def test_rows_of_another_incident_are_not_ticked(incident: Incident, small: Organisation, cast: Cast) -> None:
    other = open_incident(title="Other", by=cast.manager)
    row = SameSetting.objects.create(incident=other, measure="P06", key="www", **named("x"))
    assert mark_same_setting(incident=incident, rows=[row.pk], state="holds", by=cast.responder) == 0
    assert ask_owners(incident=incident, rows=[row.pk], due=None, by=cast.responder) == 0
    with pytest.raises(ValidationError):
        ask_owners(incident=other, rows=[row.pk], due=timezone.localdate() - dt.timedelta(days=1), by=cast.manager)


def register(*assets: dict[str, Any], coverage: list[dict[str, Any]] | None = None) -> Document:
    import msgspec

    base = {"schema": "kizuki/organisation/1", "organisation": {"name": "x", "sector": "other"}}
    zones = [{"id": "dmz", "name": "DMZ", "kind": "dmz"}, {"id": "lan", "name": "LAN", "kind": "office"}]
    return msgspec.convert({**base, "zones": zones, "assets": list(assets), "coverage": coverage or []}, Document)


def test_in_what_assets_are_alike() -> None:
    def asset(id: str, kind: str, **more: Any) -> dict[str, Any]:
        return {"id": id, "name": id, "kind": kind, **more}

    found = alike(
        register(
            asset("hit", "web-server", os="Windows Server 2019", components=["nginx 1.2"], zone="dmz"),
            asset("same", "web-server", os="Windows Server 2022", components=["nginx/1.9", "php"], zone="dmz"),
            asset("system", "pc", os="windows server 2016"),
            asset("part", "file-server", components=["NGINX"]),
            asset("near", "pc", zone="dmz"),
            asset("far", "pc", zone="lan", os="macOS 15"),
            asset("held", "web-server"),
            coverage=[
                {"measure": "P06", "scope": {"asset": "held"}, "state": "full"},
                {"measure": "P06", "scope": {"asset": "part"}, "state": "none"},
            ],
        ),
        {"hit"}, "P06",
    )  # fmt: skip
    assert [(one.asset.id, one.ways, one.state) for one in found] == [
        ("same", ("kind", "os", "component", "zone"), "unknown"),
        ("part", ("component",), "none"),
        ("system", ("os",), "unknown"),
    ]


def test_proposals_go_where_they_are_told() -> None:
    entries = [
        engine.EntryFact(n, kind, kind)
        for n, kind in enumerate(("attack", "enable", "contain", "recover", "learn", "communicate"), 1)
    ]
    decisions = [engine.DecisionFact(1, 9, "cut it"), engine.DecisionFact(2, 10, "do not tell", holds=False)]
    tasks = [
        engine.TaskFact(1, "done", "copies", ("P06",)), engine.TaskFact(2, "done", "called"), engine.TaskFact(3, "dropped", "images"),
    ]  # fmt: skip
    made = engine.proposals(entries, decisions, tasks, "2 servers", {("mitigations", "decision 1")})
    told_ = {part: [(one.source, one.measures) for one in found] for part, found in made.items()}
    assert told_ == {
        "background": [("entry 1", ())],
        "impact": [("assets", ()), ("entry 4", ())],
        "causes": [("entry 2", ())],
        "mitigations": [("entry 3", ()), ("task 1", ("P06",))],
        "lessons": [("entry 5", ())],
        "challenges": [("decision 2", ()), ("task 3", ())],
    }


def test_an_item_is_found_in_its_part(incident: Incident, cast: Cast) -> None:
    made = save_item(incident=incident, part="causes", text="x", root=True, common="common", by=cast.responder)
    assert (made.root, made.common) == (True, "")
    parts = read(review_of(incident).parts)
    assert find(parts, made.id) == ("causes", made)
    assert find(parts, "nothing") is None
