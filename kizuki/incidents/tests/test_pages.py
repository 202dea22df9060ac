"""The pages of incidents: who sees what, and that they answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.actions import give_role
from kizuki.incidents.models import Incident

SignIn = Callable[[Person], Client]


@pytest.mark.parametrize("role", ["responder", "manager", "executive", "auditor", "administrator"])
def test_who_works_in_all_rooms_sees_incidents(role: str, incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(getattr(cast, role))
    assert "Odd sign-ins" in client.get("/incidents/").content.decode()
    assert "Odd sign-ins" in client.get(f"/incidents/{incident.number}").content.decode()
    assert client.get("/incidents/new").status_code == (
        200 if role in ("responder", "manager", "administrator") else 403
    )


def test_a_reporter_finds_nothing_unless_in_it(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.reporter)
    assert "Odd sign-ins" not in client.get("/incidents/?status=all").content.decode()
    assert client.get("/incidents/new").status_code == 403
    assert client.get(f"/incidents/{incident.number}").status_code == 404
    give_role(incident=incident, person=cast.reporter, role="reader", by="a test")
    assert "Odd sign-ins" in client.get("/incidents/").content.decode()
    assert client.get(f"/incidents/{incident.number}").status_code == 200
