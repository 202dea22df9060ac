"""The line at the foot of an incident: what is understood, what is asked, and that nothing typed is lost or entered twice."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import Cast, make_person
from kizuki.accounts.models import Person
from kizuki.incidents.actions import add_entry, change_incident, give_role
from kizuki.incidents.models import Entry, Incident
from kizuki.register.models import Asset

SignIn = Callable[[Person], Client]
HTMX: dict[str, Any] = {"headers": {"HX-Request": "true"}}


def wrote(incident: Incident) -> list[Entry]:
    return list(Entry.objects.filter(incident=incident, auto="").order_by("seq"))


def enter(client: Client, incident: Incident, line: str, **more: Any) -> Any:
    extra = more.pop("extra", {})
    return client.post(f"/incidents/{incident.number}/enter", {"line": line, "once": "k", **more}, **extra)


def test_a_line_becomes_an_entry(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    line = "2026-11-20 14:02 it contain isolated #www with @Manager >security !contained"
    response = enter(client, incident, line)
    entry = wrote(incident)[0]
    assert response["Location"] == f"/incidents/{incident.number}#e{entry.seq}"
    assert (entry.lane, entry.kind, entry.text) == ("it", "contain", "isolated #www with @Manager")
    assert entry.handover == ["security"]
    assert entry.milestones.get().name == "contained"
    assert {(link.kind, link.label) for link in entry.links.all()} == {("asset", "Web server"), ("person", "Manager")}
    page = client.get(f"/incidents/{incident.number}").content.decode()
    assert f'id="e{entry.seq}"' in page
    assert "isolated #www" in page


def test_sent_twice_it_is_entered_once(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    for _n in range(2):
        assert enter(client, incident, "it contain isolated").status_code == 302
    assert enter(client, incident, "it contain isolated", extra=HTMX).status_code == 200
    assert len(wrote(incident)) == 1
    enter(client, incident, "it contain isolated", once="other")
    assert len(wrote(incident)) == 2


def test_what_is_missing_is_asked_and_the_line_stays(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    for extra in ({}, HTMX):
        response = enter(client, incident, "the gateway was isolated", extra=extra)
        page = response.content.decode()
        assert response.status_code == 422
        assert 'value="the gateway was isolated"' in page
        assert 'value="k"' in page, "the same key: if it came through after all, nothing doubles"
        assert '<option value="contain" selected>' in page, "what the text sounds like is proposed"
    assert wrote(incident) == []
    assert enter(client, incident, "the gateway was isolated", kind="contain", lane="it").status_code == 302
    assert (wrote(incident)[0].lane, wrote(incident)[0].kind) == ("security", "contain"), (
        "one's own lane, unless the line says another"
    )
    assert enter(client, incident, "x", kind="nonsense", once="2").status_code == 422


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "Say what happened"), ("   ", "Say what happened"), ("2099-01-01 10:00 it contain x", "in the future"),
        ("1970-01-01 10:00 it contain x", "before 1990"), ("25:99 it contain x", "is not a time"),
        ("it contain " + "x" * 100_000, "At most 20,000 characters"), ("it contain", "Say what happened"),
        ("2026-02-30 10:00 it contain x", "is not a time"), ("2099-01-01 10:00 it contain x", "write “yesterday” before the time"),
        ("25:99 it contain x", "yesterday 23:40"),
    ],
)  # fmt: skip
def test_bad_lines_are_answered_and_kept(
    line: str, told: str, incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.responder)
    for extra in ({}, HTMX):
        response = enter(client, incident, line, extra=extra)
        page = response.content.decode()
        assert response.status_code == 422
        assert told in page
        assert line.strip()[:50] in page
        assert len(line) < 1000 or "x" * 100_000 in page
    assert wrote(incident) == []


def test_times_that_do_not_exist_or_come_twice(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    change_incident(incident=incident, version=1, zone="Europe/Berlin", by=cast.responder)
    client = signed_in(cast.responder)
    assert "put forward" in enter(client, incident, "2026-03-29 02:30 it contain x").content.decode()
    assert "put back" in enter(client, incident, "2025-10-26 02:30 it contain x").content.decode()
    assert enter(client, incident, "2025-10-26 02:30+01:00 it contain x").status_code == 302
    assert wrote(incident)[0].sort == dt.datetime(2025, 10, 26, 1, 30, tzinfo=dt.UTC)


def test_what_is_read_while_typing_enters_nothing(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)

    def parse(line: str, **more: str) -> str:
        return str(client.post(f"/incidents/{incident.number}/line", {"line": line, **more}, **HTMX).content.decode())

    page = parse("2026-11-20 14:02 it contain isolated #www >communications !contained")
    for word in (
        "<b>IT</b>",
        "<b>contain</b>",
        "isolated #www",
        "Web server",
        "communications",
        "contained",
        "Responder",
    ):
        assert word in page
    assert "Not known here" in parse("it contain isolated #nothing now")
    assert "is not a time" in parse("25:99 it contain x")
    assert "what happened" in parse("")
    assert '<option value="decide" selected>' in parse("x", kind="decide"), "what was chosen stays chosen"
    assert len(parse("it contain " + "ぬ" * 100_000)) < 10_000
    assert wrote(incident) == []


def test_the_last_word_is_completed(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    make_person("responder", "林 健 / Ken Hayashi")
    client = signed_in(cast.responder)

    def words(line: str, client: Client = client) -> list[str]:
        page = client.post(f"/incidents/{incident.number}/line", {"line": line}, **HTMX).content.decode()
        return re.findall(r'data-word="([^"]+)"', page)

    assert words("x #ww") == ["#www"]
    assert set(words("x #")) == {"#www", "#pcs"}
    assert words("x @hay") == ["@林健"]
    assert words("x !conta") == ["!contained"]
    assert words("x &gt;".replace("&gt;", ">comm")) == ["&gt;communications"]
    assert "security" in words("secu")
    assert "it" not in words("i"), "one letter of Latin could be anything"
    assert words("情", signed_in(make_person("responder", "Second", language="ja"))) == ["情報システム"]
    assert words("x #ww ") == words("") == words("it is a long story of sec") == []
    # Whoever does not see the register is not told what is in it.
    outsider = make_person("reporter", "Outsider", language="en")
    give_role(incident=incident, person=outsider, role="business", by=cast.responder)
    assert words("x #ww", signed_in(outsider)) == []
    enter(signed_in(outsider), incident, "contain looked at #www")
    assert not wrote(incident)[-1].links.exists()


def test_mentions_mean_whom_they_can_only_mean(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    make_person("responder", "Mari Ito")
    make_person("responder", "Mari Abe")
    make_person("responder", "佐伯 涼子 / Ryoko Saeki")
    client = signed_in(cast.responder)
    enter(client, incident, "it contain asked @Mari and @MariIto, @佐伯さんに電話, @nobody")
    assert [link.label for link in wrote(incident)[0].links.all()] == ["Mari Ito", "佐伯 涼子 / Ryoko Saeki"]


def test_who_may_enter(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    for person, status in ((cast.reporter, 404), (cast.executive, 403), (cast.auditor, 403), (cast.manager, 302)):
        client = signed_in(person)
        assert enter(client, incident, "it contain x", once=str(person.pk)).status_code == status
        assert client.post(f"/incidents/{incident.number}/line", {"line": "x"}).status_code == (
            200 if status == 302 else status
        )
        assert client.get(f"/incidents/{incident.number}/enter").status_code == 405
    give_role(incident=incident, person=cast.executive, role="reader", by=cast.responder)
    assert enter(signed_in(cast.executive), incident, "it contain x").status_code == 403
    page = signed_in(cast.executive).get(f"/incidents/{incident.number}").content.decode()
    assert 'id="entry"' not in page, "no line for whoever only reads"
    give_role(incident=incident, person=cast.reporter, role="business", by=cast.responder)
    assert enter(signed_in(cast.reporter), incident, "contain x", once="r").status_code == 302
    assert wrote(incident)[-1].lane == "business", "the lane of one's role"


def test_a_form_left_open_until_the_incident_was_closed(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=timezone.now())
    for extra in ({}, HTMX):
        response = enter(client, incident, "it contain typed all night", extra=extra)
        assert response.status_code == 422
        assert "The incident is closed" in response.content.decode()
        assert "typed all night" in response.content.decode()
    assert wrote(incident) == []


def test_a_session_that_ended_leads_to_the_sign_in_page(incident: Incident, anonymous: Client) -> None:
    response = enter(anonymous, incident, "it contain x", extra=HTMX)
    assert response.status_code == 401
    assert response["HX-Redirect"] == "/account/sign-in/"


def test_what_others_enter_is_there_when_it_is_asked_for(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    mine, other = signed_in(cast.responder), signed_in(cast.manager)
    page = mine.get(f"/incidents/{incident.number}").content.decode()
    ask = re.search(r'hx-get="([^"]+)"', page)
    assert ask
    assert mine.get(ask[1], **HTMX).status_code == 204
    enter(other, incident, "it contain by somebody else", once="o")
    answer = mine.get(ask[1], **HTMX)
    fresh = answer.content.decode()
    assert answer.status_code == 200
    assert "by somebody else" in fresh
    assert "<html" not in fresh
    again = re.search(r'hx-get="([^"]+)"', fresh)
    assert again
    assert mine.get(again[1], **HTMX).status_code == 204


def test_asking_costs_little(
    incident: Incident, cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(cast.responder)
    with django_assert_max_num_queries(4):
        assert client.get(f"/incidents/{incident.number}?after={incident.last_seq}", **HTMX).status_code == 204


def test_filters_stay_when_something_is_entered(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    add_entry(incident=incident, text="of security", lane="security", kind="analyse", by=cast.responder)
    client = signed_in(cast.responder)
    extra = {
        "headers": {"HX-Request": "true", "HX-Current-URL": f"http://testserver/incidents/{incident.number}?lane=it"}
    }
    page = enter(client, incident, "it contain of it", extra=extra).content.decode()
    assert "of it" in page
    assert "of security" not in page
    assert "lane=it" in page


def test_assets_that_begin_so_are_offered_before_those_that_hold_it(
    incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    Asset.objects.filter(key="pcs").update(text="0 aaa www-users")
    page = (
        signed_in(cast.responder).post(f"/incidents/{incident.number}/line", {"line": "x #ww"}, **HTMX).content.decode()
    )
    assert re.findall(r'data-word="([^"]+)"', page) == ["#www", "#pcs"]


def test_what_the_attacker_did_is_proposed_as_an_attack(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    page = enter(signed_in(cast.responder), incident, "attacker looked at the logs of the gateway").content.decode()
    assert '<option value="attack" selected>' in page
