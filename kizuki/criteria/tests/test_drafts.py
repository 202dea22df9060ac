"""Drafts: begun, written, proposed, approved by somebody else, withdrawn."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.criteria.actions import Stale, approve, begin_draft, propose, withdraw, write_draft
from kizuki.criteria.choices import State
from kizuki.criteria.models import Version
from kizuki.criteria.queries import in_effect
from kizuki.criteria.tests.conftest import HOLED, small
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db


def last_verb() -> str:
    return Entry.objects.order_by("-seq")[0].verb


def test_a_draft_is_the_next_version_and_there_is_one_at_a_time(draft: Version, cast: Cast) -> None:
    assert (draft.number, draft.state, draft.written_by) == (2, State.DRAFT, "Manager")
    assert last_verb() == "began"
    with pytest.raises(ValidationError, match="already a draft"):
        begin_draft(document=small(), by=cast.administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.create(criteria=draft.criteria, number=9, document={}, digest="")
    assert begin_draft(document=small("id: small", "id: other"), by=cast.manager).number == 1


def test_a_draft_may_have_holes_while_it_is_written_but_is_not_proposed_with_them(draft: Version, cast: Cast) -> None:
    write_draft(draft=draft, document=small(*HOLED), version=1, by=cast.manager)
    assert [problem.kind for problem in draft.problems] == ["hole"]
    assert last_verb() == "wrote"
    with pytest.raises(ValidationError, match="still has faults"):
        propose(draft=draft, reason="x", version=2, by=cast.manager)
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_stale_write_is_refused_and_says_how_it_is_now(draft: Version, cast: Cast) -> None:
    mine, theirs = small("en: Small", "en: Mine"), small("en: Small", "en: Theirs")
    write_draft(draft=Version.objects.get(pk=draft.pk), document=theirs, version=1, by=cast.administrator)
    with pytest.raises(Stale) as caught:
        write_draft(draft=draft, document=mine, version=1, by=cast.manager)
    assert caught.value.version.read.title.en == "Theirs"
    assert Version.objects.get(pk=draft.pk).read == theirs


def test_a_draft_keeps_the_id_by_which_rooms_ask(draft: Version, cast: Cast) -> None:
    with pytest.raises(ValidationError, match="“small”"):
        write_draft(draft=draft, document=small("id: small", "id: other"), version=1, by=cast.manager)


def test_it_takes_effect_on_its_day_when_somebody_else_has_approved_it(
    draft: Version, cast: Cast, second: Person
) -> None:
    today = timezone.localdate()
    propose(draft=draft, reason=" hotter summers ", version=1, by=cast.manager)
    assert (draft.state, draft.reason, draft.proposed_by) == (State.PROPOSED, "hotter summers", cast.manager)
    approve(draft=draft, effective_from=today + timedelta(days=7), version=2, by=second)
    assert (draft.state, draft.approved_by, draft.approved_name) == (State.APPROVED, second, "Second Manager")
    assert last_verb() == "approved"
    for days, number in ((0, 1), (6, 1), (7, 2), (700, 2)):
        version = in_effect("small", today + timedelta(days=days))
        assert version is not None
        assert version.number == number
    assert in_effect("small", today - timedelta(days=1)) is None


def test_nobody_approves_what_they_wrote_or_proposed(draft: Version, cast: Cast, second: Person) -> None:
    write_draft(draft=draft, document=small(), version=1, by=second)
    propose(draft=draft, reason="x", version=2, by=cast.administrator)
    for person in (cast.manager, second, cast.administrator):
        with pytest.raises(ValidationError, match="Somebody else"):
            approve(draft=draft, effective_from=timezone.localdate(), version=3, by=person)
    with pytest.raises(IntegrityError), transaction.atomic():  # the database says so too
        Version.objects.filter(pk=draft.pk).update(approved_by=cast.administrator)


def test_only_what_was_seen_is_approved(draft: Version, cast: Cast, second: Person) -> None:
    with pytest.raises(Stale):
        approve(draft=draft, effective_from=timezone.localdate(), version=1, by=second)  # not proposed
    propose(draft=draft, reason="x", version=1, by=cast.manager)
    withdraw(draft=Version.objects.get(pk=draft.pk), version=2, by=cast.manager)
    with pytest.raises(Stale):
        approve(draft=draft, effective_from=timezone.localdate(), version=2, by=second)
    assert in_effect("small") == Version.objects.get(number=1)


def test_nothing_takes_effect_in_the_past_or_before_a_later_version(draft: Version, cast: Cast, second: Person) -> None:
    today = timezone.localdate()
    propose(draft=draft, reason="x", version=1, by=cast.manager)
    with pytest.raises(ValidationError, match="in the past"):
        approve(draft=draft, effective_from=today - timedelta(days=1), version=2, by=second)
    approve(draft=draft, effective_from=today + timedelta(days=9), version=2, by=second)
    third = begin_draft(document=small(), by=cast.manager)
    propose(draft=third, reason="x", version=1, by=cast.manager)
    with pytest.raises(ValidationError, match="Version 2 takes effect"):
        approve(draft=third, effective_from=today, version=2, by=second)


def test_withdrawing_goes_one_step_back_and_never_what_is_in_effect(
    draft: Version, counting: Version, cast: Cast, second: Person
) -> None:
    propose(draft=draft, reason="x", version=1, by=cast.manager)
    assert withdraw(draft=draft, version=2, by=cast.manager).state == State.DRAFT
    propose(draft=draft, reason="x", version=3, by=cast.manager)
    approve(draft=draft, effective_from=timezone.localdate() + timedelta(days=1), version=4, by=second)
    assert withdraw(draft=draft, version=5, by=cast.manager).state == State.WITHDRAWN
    with pytest.raises(ValidationError, match="in effect"):
        withdraw(draft=counting, version=1, by=cast.manager)
    other = begin_draft(document=small(), by=cast.manager)
    assert (other.number, withdraw(draft=other, version=1, by=cast.manager).state) == (3, State.WITHDRAWN)
    assert last_verb() == "withdrew"


def test_the_database_does_not_let_an_approved_document_change(counting: Version) -> None:
    with pytest.raises(DatabaseError, match="do not change"), transaction.atomic():
        Version.objects.filter(pk=counting.pk).update(document={}, digest="0" * 64)
    with pytest.raises(IntegrityError), transaction.atomic():
        Version.objects.filter(pk=counting.pk).update(effective_from=None)
    connection.ensure_connection()
