"""Particulars and people: who may change what, conflicts that show both, merging and reopening."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from conftest import Cast, make_person
from kizuki.accounts.models import Person
from kizuki.incidents.actions import change_incident, give_role, open_incident
from kizuki.incidents.models import Incident

SignIn = Callable[[Person], Client]
DETAILS: dict[str, Any] = {
    "title": "Odd sign-ins", "kind": "insider", "zone": "Asia/Tokyo", "day_one": "2026-11-20", "tlp": "amber", "parent": "",
}  # fmt: skip


def send(client: Client, incident: Incident, word: str, **values: Any) -> Any:
    version = Incident.objects.get(pk=incident.pk).version
    return client.post(f"/incidents/{incident.number}/settings/{word}", {"version": version, **values})


WRITERS = {"reporter": 404, "responder": 302, "manager": 302, "executive": 403, "auditor": 403, "administrator": 302}


@pytest.mark.parametrize("role", WRITERS)
def test_who_may_change_what(role: str, incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    give_role(incident=incident, person=cast.manager, role="lead", by=cast.responder)
    incident.refresh_from_db()
    other = open_incident(title="Other", by=cast.manager)
    client, writes = signed_in(getattr(cast, role)), WRITERS[role]
    leads = 403 if role == "responder" else writes
    assert client.get(f"/incidents/{incident.number}/settings").status_code == (404 if role == "reporter" else 200)
    assert send(client, incident, "stand", stand=f"by {role}", status="analysing").status_code == writes
    assert send(client, incident, "details", **DETAILS).status_code == writes
    assert send(client, incident, "role", person=cast.executive.pk, role="legal").status_code == leads
    assert send(client, incident, "merge", into=other.number).status_code == leads
    Incident.objects.filter(pk=incident.pk).update(status="closed", closed_at=timezone.now(), merged_into=None)
    assert send(client, incident, "reopen", reason="more").status_code == leads
    assert client.post(f"/incidents/{incident.number}/settings/burn", {}).status_code == 404
    assert client.get(f"/incidents/{incident.number}/settings/stand").status_code == 405


def test_what_only_the_lead_changes_is_not_taken_from_others(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    other = make_person("responder", "Other")
    send(signed_in(other), incident, "details", **{**DETAILS, "tlp": "clear"}, restricted="on", exercise="on")
    incident.refresh_from_db()
    assert (incident.kind, incident.tlp, incident.restricted, incident.exercise) == ("insider", "amber", False, False)
    send(signed_in(cast.responder), incident, "details", **{**DETAILS, "tlp": "clear"}, restricted="on", exercise="on")
    incident.refresh_from_db()
    assert (incident.tlp, incident.restricted, incident.exercise) == ("clear", True, True)
    assert signed_in(other).get(f"/incidents/{incident.number}").status_code == 404


def test_a_conflict_shows_both(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    change_incident(incident=incident, version=1, stand="What the manager wrote", status="containing", by=cast.manager)
    client = signed_in(cast.responder)
    response = client.post(
        f"/incidents/{incident.number}/settings/stand", {"version": 1, "stand": "What I wrote", "status": "containing"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody changed this in the meantime" in page
    assert "<td>What the manager wrote</td>" in page
    assert 'value="What I wrote"' in page
    assert 'name="version" value="2"' in page
    assert page.count("<td>being contained</td>") == 0, "what is the same needs no decision"
    incident.refresh_from_db()
    assert incident.stand == "What the manager wrote"
    assert send(client, incident, "stand", stand="What I wrote", status="containing").status_code == 302


def test_two_give_the_lead_at_once(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.manager)
    sent = {"version": 1, "role": "lead"}
    assert (
        client.post(f"/incidents/{incident.number}/settings/role", {**sent, "person": cast.manager.pk}).status_code
        == 302
    )
    response = client.post(f"/incidents/{incident.number}/settings/role", {**sent, "person": cast.executive.pk})
    page = response.content.decode()
    assert response.status_code == 422
    assert "<td>Manager</td>" in page, "who leads now is named"
    assert f'<option value="{cast.executive.pk}" selected>' in page
    incident.refresh_from_db()
    assert incident.lead == cast.manager


def test_who_was_what_when(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    assert send(client, incident, "role", person=cast.executive.pk, role="executive").status_code == 302
    member = incident.members.get(person=cast.executive)
    assert client.post(f"/incidents/{incident.number}/people/{member.pk}/end").status_code == 302
    page = client.get(f"/incidents/{incident.number}/settings").content.decode()
    assert "Who was what before" in page
    for pk, status in ((999_999, 404), (incident.members.get(role="lead").pk, 302)):
        assert client.post(f"/incidents/{incident.number}/people/{pk}/end").status_code == status
    assert incident.members.get(role="lead").until is None
    assert signed_in(cast.executive).post(f"/incidents/{incident.number}/people/{member.pk}/end").status_code == 403
    for person in ("", "nobody@example.org", "99999999999999999999", "-1"):
        assert send(client, incident, "role", person=person, role="it").status_code == 422
    assert send(client, incident, "role", person=cast.reporter.email, role="it").status_code == 302


def test_ending_ones_own_last_role_leads_away(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    change_incident(incident=incident, version=1, restricted=True, by=cast.responder)
    member = give_role(incident=incident, person=cast.manager, role="it", by=cast.responder)
    response = signed_in(cast.manager).post(f"/incidents/{incident.number}/people/{member.pk}/end")
    assert response["Location"] == "/incidents/"


def test_an_incident_that_is_not_shown_stays_unnamed(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    hidden = open_incident(title="Hidden story", restricted=True, by=cast.responder)
    change_incident(incident=incident, version=1, parent=hidden, by=cast.responder)
    merged = open_incident(title="Merged and hidden", restricted=True, by=cast.responder)
    from kizuki.incidents.actions import merge_incident

    merge_incident(incident=merged, into=incident, version=1, by=cast.responder)
    client = signed_in(cast.manager)
    for path in ("", "/settings", "/wall", "/entries/2", "?as_of=2099-01-01T00:00"):
        page = client.get(f"/incidents/{incident.number}{path}").content.decode()
        for word in (hidden.number, merged.number, "Hidden story", "Merged and hidden"):
            assert word not in page, path
    page = client.get(f"/incidents/{incident.number}/settings").content.decode()
    assert "an incident that is not shown to you" in page
    assert send(client, incident, "details", **{**DETAILS, "parent": "hidden"}).status_code == 302
    incident.refresh_from_db()
    assert incident.parent == hidden, "kept by whoever cannot see it"
    assert send(client, incident, "merge", into=hidden.number).status_code == 422
    assert hidden.number in signed_in(cast.responder).get(f"/incidents/{incident.number}").content.decode()


def test_merging_and_reopening(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.responder)
    other = open_incident(title="Other", by=cast.responder)
    assert send(client, incident, "merge", into=incident.number).status_code == 422
    assert send(client, incident, "merge", into=other.number)["Location"] == f"/incidents/{other.number}"
    page = client.get(f"/incidents/{incident.number}").content.decode()
    assert "was merged into another one" in page
    assert f"/incidents/{other.number}" in page
    assert f"/incidents/{incident.number}" in client.get(f"/incidents/{other.number}/settings").content.decode()
    assert send(client, incident, "reopen", reason="").status_code == 422
    assert send(client, incident, "reopen", reason="apart again").status_code == 302
    incident.refresh_from_db()
    assert incident.status == "analysing"


@pytest.mark.parametrize(
    ("word", "values"),
    [("stand", {"stand": "x" * 501, "status": "new"}), ("stand", {"stand": "kept", "status": "closed"}),
     ("details", {**DETAILS, "title": ""}), ("details", {**DETAILS, "day_one": "someday"}),
     ("details", {**DETAILS, "zone": "Mars"}), ("details", {**DETAILS, "parent": "INC-1999-001"})],
)  # fmt: skip
def test_bad_values_are_answered(
    word: str, values: dict[str, Any], incident: Incident, cast: Cast, signed_in: SignIn
) -> None:
    assert send(signed_in(cast.responder), incident, word, **values).status_code == 422


def test_few_queries(incident: Incident, cast: Cast, signed_in: SignIn, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        give_role(incident=incident, person=make_person("responder", f"P{n}"), role="it", by=cast.responder)
        open_incident(title=f"Child {n}", parent=incident, by=cast.responder)
    client = signed_in(cast.responder)
    client.get(f"/incidents/{incident.number}/settings")
    with django_assert_max_num_queries(15):
        client.get(f"/incidents/{incident.number}/settings")
