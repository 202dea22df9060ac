"""Cases like us: those that share the most of our profile, with what they share as the reason."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db.models import Count, Q

from kizuki.casebook.models import Case, CaseQuerySet, CaseTag
from kizuki.kit.text import Text
from kizuki.register.engine.format import About
from kizuki.register.library import names


class Reason(NamedTuple):
    """Why a case is like us: the group of the shared word (system, fear, data, sector) and its name."""

    group: str
    name: Text


class Like(NamedTuple):
    case: Case
    reasons: list[Reason]


def like_us(cases: CaseQuerySet, about: About, most: int = 3) -> list[Like]:
    """The `most` cases sharing most tags of our profile (our sector counts as two); ties in the library's order."""
    shared = Count("tags", filter=Q(tags__facet="profile", tags__word__in=about.profile), distinct=True)
    rows = cases.annotate(shared=shared).filter(Q(shared__gt=0) | Q(sector=about.sector)).defer("document")
    ranked: list[Any] = sorted(rows, key=lambda c: (-c.shared - 2 * (c.sector == about.sector), c.number or 0, c.slug))
    chosen = ranked[:most]
    tags: dict[int, list[str]] = {case.pk: [] for case in chosen}
    for case_id, word in CaseTag.objects.filter(case__in=chosen, facet="profile", word__in=about.profile).values_list(
        "case", "word"
    ):
        tags[case_id].append(word)
    return [Like(case, _reasons(case, tags[case.pk], about)) for case in chosen]


def _reasons(case: Case, words: list[str], about: About) -> list[Reason]:
    known = names("profile")
    order = list(known)
    reasons = [
        Reason(getattr(known[word], "group", "system"), known[word].name)
        for word in sorted((w for w in words if w in known), key=order.index)
    ]
    if case.sector == about.sector and case.sector in names("sectors"):
        reasons.insert(0, Reason("sector", names("sectors")[case.sector].name))
    return reasons
