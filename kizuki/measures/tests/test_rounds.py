"""Rounds of self-assessment: what is asked, the links, the answers, and that nobody sees another unit's."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conftest import Cast
from kizuki.journal.models import Entry
from kizuki.measures import catalogue, links
from kizuki.measures.actions import (
    close_round,
    finish_part,
    make_link,
    name_answerer,
    reopen_round,
    revoke_link,
    save_answer,
    start_round,
)
from kizuki.measures.actions.proposals import Said
from kizuki.measures.actions.rounds import Asked
from kizuki.measures.engine.holding import Holding
from kizuki.measures.engine.matters import matters
from kizuki.measures.models import Part, Proposal, Round
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Coverage, Organisation

DUE = timezone.localdate() + timedelta(days=20)


@pytest.fixture(autouse=True)
def _no_counts(db: None) -> None:
    cache.clear()


def started(*measures: str) -> Round:
    asked = [
        Asked("sales", "営業", "Sales", "Ken", "ja", measures or ("P01", "P06")),
        Asked("it", "", "IT", "", "en", measures or ("P06",)),
    ]
    return start_round(title="Autumn", due=DUE, measures=measures, asked=asked, by="a test")


def part_of(unit: str) -> Part:
    return Part.objects.select_related("round").get(unit=unit)


def linked(unit: str) -> str:
    return make_link(part=part_of(unit), by="a test")


def answer(client: Client, token: str, measure: str = "P06", **changes: Any) -> Any:
    sent = {"state": "full", "evidence": "Enforced since May", "link": "", **changes}
    return client.post(reverse("measures:question", args=[token, measure]), sent)


def test_a_unit_answers_without_an_account_and_goes_on_where_it_stopped(small: Organisation, anonymous: Client) -> None:
    started()
    token = linked("sales")
    home = reverse("measures:answer", args=[token])
    assert "多要素認証" in anonymous.get(home).content.decode()
    response = answer(anonymous, token, "P01", evidence="毎月適用", uploads=[SimpleUploadedFile("a.txt", b"proof")])
    assert response["Location"] == reverse("measures:question", args=[token, "P06"])
    assert answer(anonymous, token)["Location"] == home
    found = Proposal.objects.get(measure="P01")
    assert (found.state, found.evidence, found.language, found.unit) == ("full", "毎月適用", "ja", "sales")
    assert (found.scope, found.by_name, len(found.files)) == ({"unit": "sales"}, "Ken (営業)", 1)
    again = Client().get(reverse("measures:question", args=[token, "P01"])).content.decode()
    assert "毎月適用" in again
    assert "a.txt" in again
    answer(anonymous, token, "P01", state="none", kept=found.files)
    found.refresh_from_db()
    assert (found.state, found.version, len(found.files), Proposal.objects.count()) == ("none", 2, 1, 2)
    assert Entry.objects.filter(room="measures", verb="answered").count() == 3


def test_the_switch_changes_the_language_of_the_page_not_of_what_was_written(small: Organisation) -> None:
    started()
    token = linked("sales")
    client = Client()
    client.post("/language", {"language": "en", "next": "/"})
    assert "questions answered" in client.get(reverse("measures:answer", args=[token])).content.decode()


def test_the_token_is_kept_nowhere(small: Organisation) -> None:
    started()
    token = linked("sales")
    assert part_of("sales").digest == links.digest(token)
    assert token not in str(list(Part.objects.values())) + str(list(Entry.objects.values()))


@pytest.mark.parametrize("path", ["answer", "question", "answer_name", "answer_finish"])
@pytest.mark.parametrize("how", ["revoked", "replaced", "expired", "closed", "made up", "unsigned", "signed anew"])
def test_a_link_that_is_over_leads_nowhere(small: Organisation, anonymous: Client, path: str, how: str) -> None:
    started()
    token = linked("sales")
    if how == "revoked":
        revoke_link(part=part_of("sales"), by="a test")
    elif how == "replaced":
        linked("sales")
    elif how == "expired":
        Part.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    elif how == "closed":
        close_round(round=Round.objects.get(), by="a test")
    elif how == "made up":
        token = "x" * 43
    elif how == "unsigned":
        token = token.split(".", maxsplit=1)[0]
    else:
        token = signing.Signer(salt="another", sep=".").sign(token.split(".", maxsplit=1)[0])
    args = [token, "P06"] if path == "question" else [token]
    method = anonymous.get if path in ("answer", "question") else anonymous.post
    response = method(reverse(f"measures:{path}", args=args))
    assert response.status_code == 410
    assert b"Sales" not in response.content
    assert b"Autumn" not in response.content
    assert not Proposal.objects.exists()


def test_a_link_shows_its_own_unit_and_nothing_else(small: Organisation, anonymous: Client) -> None:
    started()
    sales, it = linked("sales"), linked("it")
    answer(anonymous, sales, "P06", evidence="Secret of sales")
    page = anonymous.get(reverse("measures:answer", args=[it])).content.decode()
    page += anonymous.get(reverse("measures:question", args=[it, "P06"])).content.decode()
    assert "Secret of sales" not in page
    assert "Ken" not in page
    assert "Web server" not in page
    assert anonymous.get(reverse("measures:question", args=[it, "P01"])).status_code == 404
    assert answer(anonymous, it, "P01").status_code == 404
    for address in (
        "/measures/",
        "/measures/coverage/",
        "/measures/proposals/",
        "/measures/rounds/",
        "/register/assets",
    ):
        assert anonymous.get(address).status_code == 302
    digest = "0" * 64
    assert anonymous.get(reverse("files:file", args=[digest])).status_code == 302


def test_files_of_one_unit_are_not_the_others(
    small: Organisation, cast: Cast, anonymous: Client, signed_in: Any
) -> None:
    started()
    token = linked("it")
    answer(anonymous, token, uploads=[SimpleUploadedFile("a.txt", b"proof")])
    (digest,) = Proposal.objects.get().files
    address = reverse("files:file", args=[digest])
    assert signed_in(cast.manager).get(address).status_code == 200
    assert signed_in(cast.reporter).get(address).status_code == 404
    other = linked("sales")
    for _ in range(2):
        answer(anonymous, other, kept=[digest])
    assert Proposal.objects.get(unit="sales").files == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": ""}, {"state": "excellent"}, {"state": "not applicable", "evidence": " "}, {"link": "x" * 401},
        {"evidence": "x" * 4001},
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_meant_comes_back_as_typed(
    small: Organisation, anonymous: Client, wrong: dict[str, Any]
) -> None:
    started()
    response = answer(anonymous, linked("it"), **wrong)
    assert response.status_code == 422
    assert (wrong.get("evidence") or "Enforced since May").strip().encode()[:50] in response.content
    assert not Proposal.objects.exists()


def test_a_large_file_is_refused_and_says_so(small: Organisation, anonymous: Client, settings: Any) -> None:
    settings.UPLOAD_LIMIT = 2**20
    started()
    response = answer(anonymous, linked("it"), uploads=[SimpleUploadedFile("a.bin", b"x" * (2**20 + 1))])
    assert response.status_code == 422
    assert not Proposal.objects.exists()


def test_too_many_wrong_links_and_too_many_answers_are_stopped(
    small: Organisation, anonymous: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "MOST_WRONG", 3)
    monkeypatch.setattr(links, "MOST_SAVED", 2)
    started()
    token = linked("it")
    assert [answer(anonymous, token).status_code for _ in range(4)] == [302, 302, 429, 429]
    wrong = reverse("measures:answer", args=["made-up"])
    assert [anonymous.get(wrong).status_code for _ in range(6)][-1] == 429
    assert anonymous.get(reverse("measures:answer", args=[token])).status_code == 429


def test_only_own_forms_are_taken(small: Organisation) -> None:
    started()
    client = Client(enforce_csrf_checks=True)
    assert answer(client, linked("it")).status_code == 403


def test_a_returned_answer_shows_the_remark_and_can_be_given_again(
    small: Organisation, cast: Cast, anonymous: Client, signed_in: Any
) -> None:
    started()
    token = linked("it")
    answer(anonymous, token)
    found = Proposal.objects.get()
    signed_in(cast.manager).post(
        reverse("measures:send_back", args=[found.pk]), {"remark": "For contractors too?", "version": "1"}
    )
    assert "For contractors too?" in anonymous.get(reverse("measures:question", args=[token, "P06"])).content.decode()
    answer(anonymous, token, evidence="Yes, all")
    found.refresh_from_db()
    assert (found.status, found.remark) == ("open", "")


def test_the_name_and_the_end(small: Organisation, anonymous: Client) -> None:
    started()
    token = linked("it")
    anonymous.post(reverse("measures:answer_name", args=[token]), {"name": "Mari"})
    answer(anonymous, token)
    anonymous.post(reverse("measures:answer_finish", args=[token]))
    part = part_of("it")
    assert part.answered_by == "Mari"
    assert part.done_at is not None
    assert Proposal.objects.get().by_name == "Mari (IT)"


def test_actions_refuse_what_cannot_be_meant(small: Organisation) -> None:
    with pytest.raises(ValidationError):
        start_round(title="Late", due=timezone.localdate() - timedelta(days=1), measures=(), asked=[], by="a test")
    with pytest.raises(ValidationError):
        start_round(title="Empty", due=DUE, measures=(), asked=[Asked("it", "", "IT", "", "en", ())], by="a test")
    made = started()
    with pytest.raises(ValidationError):
        save_answer(part=part_of("it"), measure="P01", said=Said("full"))
    close_round(round=made, by="a test")
    with pytest.raises(ValidationError):
        linked("it")
    reopen_round(round=made, by="a test")
    assert linked("it")
    finish_part(part=name_answerer(part=part_of("it"), name=" Mari "))
    assert part_of("it").answered_by == "Mari"


def test_what_matters_leaves_out_what_is_known_in_full(small: Organisation) -> None:
    rows = [
        {"measure": "P01", "scope": {"unit": "sales"}, "state": "full"},
        {"measure": "P02", "scope": {"all": True}, "state": "not applicable"},
        {"measure": "P07", "scope": {"all": True}, "state": "full", "valid_until": "2020-01-01"},
    ]
    edits = [
        Edit("coverage", f"{r['measure']} {'unit=sales' if 'unit' in str(r['scope']) else 'all'}", r) for r in rows
    ]
    apply(organisation=small, edits=edits, by="a test")
    small.refresh_from_db()
    holding = Holding(small.standing("2026-11-28"))
    for unit, left_out in (("sales", {"P01", "P02"}), ("shop", {"P01", "P02"}), ("it", {"P02"})):
        asked = set(matters(catalogue.measures().values(), holding, unit))
        acting = {m.id for m in catalogue.measures().values() if m.function not in ("govern", "identify")}
        assert asked == acting - left_out
        assert {"P06", "P07"} <= asked


def form(**changes: Any) -> dict[str, Any]:
    return {"title": "Winter", "due": DUE.isoformat(), "which": "matters", "units": ["sales", "it"], **changes}


def test_a_manager_runs_a_round_from_start_to_record(
    small: Organisation, cast: Cast, anonymous: Client, signed_in: Any
) -> None:
    client = signed_in(cast.manager)
    sent = form(which="chosen", measures=["P06", "P01"], **{"language-it": "ja"})
    response = client.post(reverse("measures:round_start"), sent)
    made = Round.objects.get()
    assert response["Location"] == made.get_absolute_url()
    # The reporter, who owns sales, reads English here.
    assert (part_of("it").language, part_of("sales").language) == ("ja", "en")
    shown = client.post(reverse("measures:make_link", args=[part_of("sales").pk]))
    assert "no-store" in shown["Cache-Control"]
    page = shown.content.decode()
    match = re.search(r"/measures/answer/([^/\"]+)/", page)
    assert match
    answer(anonymous, match[1])
    page = client.get(made.get_absolute_url()).content.decode()
    assert "1 of 4 questions answered" in page
    assert "1 of 2 questions are still open" in page
    found = Proposal.objects.get()
    client.post(reverse("measures:accept"), {"ticked": [f"{found.pk}:1:0"], "round": str(made.pk)})
    row: Any = Coverage.objects.get(key="P06 unit=sales")
    assert row.document["verified_by"] == "Ken Hayashi (Sales), accepted by Manager"
    client.post(reverse("measures:round_close", args=[made.pk]))
    assert anonymous.get(reverse("measures:answer", args=[match[1]])).status_code == 410


@pytest.mark.parametrize(
    "wrong",
    [
        {"units": []}, {"units": ["nowhere"]}, {"which": "chosen"}, {"which": "chosen", "measures": ["Z99"]}, {"due": "soon"},
        {"due": "2020-01-01"}, {"title": ""}, {"which": "all"},
    ],
)  # fmt: skip
def test_a_round_that_cannot_be_meant_comes_back_as_typed(
    small: Organisation, cast: Cast, signed_in: Any, wrong: dict[str, Any]
) -> None:
    response = signed_in(cast.manager).post(reverse("measures:round_start"), form(**wrong))
    assert response.status_code == 200
    assert not Round.objects.exists()
