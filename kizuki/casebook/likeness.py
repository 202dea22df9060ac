"""Cases like us: those that share the most of our profile, with what they share as the reason."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Case as SqlCase
from django.db.models import Count, OuterRef, Subquery, When
from django.db.models.functions import Coalesce

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
    tagged = CaseTag.objects.filter(case=OuterRef("pk"), facet="profile", word__in=about.profile)
    shared = Subquery(tagged.order_by().values("case").annotate(n=Count("pk")).values("n"))
    ours = When(sector=about.sector, then=2)
    # Ranked and cut off by the database: of ten thousand cases only the few that are shown are read.
    ranked = cases.annotate(score=Coalesce(shared, 0) + SqlCase(ours, default=0)).filter(score__gt=0)
    chosen = list(ranked.defer("document").order_by("-score", Coalesce("number", 0), "slug")[:most])
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
