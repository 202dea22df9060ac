"""The pages: reading, trying, and writing with plain forms; nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.criteria.actions import decide, load_library, propose, write_draft
from kizuki.criteria.choices import State
from kizuki.criteria.forms import FactsForm
from kizuki.criteria.library import documents
from kizuki.criteria.models import Decision, Version
from kizuki.criteria.tests.conftest import HOLED, small
from kizuki.kit.document import dump

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(cast: Cast, signed_in: Any) -> Client:
    client: Client = signed_in(cast.manager)
    return client


def url(version: Version, name: str, *more: str) -> str:
    return reverse(f"criteria:{name}", args=[version.criteria.slug, version.number, *more])


def text(response: Any, status: int = 200) -> str:
    assert response.status_code == status, response.content.decode()[:2000]
    return str(response.content.decode())


def filled(draft: Version, **changes: Any) -> dict[str, Any]:
    """What the form of a rule sends."""
    return {"position": 1, "outcome": "stop", "because_en": "Hot", "version": draft.version, **changes}


def test_reading_shows_rules_facts_outcomes_and_the_whole_table(counting: Version, manager: Client) -> None:
    assert manager.get("/criteria/small").headers["Location"] == counting.get_absolute_url()
    page = text(manager.get(counting.get_absolute_url()))
    for said in (
        "Mid or worse",
        "In effect since",
        "approved by Kizuki",
        "Hot",
        "due_days: 3",
        "Checked: every case",
        "12 cells",
    ):
        assert said in page
    assert page.count("c-none") >= 3  # two cells of the whole table and the rule
    assert "Small" in text(manager.get("/criteria/"))


def test_a_draft_with_a_hole_names_the_cell_in_words_of_the_reader(draft: Version, manager: Client, cast: Cast) -> None:
    write_draft(draft=draft, document=small(*HOLED), version=1, by=cast.manager)
    page = text(manager.get(draft.get_absolute_url()))
    assert "no rule decides 3 of 6 cells, the first one is: Heat: Low; Kind: B; add a rule for it" in page
    with translation.override("ja"):
        manager.cookies["kizuki_language"] = "ja"
        assert "6通りのうち3通りは、どの規則にも当たりません。最初のもの：Heat：Low、Kind：B。" in text(
            manager.get(draft.get_absolute_url())
        )
    for name in ("try_it", "compare"):
        assert (
            "cannot decide" in text(manager.get(url(draft, name), headers={"accept-language": "en"}))
            or "判断できません"
        )


def test_trying_gives_outcome_and_reasons_and_keeps_nothing(counting: Version, manager: Client) -> None:
    first = text(manager.get(url(counting, "try_it")))
    assert "The outcome and its reasons appear here." in first
    page = text(manager.get(url(counting, "try_it") + "?fact-kind=a&fact-heat=unknown"))
    for said in ("Stop", "Hot", "counts as: High", "To find out", "Heat: Low → Fine"):
        assert said in page
    assert "Select a valid choice" in text(manager.get(url(counting, "try_it") + "?fact-heat=boiling"))
    assert not Decision.objects.exists()


def test_a_decision_is_shown_with_its_reasons_long_afterwards(counting: Version, manager: Client, cast: Cast) -> None:
    made = decide(purpose="small", facts={"heat": "high", "kind": "a"}, about=cast.responder, by=cast.manager)
    page = text(manager.get(made.get_absolute_url()))
    for said in ("Responder", "Stop", "rule 1 of version 1", "It would be milder with", "Heat: Low → Fine"):
        assert said in page
    listed = text(manager.get("/criteria/small/decisions"))
    assert "Responder" in listed
    assert "Nothing was decided yet" in text(manager.get(f"/criteria/small/decisions?before={made.pk}"))


def test_rules_are_moved_added_changed_and_removed(draft: Version, manager: Client) -> None:
    manager.post(url(draft, "edit"), {"act": "down:hot", "version": 1})
    draft.refresh_from_db()
    assert [rule.id for rule in draft.read.rules] == ["rest", "hot"]
    assert "never decides" in text(manager.get(url(draft, "edit")))
    manager.post(url(draft, "edit"), {"act": "remove:hot", "version": 2})
    new = filled(draft, version=3, conditions_en="one\ntwo", conditions_ja="\n二", **{"when-heat": ["mid", "high"]})
    assert manager.post(url(draft, "rule", "new"), new).status_code == 302
    draft.refresh_from_db()
    made = draft.read.rules[0]
    assert (made.id, made.when, made.outcome) == ("r1", {"heat": "at least mid"}, "stop")
    assert [(one.ja, one.en) for one in made.conditions] == [(None, "one"), ("二", "two")]
    form = text(manager.get(url(draft, "rule", "r1")))
    assert form.count("checked") == 2
    changed = filled(draft, because_ja="熱い", position=2, **{"when-kind": ["a", "b"]})
    assert manager.post(url(draft, "rule", "r1"), changed).status_code == 302
    draft.refresh_from_db()
    assert [(rule.id, rule.when) for rule in draft.read.rules] == [("rest", {}), ("r1", {})]
    assert draft.problems != ()


def test_the_last_rule_stays_and_nonsense_changes_nothing(draft: Version, manager: Client) -> None:
    for act, status in (("remove:gone", 302), ("sideways:hot", 422), ("up:hot", 302)):
        assert manager.post(url(draft, "edit"), {"act": act, "version": 1}).status_code == status
    draft.refresh_from_db()
    assert draft.version == 1
    assert "Say why" in text(manager.post(url(draft, "rule", "hot"), filled(draft, because_en=" ")), 422)


def test_what_was_typed_on_a_stale_rule_is_kept_beside_the_rule_as_it_is_now(
    draft: Version, manager: Client, cast: Cast
) -> None:
    theirs = small("en: Hot", "en: Theirs")
    write_draft(draft=Version.objects.get(pk=draft.pk), document=theirs, version=1, by=cast.administrator)
    page = text(manager.post(url(draft, "rule", "hot"), filled(draft, because_en="My long reason")), 409)
    assert "My long reason" in page
    assert "Theirs" in page
    assert manager.post(url(draft, "rule", "hot"), filled(draft, because_en="Mine", version=2)).status_code == 302
    assert Version.objects.get(pk=draft.pk).read.rules[0].because.en == "Mine"


def test_a_rule_that_was_removed_meanwhile_can_be_sent_again(draft: Version, manager: Client, cast: Cast) -> None:
    rest = small("  - {id: hot, when: {heat: at least mid, kind: a}, outcome: stop, because: {en: Hot}}\n", "")
    write_draft(draft=Version.objects.get(pk=draft.pk), document=rest, version=1, by=cast.administrator)
    page = text(manager.post(url(draft, "rule", "hot"), filled(draft, because_en="My reason")), 409)
    assert "was removed in the meantime" in page
    assert "My reason" in page
    assert url(draft, "rule", "new") in page


def test_the_text_is_kept_with_its_faults_and_when_it_is_stale(draft: Version, manager: Client, cast: Cast) -> None:
    bad = dump(draft.read).replace("outcome: stop", "outcome: halt")
    page = text(manager.post(url(draft, "text"), {"document": bad, "version": 1}), 422)
    assert "leads to “halt”" in page
    assert "outcome: halt" in page
    other = dump(small("en: Small", "en: Other name"))
    assert manager.post(url(draft, "text"), {"document": other, "version": 1}).status_code == 302
    stale = text(manager.post(url(draft, "text"), {"document": bad.replace("halt", "fine"), "version": 1}), 409)
    assert "outcome: fine" in stale
    assert "Other name" in stale
    moved = dump(small("id: small", "id: elsewhere"))
    assert "cannot be changed" in text(manager.post(url(draft, "text"), {"document": moved, "version": 2}), 422)


def test_faults_of_a_file_are_told_in_japanese(draft: Version, manager: Client) -> None:
    manager.cookies["kizuki_language"] = "ja"
    for old, new, said in (
        ("outcome: stop", "outcome: halt", "規則「hot」の結果「halt」は、このファイルの結果にありません"),
        ("id: hot", "id: HOT", "1～60字の英小文字・数字・ハイフン"),
        ("kizuki/criteria/1", "kizuki/case/1", "判断基準のファイル"),
    ):
        file = SimpleUploadedFile("f.yaml", dump(draft.read).replace(old, new).encode())
        assert said in text(manager.post("/criteria/import", {"file": file}), 422)


def test_a_file_goes_out_and_comes_in_as_a_draft(counting: Version, manager: Client) -> None:
    sent = manager.get(url(counting, "file"))
    assert sent.headers["Content-Disposition"] == 'attachment; filename="small-1.yaml"'
    back = manager.post("/criteria/import", {"file": SimpleUploadedFile("f.yaml", sent.content)})
    made = Version.objects.get(state=State.DRAFT)
    assert back.headers["Location"] == made.get_absolute_url()
    assert made.read == counting.read
    again = manager.post("/criteria/import", {"file": SimpleUploadedFile("f.yaml", sent.content)})
    assert "already a draft" in text(again, 422)
    assert "already a draft" in text(manager.post("/criteria/small/draft", follow=True))


def test_from_draft_to_effect_by_two_people(
    draft: Version, counting: Version, manager: Client, second: Person, signed_in: Any
) -> None:
    decide(purpose="small", facts={"heat": "mid", "kind": "a"}, by=second)
    compared = text(manager.get(url(draft, "compare")))
    assert "Version 2 would have decided 1 of 1 otherwise." in compared
    assert "milder" in compared
    assert text(manager.post(url(draft, "propose"), {"reason": "", "version": 1}), 422)
    manager.post(url(draft, "propose"), {"reason": "Hotter summers", "version": 1})
    own = text(manager.get(draft.get_absolute_url()))
    assert "Somebody else has to approve it." in own
    today = timezone.localdate().isoformat()
    refused = text(manager.post(url(draft, "approve"), {"effective_from": today, "version": 2}), 409)
    assert "Somebody else" in refused
    other = signed_in(second)
    assert "Hotter summers" in text(other.get(draft.get_absolute_url()))
    assert other.post(url(draft, "approve"), {"effective_from": today, "version": 2}).status_code == 302
    assert "In effect since" in text(other.get(draft.get_absolute_url()))
    assert "a later version counts now" in text(other.get(counting.get_absolute_url()))


def test_what_was_typed_for_a_proposal_is_kept_when_it_is_refused(draft: Version, manager: Client, cast: Cast) -> None:
    write_draft(draft=Version.objects.get(pk=draft.pk), document=small(*HOLED), version=1, by=cast.administrator)
    page = text(manager.post(url(draft, "propose"), {"reason": "My reasons", "version": 2}), 409)
    assert "still has faults" in page
    assert "My reasons" in page


def test_withdrawing_goes_back_step_by_step(draft: Version, manager: Client, cast: Cast) -> None:
    propose(draft=draft, reason="x", version=1, by=cast.manager)
    manager.post(url(draft, "withdraw"), {"version": 2})
    manager.post(url(draft, "withdraw"), {"version": 3})
    draft.refresh_from_db()
    assert draft.state == State.WITHDRAWN
    assert "kept to be read" in text(manager.get(draft.get_absolute_url()))


def test_a_form_of_facts_asks_a_shared_fact_once_and_knows_where_answers_come_from(db: None) -> None:
    load_library(documents=documents(), by="test")
    three = [one for one in documents() if one.id.startswith("importance-")]
    asked = FactsForm(criteria=three)
    assert len(asked.questions) == 5
    answers = {"fact-content": "public", "source-content": "the owner", "fact-outage": "unknown"}
    form = FactsForm(answers, criteria=three, sources=True)
    assert form.is_valid(), form.errors
    confidentiality = form.given(next(one for one in three if one.id.endswith("confidentiality")))
    assert set(confidentiality) == {"content", "people"}
    assert (confidentiality["content"].value, confidentiality["content"].source) == ("public", "the owner")
    assert confidentiality["people"].value is None
    made = [decide(purpose=one.id, facts=form.given(one), by="test") for one in three]
    assert [row.outcome for row in made] == ["level-3", "level-1", "level-3"]
