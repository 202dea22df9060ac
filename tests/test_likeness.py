"""Cases like us: most shared tags first, our own sector counts for two, ties in the library's order."""

from __future__ import annotations

from typing import Any

import pytest

from kizuki.casebook.likeness import like_us
from kizuki.casebook.models import Case, CaseTag
from kizuki.demo.actions import load_library
from kizuki.kit.text import Text
from kizuki.register.engine.format import About

pytestmark = pytest.mark.django_db


def _score(case: Any, about: About) -> int:
    tags = set(CaseTag.objects.filter(case=case, facet="profile").values_list("word", flat=True))
    return len(tags & set(about.profile)) + 2 * (case.sector == about.sector)


def test_the_order_is_that_of_the_shared_words() -> None:
    load_library()
    words = tuple(sorted(set(CaseTag.objects.filter(facet="profile").values_list("word", flat=True)))[::3])
    name = Text(ja="試験", en="Test")
    for sector in {case.sector for case in Case.objects.all()}:
        about = About(name=name, sector=sector, profile=words)
        rows = [case for case in Case.objects.all() if _score(case, about)]
        rows.sort(key=lambda case: (-_score(case, about), case.number or 0, case.slug))
        assert [like.case.slug for like in like_us(Case.objects.all(), about)] == [case.slug for case in rows[:3]]
        assert all(like.reasons for like in like_us(Case.objects.all(), about))
