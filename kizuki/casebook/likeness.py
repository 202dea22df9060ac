"""Cases like us: those that share the most of our profile, with what they share as the reason."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Case as SqlCase
from django.db.models import Count, FilteredRelation, Q, When
from django.db.models.functions import Coalesce

from kizuki.casebook.kept import kept
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
    chosen = _chosen(cases, about, most)
    tags: dict[int, list[str]] = {case.pk: [] for case in chosen}
    for case_id, word in CaseTag.objects.filter(case__in=chosen, facet="profile", word__in=about.profile).values_list(
        "case", "word"
    ):
        tags[case_id].append(word)
    return [Like(case, _reasons(case, tags[case.pk], about)) for case in chosen]


def _chosen(cases: CaseQuerySet, about: About, most: int) -> list[Case]:
    """The cases by rank. Ranking ten thousand takes a third of a second: kept until the casebook changes."""
    question = f"like us|{about.sector}|{about.profile}|{most}"
    pks = kept(question, cases, lambda: _ranked(cases, about, most))
    rows = cases.filter(pk__in=pks).defer("document").in_bulk()
    return [rows[pk] for pk in pks if pk in rows]


def _ranked(cases: CaseQuerySet, about: About, most: int) -> list[int]:
    words = about.profile or ("",)  # an empty list would be no question at all, and our sector counts without a profile
    shared = FilteredRelation("tags", condition=Q(tags__facet="profile", tags__word__in=words))
    sector = SqlCase(When(sector=about.sector, then=2), default=0)
    scored = (
        cases.annotate(shared=shared).values("pk", "number", "slug", "sector").annotate(score=Count("shared") + sector)
    )
    return [row["pk"] for row in scored.filter(score__gt=0).order_by("-score", Coalesce("number", 0), "slug")[:most]]


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
