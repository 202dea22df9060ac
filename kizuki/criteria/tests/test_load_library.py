"""The library's criteria take effect at set-up, and never in the place of an organisation's own."""

from __future__ import annotations

import pytest
from django.utils import timezone

from conftest import Cast
from kizuki.criteria.actions import begin_draft, load_library, withdraw
from kizuki.criteria.library import documents
from kizuki.criteria.models import CriteriaSet, Version
from kizuki.criteria.queries import in_effect
from kizuki.criteria.tests.conftest import small
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db


def counts(added: int = 0, changed: int = 0, same: int = 0, kept: int = 0) -> dict[str, int]:
    return {"added": added, "changed": changed, "same": same, "kept": kept}


def test_everything_is_in_effect_at_once_and_nothing_twice() -> None:
    number = len(documents())
    assert number >= 4
    assert load_library(documents=documents(), by="kizuki load") == counts(added=number)
    entries = Entry.objects.count()
    assert load_library(documents=documents(), by="kizuki load") == counts(same=number)
    assert Entry.objects.count() == entries
    assert Version.objects.count() == CriteriaSet.objects.count() == number
    admission = in_effect("admission")
    assert admission is not None
    assert (admission.number, admission.approved_name, admission.effective_from) == (1, "Kizuki", timezone.localdate())
    assert admission.read == next(one for one in documents() if one.id == "admission")


def test_a_newer_library_gives_a_new_version_and_the_old_one_stays(cast: Cast) -> None:
    load_library(documents=[small()], by="test")
    assert load_library(documents=[small("en: Small", "en: Smaller")], by="test") == counts(changed=1)
    counting = in_effect("small")
    assert counting is not None
    assert (counting.number, counting.read.title.en) == (2, "Smaller")
    assert Version.objects.get(number=1).read.title.en == "Small"


def test_what_an_organisation_has_written_itself_is_left_alone(cast: Cast) -> None:
    load_library(documents=[small()], by="test")
    draft = begin_draft(document=small("en: Small", "en: Ours"), by=cast.manager)
    withdraw(draft=draft, version=draft.version, by=cast.manager)
    assert load_library(documents=[small("en: Small", "en: Smaller")], by="test") == counts(kept=1)
    assert Version.objects.count() == 2
