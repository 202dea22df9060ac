"""Judgements of a restricted incident are invisible to strangers wherever criteria are shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.criteria import queries
from kizuki.criteria.actions import load_library
from kizuki.criteria.library import documents
from kizuki.criteria.models import CriteriaSet
from kizuki.criteria.models import Decision as Judgement
from kizuki.incidents.actions import give_role, judge_severity, open_incident
from kizuki.incidents.models import Incident

SignIn = Callable[[Person], Client]
FACTS = {
    "importance": "large", "spread": "one", "leak": "none", "business": "none", "attacker": "gone", "outside": "none",
}  # fmt: skip
GRAVE = {**FACTS, "outside": "safety"}


@pytest.fixture
def judged(incident: Incident, cast: Cast) -> tuple[Judgement, Judgement]:
    """One judgement of an incident that everybody sees, one of an incident that only the responder knows."""
    load_library(documents=documents(), by="a test")
    secret = open_incident(title="Within the house", by=cast.responder, restricted=True)
    return (
        judge_severity(incident=incident, facts=FACTS, by=cast.responder),
        judge_severity(incident=secret, facts=GRAVE, by=cast.responder),
    )


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def test_the_list_of_decisions(judged: tuple[Judgement, Judgement], cast: Cast, signed_in: SignIn) -> None:
    known, secret = judged
    for person, sees in ((cast.responder, True), (cast.manager, False), (cast.auditor, False)):
        client = signed_in(person)
        for path in ("/criteria/severity/decisions", f"/criteria/severity/{known.version.number}"):
            told = page(client, path)
            assert known.about_label in told
            assert (secret.about_label in told) is sees, (person, path)
        assert client.get(f"/criteria/decisions/{known.pk}").status_code == 200
        assert client.get(f"/criteria/decisions/{secret.pk}").status_code == (200 if sees else 404)


def test_the_last_decision_of_all_criteria(judged: tuple[Judgement, Judgement], cast: Cast, signed_in: SignIn) -> None:
    known, _secret = judged
    known.version.criteria.versions.update(number=known.version.number)
    Incident.objects.update(restricted=True)
    assert "/criteria/severity/decisions" in page(signed_in(cast.responder), "/criteria/")
    assert "/criteria/severity/decisions" not in page(signed_in(cast.manager), "/criteria/")


def test_a_draft_over_history(judged: tuple[Judgement, Judgement], cast: Cast, signed_in: SignIn) -> None:
    known, _secret = judged
    severity = CriteriaSet.objects.get(slug="severity")
    assert sum(past.count for past in queries.history(severity, cast.responder)) == 2
    assert sum(past.count for past in queries.history(severity, cast.manager)) == 1
    path = f"/criteria/severity/{known.version.number}/compare"
    assert "have decided 0 of 2" in page(signed_in(cast.responder), path)
    assert "have decided 0 of 1" in page(signed_in(cast.manager), path)


def test_the_api(judged: tuple[Judgement, Judgement], cast: Cast, signed_in: SignIn) -> None:
    known, secret = judged
    for person, ids in ((cast.responder, {known.pk, secret.pk}), (cast.manager, {known.pk})):
        client = signed_in(person)
        found: Any = client.get("/api/v1/criteria/severity/decisions").json()
        assert {row["id"] for row in found["items"]} == ids
        status = client.get(f"/api/v1/criteria/decisions/{secret.pk}").status_code
        assert status == (200 if secret.pk in ids else 404)


def test_whoever_gets_a_role_sees_it_and_no_longer_once_it_ended(
    judged: tuple[Judgement, Judgement], cast: Cast, signed_in: SignIn
) -> None:
    from kizuki.incidents.actions import end_role

    _known, secret = judged
    incident = Incident.objects.get(pk=secret.about_id)
    member = give_role(incident=incident, person=cast.manager, role="executive", by=cast.responder)
    assert Judgement.objects.visible_to(cast.manager).filter(pk=secret.pk).exists()
    end_role(member=member, by=cast.responder)
    assert not Judgement.objects.visible_to(cast.manager).filter(pk=secret.pk).exists()


def test_what_is_about_nothing_or_about_other_things_stays_to_be_seen(
    judged: tuple[Judgement, Judgement], cast: Cast
) -> None:
    from kizuki.criteria.actions import decide

    _known, secret = judged
    alone = decide(purpose="severity", facts=FACTS, by=cast.manager)
    other = decide(purpose="severity", facts=FACTS, by=cast.manager, about=cast.reporter)
    Judgement.objects.visible_to(cast.manager).get(pk=alone.pk)
    Judgement.objects.visible_to(cast.manager).get(pk=other.pk)
    assert not Judgement.objects.visible_to(cast.manager).filter(pk=secret.pk).exists()
