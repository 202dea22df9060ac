"""The pages of incidents: who sees what, and that they answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.models import Incident

SignIn = Callable[[Person], Client]


@pytest.mark.parametrize("role", ["responder", "manager", "executive", "auditor", "administrator"])
def test_who_works_in_all_rooms_sees_incidents(role: str, incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(getattr(cast, role))
    assert "Strange sign-ins" in client.get("/incidents/").content.decode()
    assert "Strange sign-ins" in client.get(f"/incidents/{incident.number}").content.decode()
    assert client.get("/incidents/new").status_code == (
        200 if role in ("responder", "manager", "administrator") else 403
    )


def test_a_reporter_does_not_learn_of_them(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    client = signed_in(cast.reporter)
    for path in ("", "new", incident.number):
        assert client.get(f"/incidents/{path}").status_code == 404
