"""Pasting several lines: what is proposed, what is entered, and that nothing is lost or doubled."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.actions import New, add_entries
from kizuki.incidents.forms.paste import MOST_LINES, STEP
from kizuki.incidents.models import Entry, Incident

SignIn = Callable[[Person], Client]
CHAT = """2026-11-20 09:12 Miura: sign-ins that were not mine
2026-11-20 09:31 sec analyse 23 accounts tried, 3 got in
  a line that goes on
no time here
"""


def fields(page: str) -> dict[str, str]:
    """What a browser would send of the page's form with proposals."""
    found: dict[str, str] = {}
    form = page[page.index('paste/enter"') : page.index("Enter what is ticked")]
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and (value or "checkbox" in tag) and ("checkbox" not in tag or "checked" in tag):
            found[name[1]] = html.unescape(value[1]) if value else "on"
    for name, body in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        found[name] = chosen[1] if chosen else ""
    for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\r?\n?(.*?)</textarea>', form, re.S):
        found[name] = html.unescape(text)
    found.pop("csrfmiddlewaretoken", None)
    return found


def people_wrote(incident: Incident) -> list[Entry]:
    return list(Entry.objects.filter(incident=incident, auto="").order_by("seq"))


def test_lines_are_proposed_looked_through_and_entered_once(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    page = client.post(f"/incidents/{incident.number}/paste", {"text": CHAT, "lane": "security"}).content.decode()
    sent = fields(page)
    assert people_wrote(incident) == [], "nothing is entered before it was looked through"
    assert sent["r0-at"] == "2026-11-20T09:12+09:00"
    assert (sent["r0-who"], sent["r1-kind"], sent["r1-lane"]) == ("Miura", "analyse", "security")
    assert "a line that goes on" in sent["r1-text"]
    sent["r0-kind"] = "detect"
    for _n in range(2):
        response = client.post(f"/incidents/{incident.number}/paste/enter", sent)
        assert response.status_code == 302, response.content.decode()
    first, second = people_wrote(incident)
    assert first.text == "Miura: sign-ins that were not mine"
    assert second.at == "2026-11-20T09:31+09:00"


def test_what_is_wrong_is_told_in_its_row_and_nothing_is_entered(
    incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.responder)
    page = client.post(f"/incidents/{incident.number}/paste", {"text": CHAT, "lane": "security"}).content.decode()
    sent = {**fields(page), "r0-kind": "", "r1-at": "25:99", "r1-text": "kept as typed <b>"}
    response = client.post(f"/incidents/{incident.number}/paste/enter", sent)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Choose what kind of act it was." in page
    assert "kept as typed &lt;b&gt;" in page
    sent["r0-kind"] = "detect"
    page = client.post(f"/incidents/{incident.number}/paste/enter", sent).content.decode()
    assert "is not a time" in page
    assert 'value="25:99"' in page
    assert people_wrote(incident) == []
    del sent["r1-take"]
    assert client.post(f"/incidents/{incident.number}/paste/enter", sent).status_code == 302
    assert len(people_wrote(incident)) == 1


def test_a_long_text_comes_page_by_page_and_none_is_lost(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    count = STEP + 30
    lines = "\n".join(f"2026-11-20 10:{n % 60:02d} sec analyse line {n}" for n in range(count))
    page = client.post(f"/incidents/{incident.number}/paste", {"text": lines}).content.decode()
    response = client.post(f"/incidents/{incident.number}/paste/enter", fields(page))
    page = response.content.decode()
    assert response.status_code == 200
    assert "30 are left" in page
    assert client.post(f"/incidents/{incident.number}/paste/enter", fields(page)).status_code == 302
    assert sorted(int(entry.text.split()[-1]) for entry in people_wrote(incident)) == list(range(count))


def test_too_much_and_nothing_are_answered_and_kept(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    for text, told in (("x\n" * (MOST_LINES + 5), "Paste it in parts"), (" \n", "")):
        response = client.post(f"/incidents/{incident.number}/paste", {"text": text})
        assert response.status_code == 422
        assert told in response.content.decode()
    answer = client.post(
        f"/incidents/{incident.number}/paste/enter", {"rows": "1", "rest": "{[", "r0-take": "on", "r0-text": "kept"}
    )
    assert answer.status_code == 422
    assert "kept" in answer.content.decode()
    assert client.post(f"/incidents/{incident.number}/paste/enter", {"rows": "99999"}).status_code == 422
    assert people_wrote(incident) == []


def test_readers_and_strangers_paste_nothing(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    for person, status in ((cast.executive, 403), (cast.reporter, 404)):
        client = signed_in(person)
        assert client.get(f"/incidents/{incident.number}/paste").status_code == status
        assert client.post(f"/incidents/{incident.number}/paste/enter", {"rows": "0"}).status_code == status


def test_all_of_a_batch_or_none(incident: Incident, cast: Cast) -> None:
    good = New("fine", "security", "analyse")
    with pytest.raises(ValidationError) as caught:
        add_entries(
            incident=incident, entries=[good, New("", "nobody", "analyse", "soon")], by=cast.responder, once="1"
        )
    assert set(caught.value.message_dict) == {"at-1"}
    assert people_wrote(incident) == []
    made = add_entries(
        incident=incident,
        entries=[good, New("too", "it", "contain", milestone="contained")],
        by=cast.responder,
        once="1",
    )
    again = add_entries(incident=incident, entries=[good, New("too", "it", "contain")], by=cast.responder, once="1")
    assert [entry.pk for entry in again] == [entry.pk for entry in made]
    assert incident.milestones.get().entry == made[1]
    with pytest.raises(ValidationError):
        add_entries(incident=incident, entries=[good], by=cast.responder, once="x" * 65)


def test_a_closed_incident_keeps_what_was_pasted(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    page = client.post(
        f"/incidents/{incident.number}/paste", {"text": "2026-11-20 10:00 sec analyse kept"}
    ).content.decode()
    sent: dict[str, Any] = fields(page)
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=incident.opened_at)
    response = client.post(f"/incidents/{incident.number}/paste/enter", sent)
    assert response.status_code == 422
    assert "The incident is closed" in response.content.decode()
    assert "kept" in response.content.decode()


def test_a_line_that_hints_at_no_kind_gets_the_one_that_was_chosen(
    incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(cast.responder)
    address = f"/incidents/{incident.number}/paste"
    assert '<option value="analyse" selected>' in client.get(address).content.decode(), "a proposal stands there"
    text = "2026-11-20 09:12 Miura: good morning\n2026-11-20 09:31 Miura: the server was isolated\n"
    sent = fields(client.post(address, {"text": text, "lane": "security", "kind": "communicate"}).content.decode())
    assert (sent["r0-kind"], sent["r1-kind"]) == ("communicate", "contain")
    sent = fields(client.post(address, {"text": text, "lane": "security", "kind": ""}).content.decode())
    assert (sent["r0-kind"], sent["r1-kind"]) == ("", "contain"), "or it is chosen for each line"
