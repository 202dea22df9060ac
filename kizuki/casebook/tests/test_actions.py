"""Cases come in whole, change only when they differ, go and come back as they were."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.test import Client

from kizuki.casebook.actions import import_cases, remove_case, restore_case
from kizuki.casebook.engine import times
from kizuki.casebook.library import cases
from kizuki.casebook.models import Case, CaseTag
from kizuki.journal.models import Entry
from kizuki.kit.text import Text
from kizuki.search import queries

pytestmark = pytest.mark.django_db


def found(text: str) -> list[str]:
    return [hit.key for hit in queries.find(room="casebook", text=text, language="en")]


def test_a_changed_case_replaces_what_was_found_of_it() -> None:
    import_cases(documents=cases(), by="test")
    changed = msgspec.structs.replace(cases()[0], title=Text(ja="改題", en="Xylophone"))
    assert import_cases(documents=[changed, *cases()[1:]], by="test") == {"added": 0, "changed": 1, "same": 7}
    row = Case.objects.get(slug=changed.id)
    assert (row.version, row.title.en, row.read) == (2, "Xylophone", changed)
    assert found("xylophone") == [changed.id]


def test_columns_and_tags_follow_from_the_document() -> None:
    import_cases(documents=cases(), by="test")
    row = Case.objects.get(slug="nisc-h")
    document = row.read
    assert row.spans == msgspec.to_builtins(times.spans(document))
    tagged = set(CaseTag.objects.filter(case=row, facet="profile").values_list("word", flat=True))
    assert tagged == set(document.profile)
    assert CaseTag.objects.filter(case__slug="nisc-c", facet="cause", word="not stated").exists()


def test_a_case_taken_out_is_gone_everywhere_and_comes_back(cast: Any) -> None:
    import_cases(documents=cases(), by="test")
    row = Case.objects.get(slug="nisc-h")
    before = (row.document, row.digest)
    remove_case(case=row, by=cast.manager)
    assert not Case.objects.visible_to(cast.manager).filter(slug="nisc-h").exists()
    assert "nisc-h" not in found("brute force")
    restore_case(case=row, by=cast.manager)
    row.refresh_from_db()
    assert (row.document, row.digest) == before
    assert "nisc-h" in found("brute force")
    verbs = list(Entry.objects.filter(room="casebook").order_by("seq").values_list("verb", flat=True))
    assert verbs == ["imported", "removed", "restored"]


def test_removing_twice_is_one_act(cast: Any) -> None:
    import_cases(documents=cases(), by="test")
    row = Case.objects.get(slug="nisc-h")
    remove_case(case=row, by=cast.manager)
    remove_case(case=row, by=cast.manager)
    assert Entry.objects.filter(verb="removed").count() == 1


def test_a_red_case_stays_with_those_who_see_weak_spots(cast: Any, signed_in: Any) -> None:
    red = msgspec.structs.replace(cases()[0], tlp="red")
    import_cases(documents=[red], by="test")
    reporter: Client = signed_in(cast.reporter)
    assert reporter.get(f"/cases/{red.id}").status_code == 404
    assert signed_in(cast.responder).get(f"/cases/{red.id}").status_code == 200
