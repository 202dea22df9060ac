"""Which cases a person asks for: facets and the search box, shared by the page and the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from kizuki.casebook.kept import kept
from kizuki.casebook.models import CaseQuerySet, CaseTag
from kizuki.casebook.words import CASE_KINDS, LEVELS
from kizuki.kit.text import NOT_STATED, Text
from kizuki.register.library import names

#: Facets that are columns of a case, and facets that are its tags.
COLUMNS = ("sector", "level", "kind")
TAGS = ("cause", "profile")
FACETS = ("sector", "cause", "level", "profile", "kind")
TITLES = {
    "sector": _("Attribute of the organisation"),
    "cause": _("Cause"),
    "level": _("Level"),
    "profile": _("System make-up and what is feared"),
    "kind": _("Sort of case"),
}


class Choice(NamedTuple):
    """One line of a facet: its word, its name, how many cases of the present selection have it, whether it is ticked."""

    word: str
    name: Any
    n: int
    ticked: bool


class Facet(NamedTuple):
    name: str
    title: Any
    choices: list[Choice]
    is_open: bool


class LibraryForm(forms.Form):
    """What the address says. A word that is not known selects nothing and harms nothing."""

    q = forms.CharField(required=False, max_length=400, strip=True)
    measure = forms.RegexField(r"^[A-Z][A-Z0-9-]{0,15}$", required=False)
    technique = forms.RegexField(r"^T\d{4}(\.\d{3})?$", required=False)


def word_name(facet: str, word: str) -> Any:
    """What a facet's word is called: a bilingual text, a translated word, or the word itself."""
    if word == NOT_STATED:
        return NOT_STATED
    kinds = {"sector": "sectors", "cause": "causes", "profile": "profile", "size": "sizes"}
    if facet in kinds:
        entry = names(kinds[facet]).get(word)
        return entry.name if entry else Text(ja=word, en=word)
    return {"level": LEVELS, "kind": CASE_KINDS}[facet].get(word, word)


def ticked(data: Any) -> dict[str, list[str]]:
    """The ticked words of each facet in a query string."""
    return {facet: [word for word in data.getlist(facet) if 0 < len(word) <= 60] for facet in FACETS}


def narrowed(cases: CaseQuerySet, chosen: dict[str, list[str]], form: LibraryForm) -> CaseQuerySet:
    """Within a facet any ticked word is enough, between facets all must hold."""
    for facet in COLUMNS:
        if chosen.get(facet):
            cases = cases.filter(**{f"{facet}__in": chosen[facet]})
    for facet in TAGS:
        if chosen.get(facet):
            cases = cases.filter(pk__in=CaseTag.objects.filter(facet=facet, word__in=chosen[facet]).values("case"))
    for facet in ("measure", "technique"):
        if word := form.cleaned_data.get(facet):
            cases = cases.filter(pk__in=CaseTag.objects.filter(facet=facet, word=word).values("case"))
    return cases


def facets(cases: CaseQuerySet, chosen: dict[str, list[str]], *, keep: bool) -> list[Facet]:
    """Every facet with its counts over `cases`, commonest first, ticked words always shown. `keep`: `cases` depends on the
    casebook alone, so that the counts may be kept until it changes."""
    counts = kept("facets", cases, lambda: _counted(cases)) if keep else _counted(cases)
    return [_facet(facet, dict(counts[facet]), chosen.get(facet, [])) for facet in FACETS]


def _counted(cases: CaseQuerySet) -> dict[str, dict[str, int]]:
    """facet → word → number of cases, by two queries."""
    counts: dict[str, dict[str, int]] = {facet: {} for facet in FACETS}
    pairs: Iterable[tuple[str, str, str, int]] = cases.order_by().values_list(*COLUMNS).annotate(n=Count("pk"))
    for sector, level, kind, n in pairs:
        for facet, word in (("sector", sector), ("level", level), ("kind", kind)):
            counts[facet][word] = counts[facet].get(word, 0) + n
    tags = CaseTag.objects.filter(facet__in=TAGS, case__in=cases.values("pk"))
    for facet, word, n in tags.order_by().values_list("facet", "word").annotate(n=Count("pk")):
        counts[facet][word] = n
    return counts


def _facet(facet: str, counts: dict[str, int], chosen: list[str]) -> Facet:
    for word in chosen:
        counts.setdefault(word, 0)
    order = sorted(counts, key=lambda word: (word == NOT_STATED, -counts[word], word))
    choices = [Choice(word, word_name(facet, word), counts[word], word in chosen) for word in order]
    return Facet(facet, TITLES[facet], choices, facet != "kind" or len(choices) > 1)
