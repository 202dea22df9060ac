"""Finding incidents by what is written in them; restricted ones never, in any way, for whoever may not know of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents import actions, search
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Incident, Indicator, SearchMark
from kizuki.incidents.tasks import index_incidents
from kizuki.jobs.models import Job
from kizuki.search.models import Passage, Word

pytestmark = pytest.mark.django_db
Find = Callable[..., set[str]]


def enter(incident: Incident, text: str, by: Person) -> Any:
    return actions.add_entry(incident=incident, text=text, lane="it", kind="analyse", by=by)


def index() -> None:
    while search.index_all():
        pass


def find(text: str, person: Person, language: str = "ja") -> set[str]:
    rows = Incident.objects.visible_to(person)
    return set(search.matching(rows, text, language, person).values_list("title", flat=True))


@pytest.fixture
def other(incident: Incident, cast: Cast) -> Incident:
    return open_incident(title="Lost laptop", kind="lost-device", by=cast.manager)


def test_what_is_entered_is_found_in_both_languages(incident: Incident, other: Incident, cast: Cast) -> None:
    enter(incident, "工場の端末でランサムウェアを検知した。\nThe backup server answered slowly", cast.responder)
    enter(other, "A laptop was left on the train. 警察に届けた。", cast.manager)
    index()
    assert find("ランサムウェア", cast.manager) == {"Odd sign-ins"}
    assert find("backup", cast.manager, "en") == {"Odd sign-ins"}
    assert find("警察", cast.manager) == {"Lost laptop"}
    assert find("何もない言葉", cast.manager) == set()
    assert find("", cast.manager) == {"Odd sign-ins", "Lost laptop"}


def test_tasks_decisions_and_indicators_are_found(incident: Incident, other: Incident, cast: Cast) -> None:
    task = actions.add_task(incident=incident, title="Isolate the hypervisor", by=cast.responder)
    actions.finish_task(task=task, version=1, result="Unplugged at the patch panel", by=cast.responder)
    actions.add_decision(
        incident=other, question="Shall the website be closed?", options=["Close it", "Leave it"], chosen=0,
        reason="Visitors could be infected", decided_by="CISO", by=cast.manager,
    )  # fmt: skip
    Indicator.objects.create(incident=other, kind="domain", value="evil.example.net")
    Indicator.objects.create(incident=incident, kind="domain", value="fine.example.net", state="rejected")
    index()
    for text, expected in (
        ("hypervisor", {"Odd sign-ins"}), ("patch panel", {"Odd sign-ins"}), ("visitors infected", {"Lost laptop"}),
        ("evil.example.net", {"Lost laptop"}), ("vil.exam", {"Lost laptop"}), ("fine.example", set()),
    ):  # fmt: skip
        assert find(text, cast.manager, "en") == expected, text


def test_titles_numbers_and_standing_are_found_before_anything_is_indexed(incident: Incident, cast: Cast) -> None:
    actions.change_incident(
        incident=incident, version=incident.version, stand="Waiting for the bank", by=cast.responder
    )
    assert not Passage.objects.exists()
    for text in ("odd", incident.number.lower(), "bank", "sign-ins bank"):
        assert find(text, cast.manager, "en") == {"Odd sign-ins"}
    assert find("odd laptop", cast.manager, "en") == set()


def test_what_was_corrected_or_taken_back_is_found_no_more(incident: Incident, cast: Cast) -> None:
    first = enter(incident, "The firewall was off", cast.responder)
    index()
    assert find("firewall", cast.manager, "en")
    second = actions.correct_entry(entry=first, text="The proxy was off", lane="it", kind="analyse", by=cast.responder)
    index()
    assert not find("firewall", cast.manager, "en")
    assert find("proxy", cast.manager, "en")
    actions.withdraw_entry(entry=second, reason="Mistaken about the gateway", by=cast.responder)
    index()
    assert not find("proxy", cast.manager, "en")
    assert not Passage.objects.filter(part__startswith="entry.").exists()


def test_what_is_changed_is_found_as_it_is_now(incident: Incident, cast: Cast) -> None:
    index()
    actions.change_incident(incident=incident, version=incident.version, title="Stolen cookies", by=cast.responder)
    index()
    assert find("cookies", cast.manager, "en") == {"Stolen cookies"}
    assert not Passage.objects.filter(text__contains="Odd").exists()
    assert not Word.objects.filter(word="odd").exists()


def test_only_what_is_new_is_taken_in(incident: Incident, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for n in range(30):
        enter(incident, f"Checked server number {n} in the rack", cast.responder)
    index()
    kept = set(Passage.objects.values_list("pk", flat=True))
    enter(incident, "Found the beacon", cast.responder)
    with django_assert_max_num_queries(30):
        index()
    assert kept <= set(Passage.objects.values_list("pk", flat=True))
    assert Passage.objects.count() == len(kept) + 1
    mark = SearchMark.objects.get()
    incident.refresh_from_db()
    assert mark.seq == incident.last_seq
    assert search.index_all() == 0


def restrict(incident: Incident, on: bool, by: Person) -> None:
    actions.change_incident(incident=incident, version=incident.version, restricted=on, by=by)


def test_a_restricted_incident_is_found_by_its_members_alone(incident: Incident, other: Incident, cast: Cast) -> None:
    enter(incident, "The accountant copied the ledger", cast.responder)
    index()
    assert find("ledger", cast.manager, "en") == {"Odd sign-ins"}
    restrict(incident, True, cast.responder)
    assert find("ledger", cast.manager, "en") == set(), "at once, before the index knows"
    index()
    assert find("ledger", cast.manager, "en") == set()
    assert find("ledger", cast.administrator, "en") == set()
    assert find("ledger", cast.responder, "en") == {"Odd sign-ins"}
    enter(incident, "A notary was called", cast.responder)
    index()
    assert find("notary", cast.responder, "en") == {"Odd sign-ins"}
    restrict(incident, False, cast.responder)
    index()
    assert find("ledger notary", cast.manager, "en") == {"Odd sign-ins"}
    assert set(Passage.objects.values_list("corpus__room", flat=True)) == {search.ROOM}


def test_a_restricted_incident_changes_nothing_of_what_others_find(
    incident: Incident, other: Incident, cast: Cast
) -> None:
    """Not even the order or the cut: what fits far better than all others would push them out."""
    enter(other, "The ledger lies beside the laptop in the office of the accountant on the third floor", cast.manager)
    restrict(incident, True, cast.responder)
    index()
    rows = Incident.objects.visible_to(cast.manager)
    before = [(hit.key, hit.score) for hit in search.hits(rows, "ledger", "en", cast.manager)]
    for _ in range(20):
        enter(incident, "ledger", cast.responder)
    index()
    assert [(hit.key, hit.score) for hit in search.hits(rows, "ledger", "en", cast.manager)] == before
    assert before


def test_nor_does_another_one_of_those_that_one_is_not_in(incident: Incident, other: Incident, cast: Cast) -> None:
    """Two restricted incidents stand in one index; who is in one of them learns nothing of the other."""
    restrict(incident, True, cast.responder)
    restrict(other, True, cast.manager)
    enter(other, "The ledger lies beside the laptop in the office of the accountant on the third floor", cast.manager)
    index()

    def told() -> list[Any]:
        rows = Incident.objects.visible_to(cast.manager)
        return [search.hits(rows, text, "en", cast.manager) for text in ("ledger", "ledger accountant", "vault", "l")]

    before = told()
    assert [hit.key for hit in before[0]] == [other.number]
    for _ in range(20):
        enter(incident, "ledger vault", cast.responder)
    index()
    assert told() == before
    assert find("ledger", cast.responder, "en") == {"Odd sign-ins"}
    assert find("vault", cast.manager, "en") == set()


def test_somebody_from_outside_finds_in_their_own_incidents(incident: Incident, other: Incident, cast: Cast) -> None:
    enter(incident, "The ledger was copied", cast.responder)
    enter(other, "The ledger was lost", cast.manager)
    index()
    assert find("ledger", cast.reporter, "en") == set()
    actions.give_role(incident=incident, person=cast.reporter, role="external", by=cast.responder)
    assert find("ledger", cast.reporter, "en") == {"Odd sign-ins"}


def test_a_job_keeps_it_in_step(incident: Incident, cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        enter(incident, "The ledger was copied", cast.responder)
        enter(incident, "And the vault opened", cast.responder)
        assert not Job.objects.exists()
    assert Job.objects.filter(task=index_incidents.path).count() == 1
    assert index_incidents.run() == {"incidents": 1}
    assert find("vault", cast.manager, "en") == {"Odd sign-ins"}


def test_long_texts_are_cut_and_strange_ones_do_no_harm(incident: Incident, cast: Cast) -> None:
    enter(incident, "x" * 5000 + " needle \U0001f600 %_'\" <script>", cast.responder)
    index()
    assert max(len(text) for text in Passage.objects.values_list("text", flat=True)) <= search.LONGEST
    assert find("needle", cast.manager, "en") == {"Odd sign-ins"}
    for text in ("%", "_", "'", '"', "\\", "<script>", "\x00", "(" * 50, "a" * 5000, "INC-", "* OR *"):
        find(text.replace("\x00", ""), cast.manager, "en")
