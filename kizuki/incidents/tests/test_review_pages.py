"""The pages of the review and of closing: who sees and writes, both texts where two wrote, few questions, nothing live in what is typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.actions import (
    add_asset,
    add_decision,
    add_entry,
    add_task,
    mark_milestone,
    open_incident,
    save_item,
    write_review,
)
from kizuki.incidents.closing import review_of
from kizuki.incidents.engine.review import read
from kizuki.incidents.models import Incident, SameSetting
from kizuki.incidents.naming import named
from kizuki.incidents.review_words import POINTS
from kizuki.incidents.tests.test_review import twin
from kizuki.register.models import Organisation
from kizuki.tasks.models import Task

SignIn = Callable[[Person], Client]
DUE = "2030-01-31"
LIVE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def path(incident: Incident, rest: str = "review") -> str:
    return f"/incidents/{incident.number}/{rest}"


def texts(incident: Incident, part: str) -> list[str]:
    return [item.text for item in read(review_of(incident).parts)[part]]


PATHS = ("review", "review/elsewhere", "figures")
SEES = {
    "reporter": False,
    "responder": True,
    "manager": True,
    "executive": True,
    "auditor": True,
    "administrator": True,
}


@pytest.mark.parametrize("role", SEES)
@pytest.mark.parametrize("restricted", [False, True])
def test_who_sees_and_writes(role: str, restricted: bool, incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    one = open_incident(title="Hidden", restricted=restricted, by=cast.responder)
    item = save_item(incident=one, part="impact", text="x", by=cast.responder)
    client = signed_in(getattr(cast, role))
    sees = role == "responder" if restricted else SEES[role]
    for rest in PATHS:
        assert client.get(path(one, rest)).status_code == (200 if sees else 404), rest
    writes = role == "responder" or (not restricted and role in ("manager", "administrator"))
    wanted = 302 if writes else 403 if sees else 404
    assert client.get(path(one, f"review/items/{item.id}")).status_code == (200 if writes else wanted)
    assert client.post(path(one, "review/items"), {"part": "impact", "text": "y", "once": "1"}).status_code == wanted
    assert client.post(path(one, "review/outcome"), {"version": 1, "outcome": "y"}).status_code == wanted
    answer = client.post(path(one, f"review/items/{item.id}/remove"), {"version": 1})
    assert answer.status_code == wanted
    assert client.post(path(one, "review/elsewhere/find"), {"measure": "P01"}).status_code == (
        422 if writes else wanted
    )
    assert client.get(path(one, "close")).status_code == (200 if writes else wanted)
    assert texts(one, "impact") == (["y"] if writes else ["x"])


def test_one_who_only_leads_to_write_may_not_close(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    from conftest import make_person

    other = signed_in(make_person("responder", "Other", language="en"))
    assert other.get(path(incident)).status_code == 200
    assert other.get(path(incident, "close")).status_code == 403
    assert other.post(path(incident, "close"), {"version": 1}).status_code == 403


def test_a_proposal_is_taken_with_one_click(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    entry = add_entry(
        incident=incident, text="PC-1 taken off the network", lane="it", kind="contain", by=cast.responder
    )
    client = signed_in(cast.responder)
    page = client.get(path(incident)).content.decode()
    assert "1 proposal from the timeline" in page
    sent = {"part": "mitigations", "source": f"entry {entry.seq}"}
    for _ in "ab":
        answer = client.post(path(incident, "review/items"), sent)
        assert answer.status_code == 302
    (item,) = read(review_of(incident).parts)["mitigations"]
    assert (item.text, item.entry) == (entry.text, entry.seq)
    page = client.get(path(incident)).content.decode()
    assert "proposal from the timeline" not in page
    assert f'href="/incidents/{incident.number}/entries/{entry.seq}"' in page
    assert client.post(path(incident, "review/items"), {**sent, "part": "nowhere"}).status_code == 404
    assert client.post(path(incident, "review/items"), {**sent, "source": "entry 999"}).status_code == 302
    assert len(texts(incident, "mitigations")) == 1


def test_a_form_sent_twice_adds_once(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    for _ in "ab":
        assert (
            client.post(path(incident, "review/items"), {"part": "causes", "text": "A", "once": "k"}).status_code == 302
        )
    assert texts(incident, "causes") == ["A"]
    empty = client.post(path(incident, "review/items"), {"part": "causes", "text": "  ", "once": "l"})
    assert empty.status_code == 422


def test_both_texts_are_shown_where_two_wrote(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    write_review(incident=incident, version=1, outcome="Theirs stands", by=cast.manager)
    answer = client.post(path(incident, "review/outcome"), {"version": 1, "outcome": "Mine is typed"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Mine is typed</textarea>" in page
    assert "Theirs stands" in page
    assert 'name="version" value="2"' in page
    assert client.post(path(incident, "review/outcome"), {"version": 2, "outcome": "Mine is typed"}).status_code == 302
    assert review_of(incident).outcome == "Mine is typed"


def test_both_items_are_shown_where_two_wrote(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    made = save_item(incident=incident, part="lessons", text="First", by=cast.responder)
    save_item(incident=incident, part="lessons", id=made.id, version=1, text="Theirs", by=cast.manager)
    address = path(incident, f"review/items/{made.id}")
    answer = client.post(address, {"version": 1, "text": "Mine"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Mine</textarea>" in page
    assert "<td>Theirs</td>" in page
    sent = {"version": 2, "text": "Mine", "measures": ["P01"], "owner": "ken", "due": DUE, "common": "common"}
    assert client.post(address, sent).status_code == 302
    assert Task.objects.get().title_en == "Mine"
    page = client.get(path(incident)).content.decode()
    assert "Ken Hayashi" in page
    assert f"/tasks/{Task.objects.get().pk}" in page
    client.post(path(incident, f"review/items/{made.id}/remove"), {"version": 3})
    gone = client.post(address, {"version": 3, "text": "Typed in vain", "part": "lessons"})
    assert gone.status_code == 422
    assert "Typed in vain" in gone.content.decode()
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("word", "sent", "said"),
    [
        ("publication", {"publication": "no"}, "Say why it is not published"),
        ("outcome", {"outcome": "x" * 20_001}, "At most 20,000 characters"),
        ("publication", {"publication": "maybe"}, "maybe"),
    ],
)
def test_what_is_refused_is_told_beside_it(
    word: str, sent: dict[str, str], said: str, incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    answer = signed_in(cast.responder).post(path(incident, f"review/{word}"), {"version": 1, **sent})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert signed_in(cast.responder).post(path(incident, "review/nothing"), {"version": 1}).status_code == 404


def test_what_does_not_fit_is_pointed_out(
    incident: Incident, small: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    by = cast.responder
    add_entry(incident=incident, text="Alert", lane="it", kind="detect", at="2020-03-05T14:02+09:00", by=by)
    add_asset(incident=incident, key="www", state="affected", by=by)
    save_item(
        incident=incident, part="background", text="It was seen at 14:05. The Web server was not affected.", by=by
    )
    save_item(incident=incident, part="causes", text="No copies", measures=["P06"], by=by)
    write_review(incident=incident, version=1, outcome="The attack was contained.", by=by)
    page = signed_in(by).get(path(incident)).content.decode()
    assert "the timeline has nothing at that time" in page
    assert "Web server is noted as affected" in page
    assert "the milestone “contained” is not marked" in page
    assert "P06 is said to have been missing, but coverage says it is fully in force there." in page


def test_what_the_register_says_is_kept_from_who_may_not_read_it(
    incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    from kizuki.incidents.actions import give_role

    add_asset(incident=incident, key="www", state="affected", by=cast.responder)
    save_item(incident=incident, part="causes", text="No copies", measures=["P06"], by=cast.responder)
    give_role(incident=incident, person=cast.reporter, role="business", by=cast.responder)
    client = signed_in(cast.reporter)
    assert "coverage says" not in client.get(path(incident)).content.decode()
    assert client.get(path(incident, "review/elsewhere")).status_code == 404
    assert client.post(path(incident, "review/elsewhere/find"), {"measure": "P06"}).status_code == 404


def test_the_same_setting_through_the_pages(
    incident: Incident, small: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.responder)
    add_asset(incident=incident, key="www", by=cast.responder)
    twin(small)
    assert "Nothing was looked for yet" in client.get(path(incident, "review/elsewhere")).content.decode()
    assert client.post(path(incident, "review/elsewhere/find"), {"measure": "P06"}).status_code == 302
    row = SameSetting.objects.get()
    page = client.get(path(incident, "review/elsewhere")).content.decode()
    assert "Second web server" in page
    none = client.post(path(incident, "review/elsewhere/mark"), {"measure": "P06", "state": "holds"})
    assert none.status_code == 422
    assert "Tick the assets first." in none.content.decode()
    sent = {"measure": "P06", "row": [row.pk], "state": "lacks", "note": "as there"}
    assert client.post(path(incident, "review/elsewhere/mark"), sent).status_code == 302
    past = client.post(path(incident, "review/elsewhere/ask"), {**sent, "due": "2020-01-01"})
    assert past.status_code == 422
    assert client.post(path(incident, "review/elsewhere/ask"), {**sent, "due": DUE}).status_code == 302
    assert Task.objects.get().due == dt.date(2030, 1, 31)
    assert client.post(path(incident, "review/elsewhere/dance"), sent).status_code == 404


def test_closing_through_the_page(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    page = client.get(path(incident, "close")).content.decode()
    open_ = [point for point in POINTS if f'name="{point}"' in page]
    assert open_ == [point for point in POINTS if point not in ("tasks", "decisions")]
    reasons = {point: f"because of {point}" for point in open_}
    answer = client.post(path(incident, "close"), {**reasons, "outcome": "", "version": 1})
    assert answer.status_code == 422
    assert "Say why it is closed without this." in answer.content.decode()
    assert "because of lessons</textarea>" in answer.content.decode()
    stale = client.post(path(incident, "close"), {**reasons, "version": 7})
    assert stale.status_code == 422
    assert "because of lessons</textarea>" in stale.content.decode()
    answer = client.post(path(incident, "close"), {**reasons, "version": 1}, follow=True)
    assert "The incident is closed." in answer.content.decode()
    incident.refresh_from_db()
    assert incident.status == "closed"
    for rest in (*PATHS, "close"):
        assert client.get(path(incident, rest)).status_code == 200


def test_nothing_that_is_typed_is_live(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    by = cast.responder
    entry = add_entry(incident=incident, text=LIVE, lane="it", kind="attack", by=by)
    mark_milestone(entry=entry, name="noticed", by=by)
    for part in ("background", "lessons"):
        made = save_item(incident=incident, part=part, text=f"{LIVE} was contained at 03:03", by=by)
    write_review(
        incident=incident, version=1, by=by, outcome=LIVE, publication="no", publication_reason=LIVE, same_setting=LIVE,
        absent={"recovered": LIVE},
    )  # fmt: skip
    SameSetting.objects.create(incident=incident, measure="P06", key="x", **named(LIVE), note=LIVE, by_name=LIVE)
    client = signed_in(by)
    for rest in ("review", f"review/items/{made.id}", "review/elsewhere", "close", "figures"):
        page = client.get(path(incident, rest)).content.decode()
        assert "<script>alert" not in page, rest
        assert "<img src=x" not in page, rest


def test_few_questions_however_much_there_is(
    incident: Incident, small: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    by = cast.manager
    add_asset(incident=incident, key="www", by=by)
    for n in range(12):
        add_entry(incident=incident, text=f"e{n}", lane="it", kind="contain", by=by)
        task = add_task(incident=incident, title=f"t{n}", by=by)
        add_decision(
            incident=incident, question=f"q{n}", options=["a", "b"], chosen=0, reason="r", decided_by="d", by=by
        )
        save_item(incident=incident, part="causes", text=f"c{n}", measures=["P06"], by=by)
        save_item(
            incident=incident, part="lessons", text=f"l{n}", measures=["P01"], owner="ken",
            due=timezone.localdate() + dt.timedelta(days=9), by=by,
        )  # fmt: skip
        SameSetting.objects.create(incident=incident, measure="P06", key=f"k{n}", **named(f"k{n}"))
    assert task.number == 12
    for person in (cast.manager, cast.responder):
        client = signed_in(person)
        for rest in (*PATHS, "close"):
            client.get(path(incident, rest))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path(incident, rest)).status_code == 200
            told = "\n".join(query["sql"][:160] for query in queries)
            assert len(queries) <= 15, f"{rest}: {len(queries)}\n{told}"
