"""Kept outcomes: made by the job, dropped when case or organisation change, seen only by those who may."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.casebook.models import Case
from kizuki.demo.actions import load_company, load_library
from kizuki.jobs.models import Job
from kizuki.jobs.worker import drain
from kizuki.kit.text import Text
from kizuki.register.actions import remove_organisation, restore_organisation, store_organisation
from kizuki.replay import listing
from kizuki.replay.actions import rank, ranking_digest, refresh, stale, weighed
from kizuki.replay.models import Outcome, Ranking

pytestmark = pytest.mark.django_db


def test_outcomes_say_what_replay_says(cast: Any) -> None:
    load_library()
    company = load_company()
    assert refresh(organisation=company, cases=stale(company)) == 8
    assert not stale(company).exists()
    for row in listing.rows(company, list(Case.objects.all())):
        outcome = Outcome.objects.get(case=row.case)
        assert (row.word, row.step) == (outcome.word, outcome.step)
    assert Outcome.objects.get(case__slug="nisc-g").word == "study"
    assert sum(listing.counts(company, Case.objects.all()).values()) == 8


def test_the_overview_says_what_is_lost_beside_what_is_harmed(cast: Any, signed_in: Any) -> None:
    """D is contained with nothing harmed, and one PC is lost all the same (rule 7: what had been lost stands beside the word)."""
    load_library()
    company = load_company()
    refresh(organisation=company, cases=stale(company))
    rows = {row.case.slug: row for row in listing.rows(company, list(Case.objects.all()))}
    assert (rows["nisc-d"].word, rows["nisc-d"].lost, rows["nisc-d"].harmed) == ("contained", 1, 0)
    client = signed_in(cast.manager)
    for slug, row in rows.items():
        assert row.lost == client.get(f"/api/v1/replay/{slug}").json().get("loss", {}).get("assets", 0)
    page = client.get("/replay/").content.decode()
    assert '<td class="num" data-l="Assets lost">1</td><td class="num" data-l="Assets harmed">0</td>' in page


def test_a_changed_case_is_replayed_again(cast: Any) -> None:
    load_library()
    company = load_company()
    refresh(organisation=company, cases=stale(company))
    import_cases(documents=[msgspec.structs.replace(cases()[0], title=Text(en="New"))], by="test")
    assert [case.slug for case in stale(company)] == [cases()[0].id]


def test_a_changed_organisation_makes_all_outcomes_stale(cast: Any) -> None:
    load_library()
    company = load_company()
    refresh(organisation=company, cases=stale(company))
    changed = msgspec.structs.replace(company.read, coverage=())
    company = store_organisation(document=changed, by=cast.manager, home=True, slug=company.slug)
    assert company.version == 2
    assert stale(company).count() == 8


def test_an_organisation_is_removed_and_restored(cast: Any) -> None:
    load_library()
    company = load_company()
    remove_organisation(organisation=company, by=cast.manager)
    assert listing.outcomes_for(cast.manager, list(Case.objects.all())) == {}
    restore_organisation(organisation=company, by=cast.manager)
    assert set(listing.outcomes_for(cast.manager, list(Case.objects.all()))) == {case.id for case in cases()}


def test_a_reporter_sees_no_outcome(cast: Any) -> None:
    load_library()
    load_company()
    assert listing.outcomes_for(cast.reporter, list(Case.objects.all())) == {}
    assert not Outcome.objects.visible_to(cast.reporter).exists()


@pytest.mark.django_db(transaction=True)
def test_an_import_asks_for_a_replay_and_the_worker_does_it() -> None:
    load_company()
    load_library()
    assert Job.objects.filter(task__endswith="refresh_outcomes").exists()
    drain()
    assert Outcome.objects.count() == 8


def test_answers_are_tried_out_and_stored_nowhere(cast: Any, signed_in: Any) -> None:
    load_library()
    company = load_company()
    client = signed_in(cast.responder)
    plain = client.get("/replay/case/nisc-c?format=json").json()
    assert plain["word"] == "depends"
    asked = plain["questions"][0]["asks"]
    query = "&".join(f"yes={ask['measure']}" for ask in asked)
    yes = client.get(f"/replay/case/nisc-c?format=json&{query}").json()
    assert (yes["word"], yes["step"]) == (plain["questions"][0]["word"], plain["questions"][0]["step"])
    page = client.get(f"/replay/case/nisc-c?{query}").content.decode()
    assert "Back to what is recorded" in page
    company.refresh_from_db()
    assert company.version == 1
    assert client.get("/replay/case/nisc-c?format=json&yes=nothing").json() == plain


def test_a_kept_ranking_is_shown_until_something_changes(cast: Any) -> None:
    load_library()
    company = load_company()
    found = rank(organisation=company)
    assert listing.priorities_for(company) == found
    assert Ranking.objects.get().digest == ranking_digest(company, weighed())
    import_cases(documents=[msgspec.structs.replace(cases()[0], attack=cases()[0].attack[:2])], by="test")
    assert Ranking.objects.get().digest != ranking_digest(company, weighed())
    assert {case.slug for case in weighed()} == set(found.cases)
