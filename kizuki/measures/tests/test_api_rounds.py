"""Self-assessment by API: a round begun once, links that lead in and end, what owners of units say, sending it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kizuki.journal.models import Entry
from kizuki.measures.models import Proposal, Round
from kizuki.measures.tests.test_api import ROOT, program, said
from kizuki.register.models import Organisation

pytestmark = pytest.mark.django_db


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(f"{ROOT}/{address}", body, content_type="application/json")


def put(client: Client, address: str, **body: Any) -> Any:
    return client.put(f"{ROOT}/{address}", body, content_type="application/json")


def start(client: Client, *units: str, **more: Any) -> Any:
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    return post(client, "rounds", **{"title": "2026", "due": due, "units": units, "measures": ["P01", "P06"], **more})


def test_a_round_is_begun_once_and_its_link_leads_in_until_it_ends(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    made = start(client, "sales", "it", languages={"it": "en"}).json()
    assert {part["unit"]: part["asked"] for part in made["parts"]} == {"it": 2, "sales": 2}
    assert start(client, "sales", "it").json()["id"] == made["id"]
    assert start(client, "sales").json()["id"] != made["id"]
    link = post(client, f"rounds/{made['id']}/links/sales").json()["link"]
    stranger, page = Client(), link.split("//testserver", 1)[1]
    assert stranger.get(page).status_code == 200
    assert {one["unit"] for one in client.get(f"{ROOT}/rounds/{made['id']}").json()["parts"] if one["link"]} == {
        "sales"
    }
    assert client.delete(f"{ROOT}/rounds/{made['id']}/links/sales").status_code == 204
    assert stranger.get(page).status_code == 410
    assert post(client, f"rounds/{made['id']}/links/shop").status_code == 404


def test_a_closed_round_makes_no_links_until_it_is_open_again(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    id = start(client, "sales").json()["id"]
    assert put(client, f"rounds/{id}/state", closed=True).json()["closed_at"] is not None
    entries = Entry.objects.count()
    assert put(client, f"rounds/{id}/state", closed=True).status_code == 200
    assert Entry.objects.count() == entries
    assert post(client, f"rounds/{id}/links/sales").status_code == 422
    assert put(client, f"rounds/{id}/state", closed=False).json()["closed_at"] is None
    assert post(client, f"rounds/{id}/links/sales").status_code == 200


def test_what_cannot_be_asked_is_refused(small: Organisation, cast: Any) -> None:
    client = program(cast.manager)
    wrong: dict[str, Any]
    for wrong in ({"measures": ["P99"]}, {"units": ["nowhere"]}, {"title": " "}, {"due": "2020-01-01"}, {"units": []}):
        assert start(client, "sales", **wrong).status_code == 422, wrong
    assert start(program(cast.executive), "sales").status_code == 403
    assert start(program(cast.reporter), "sales").status_code == 404
    assert not Round.objects.exists()


def test_owners_propose_for_their_units_once_and_take_it_back(small: Organisation, cast: Any) -> None:
    client = program(cast.reporter)
    body = {"measure": "P02", "unit": "shop", "state": "partial", "evidence": "Seen"}
    made = post(client, "proposals", **body).json()
    assert (made["status"], made["scope"], made["by"]) == ("open", {"unit": "shop"}, str(cast.reporter))
    assert post(client, "proposals", **body).json() == made
    assert post(client, "proposals", **body | {"asset": "www"}).json()["scope"] == {"asset": "www"}
    for wrong in ({"unit": "it"}, {"asset": "pcs"}, {"state": "perhaps"}, {"measure": "P99"}):
        assert post(client, "proposals", **body | wrong).status_code == 422, wrong
    assert post(program(cast.manager), "proposals", **body).status_code == 403
    assert program(cast.manager).delete(f"{ROOT}/proposals/{made['id']}").status_code == 403
    assert client.delete(f"{ROOT}/proposals/{made['id']}").status_code == 204
    assert client.delete(f"{ROOT}/proposals/{made['id']}").status_code == 404


def test_a_proposal_goes_back_with_a_remark(small: Organisation, cast: Any) -> None:
    found, client = said(cast), program(cast.manager)
    assert put(program(cast.reporter), f"proposals/{found.pk}/remark", remark="x", version=1).status_code == 403
    done = put(client, f"proposals/{found.pk}/remark", remark="Since when?", version=found.version)
    assert (done.json()["status"], done.json()["remark"]) == ("returned", "Since when?")
    assert (
        put(client, f"proposals/{found.pk}/remark", remark="Since when?", version=found.version).json() == done.json()
    )
    assert put(client, f"proposals/{found.pk}/remark", remark="Where?", version=found.version).status_code == 409
    assert Proposal.objects.get(pk=found.pk).remark == "Since when?"
