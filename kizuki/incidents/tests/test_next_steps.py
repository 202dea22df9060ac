"""Next steps on the pages: what is suggested and why, taking one, setting one aside; and the library's file of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.incidents.actions import add_asset, add_entry, add_task, begin_procedure, dismiss_step, take_step
from kizuki.incidents.advice import Advice, done_keys, title_of
from kizuki.incidents.engine import next_file
from kizuki.incidents.library import next_steps
from kizuki.incidents.models import Entry, Incident, Task
from kizuki.journal.models import Entry as Journal
from kizuki.kit.document import BadFile
from kizuki.kit.text import Text
from kizuki.measures.library import measures

SignIn = Callable[[Person], Client]
TITLE = Text(ja="する", en="Do it")


@pytest.fixture
def told(incident: Incident, cast: Cast) -> Incident:
    """A ransomware incident in the middle, beside the library's cases."""
    import_cases(documents=cases(), by="a test")
    Incident.objects.filter(pk=incident.pk).update(kind="ransomware")
    incident.refresh_from_db()
    for kind, lane, text in (
        ("detect", "it", "Calls from all sites: the shared folders of the file server cannot be opened"),
        ("analyse", "it", "All files are encrypted; somebody had opened an attachment to a mail from a partner"),
        ("contain", "it", "Branches were told by phone to take their terminals off the network"),
    ):
        add_entry(incident=incident, text=text, lane=lane, kind=kind, by=cast.responder)
    return incident


def advice(incident: Incident, person: Person) -> Advice:
    return Advice(incident, person, [], None)


def test_the_page_says_what_why_and_when(told: Incident, cast: Cast, signed_in: SignIn) -> None:
    add_asset(incident=told, key="www", by=cast.responder, state="affected")
    client, path = signed_in(cast.responder), f"/incidents/{told.number}/next"
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        page = client.get(path).content.decode()
    assert len(queries) <= 15, len(queries)
    assert "Check whether the backups are intact" in page
    assert "In case C this happened as well (C6)" in page
    assert "/cases/nisc-c#C6" in page
    assert "The same kind: ransomware" in page
    assert "Seen there as well" in page
    assert "C02" in page
    assert "unknown" in page
    assert "after it was noticed" in page
    assert "Make it a task" in page
    # One who only looks on is offered nothing to press.
    assert "Make it a task" not in signed_in(cast.auditor).get(path).content.decode()


def test_taking_one_makes_a_task_once(told: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{told.number}/next"
    one = advice(told, cast.responder).suggestions()[0]
    for _again in range(2):
        assert client.post(f"{path}/take", {"key": one.key}).status_code == 302
    task = Task.objects.get(incident=told)
    assert (task.title, task.role) == (title_of(one), one.role)
    assert one.key in done_keys(told)
    assert one.key not in [left.key for left in advice(told, cast.responder).suggestions()]
    assert client.post(f"{path}/take", {"key": "act:nothing"}).status_code == 302
    assert Task.objects.count() == 1


def test_an_act_of_a_case_becomes_a_task_in_both_languages(told: Incident, cast: Cast) -> None:
    one = next(one for one in advice(told, cast.responder).suggestions() if one.part == "entry")
    title = title_of(one)
    source = one.sources[0].text
    assert title.en
    assert source.en
    assert source.en in title.en
    assert title.ja
    assert source.ja
    assert source.ja in title.ja
    task = take_step(incident=told, key=one.key, title=title, role=one.role, by=cast.responder)
    assert task.title_ja != task.title_en
    assert one.key in done_keys(told)


def test_setting_one_aside_needs_a_reason_and_is_told(told: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.responder), f"/incidents/{told.number}/next"
    one = advice(told, cast.responder).suggestions()[0]
    refused = client.post(f"{path}/aside", {"key": one.key, "reason": " "})
    assert refused.status_code == 422
    assert '<details class="grp" open' in refused.content.decode()
    for _again in range(2):
        assert (
            client.post(f"{path}/aside", {"key": one.key, "reason": "There are no copies on the network"}).status_code
            == 302
        )
    entry = Entry.objects.get(incident=told, auto="next")
    assert entry.data["id"] == one.key
    assert entry.data["set"]["reason"] == "There are no copies on the network"
    assert one.key not in [left.key for left in advice(told, cast.responder).suggestions()]
    timeline = client.get(f"/incidents/{told.number}").content.decode()
    assert "There are no copies on the network" in timeline
    assert "no copies" not in " ".join(str(row.details) for row in Journal.objects.all())


def test_what_is_set_aside_or_taken_is_checked(told: Incident, cast: Cast) -> None:
    for reason in ("", "x" * 2001):
        with pytest.raises(ValidationError) as caught:
            dismiss_step(incident=told, key="act:C02", title=TITLE, reason=reason, by=cast.responder)
        assert "reason" in caught.value.message_dict
    long = "entry:" + "x" * 200
    task = take_step(incident=told, key=long, title=TITLE, role="nobody", by=cast.responder)
    assert (len(task.once), task.role) == (64, "")


def test_steps_of_a_begun_procedure_are_not_suggested(told: Incident, cast: Cast) -> None:
    from kizuki.incidents import procedures

    offered = {one.kind: one for one in procedures.in_force()}
    named = {m for step in offered["ransomware"].steps() for m in step.measures}
    keys = {one.key for one in advice(told, cast.responder).suggestions()}
    both = {f"act:{measure}" for measure in named} & keys
    assert both
    begin_procedure(incident=told, procedure=offered["ransomware"], by=cast.responder)
    assert not both & {one.key for one in advice(told, cast.responder).suggestions()}


def test_an_own_task_takes_nothing_away(told: Incident, cast: Cast) -> None:
    before = [one.key for one in advice(told, cast.responder).suggestions()]
    add_task(incident=told, title="Something else", by=cast.responder)
    assert [one.key for one in advice(told, cast.responder).suggestions()] == before


@pytest.mark.parametrize("role", ["reporter", "responder", "manager", "executive", "auditor", "administrator"])
def test_who_sees_and_acts(role: str, told: Incident, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(getattr(cast, role)), f"/incidents/{told.number}/next"
    sees, writes = role != "reporter", role in ("responder", "manager", "administrator")
    assert client.get(path).status_code == (200 if sees else 404)
    wanted = 302 if writes else 403 if sees else 404
    assert client.post(f"{path}/take", {"key": "act:C02"}).status_code == wanted
    assert client.post(f"{path}/aside", {"key": "act:D05", "reason": "no"}).status_code == wanted
    Incident.objects.filter(pk=told.pk).update(restricted=True)
    assert client.get(path).status_code == (200 if role == "responder" else 404)


def test_cases_that_a_person_may_not_see_advise_nothing(told: Incident, cast: Cast, signed_in: SignIn) -> None:
    from kizuki.casebook.models import Case
    from kizuki.incidents.actions import give_role

    give_role(incident=told, person=cast.reporter, role="it", by=cast.responder)
    Case.objects.filter(slug="nisc-c").update(tlp="red")
    assert "nisc-c" in signed_in(cast.responder).get(f"/incidents/{told.number}/next").content.decode()
    assert "nisc-c" not in signed_in(cast.reporter).get(f"/incidents/{told.number}/next").content.decode()


def test_without_cases_the_page_teaches(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.responder).get(f"/incidents/{incident.number}/next").content.decode()
    assert "No known case resembles this incident yet" in page


def test_the_first_ones_stand_beside_the_timeline(told: Incident, cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.responder).get(f"/incidents/{told.number}").content.decode()
    assert "Next steps that worked elsewhere" in page
    assert "Check whether the backups are intact" in page
    assert "What is known" in page


# the library's file


def test_every_attack_step_of_the_library_has_something_to_check() -> None:
    steps = next_steps()
    without = [
        step.id for case in cases() for step in case.attack if step.via != "outside" and steps.check(step) is None
    ]
    # Steps that take nothing and come no way that could be looked into.
    assert without == []


def test_texts_are_in_both_languages_and_every_check_is_used() -> None:
    steps = next_steps()
    for text in (*(check.text for check in steps.checks), *(act.text for act in steps.acts)):
        assert text.ja
        assert text.en
    used = {check.id for case in cases() for step in case.attack if (check := steps.check(step))}
    assert {check.id for check in steps.checks} - used <= {"misused", "mailbox", "entered"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("measure: G01", "measure: G99", "there is no measure"), ("measure: G08, role", "measure: G01, role", "is there twice"),
        ("id: encryption", "id: backups", "is there twice"), ("measure: C02\n", "measure: Z1\n", "there is no measure"),
        ("role: it\n", "role: nobody\n", "role"),
    ],
)  # fmt: skip
def test_faults_of_the_file_are_told_with_their_line(old: str, new: str, said: str) -> None:
    from kizuki.kit.library import library_path

    text = (library_path() / "next_steps.yaml").read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(BadFile) as caught:
        next_file.read("next.yaml", text.replace(old, new, 1).encode(), measures=frozenset(measures()))
    assert said in caught.value.faults[0].message
    assert caught.value.faults[0].line > 1
