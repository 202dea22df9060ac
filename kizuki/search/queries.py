"""Reading the search index. What a person may see is for the caller: hits name keys of the room asked, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from kizuki.search.actions import scoped
from kizuki.search.engine import question, ranking, synonyms
from kizuki.search.engine.hits import Hit
from kizuki.search.engine.memory import to_hits
from kizuki.search.models import Corpus, Word

__all__ = ["Hit", "find"]

# The places of each word, as (number of the word, passage), so that the database follows the words' own lists and never
# looks at another passage.
_SQLITE: Final = "SELECT {n}, rowid FROM search_words WHERE search_words MATCH %s"
# As one join, since PostgreSQL would start parallel workers for a union, which takes longer than the whole search.
_POSTGRESQL: Final = """
SELECT asked.n::int - 1, found.id FROM unnest(%s::text[]) WITH ORDINALITY AS asked (term, n)
CROSS JOIN LATERAL (SELECT id FROM search_passage WHERE lexemes @@ asked.term::tsquery OFFSET 0) AS found
"""
# A single word may stand in more places than a question visits.
_BOUNDED: Final = {
    "sqlite": "SELECT 0, rowid FROM search_words WHERE search_words MATCH %s ORDER BY rowid LIMIT %s",
    "postgresql": "SELECT 0, id FROM search_passage WHERE lexemes @@ %s::tsquery ORDER BY id LIMIT %s",
}


def find(*, room: str, text: str, language: str, limit: int = 1000) -> list[Hit]:
    """The things of a room whose passages answer `text`, best first, at most `limit`. `language`: the reader's.

    Any text is allowed; what holds no word finds nothing. Follows the rules of `kizuki.search.engine.ranking`.
    """
    typed = question.weights(text, synonyms.from_library())
    own = question.own_language(text, language)
    corpora = {corpus.language: corpus for corpus in Corpus.objects.filter(room=room)}
    wanted = {tongue: _families(corpora.get(tongue), words) for tongue, words in typed.items()}
    held = _held(corpora, wanted)
    other = "en" if own == "ja" else "ja"
    results = {
        own: _ranked(corpora.get(own), wanted[own], held, ranking.OWN),
        other: _ranked(corpora.get(other), wanted[other], held, ranking.OTHER),
    }
    return to_hits(own, other, results, limit, "ja" if language.startswith("ja") else "en")


def _ranked(
    corpus: Corpus | None,
    words: Mapping[str, float],
    held: Mapping[int, Mapping[str, int]],
    bounds: ranking.Bounds,
) -> tuple[dict[str, ranking.Ranked], frozenset[str]]:
    """The things found in one language, and the words by which they were found."""
    chosen = ranking.plan(words, held.get(corpus.pk, {}), corpus.passages, bounds) if corpus else []
    if corpus is None or not chosen:
        return {}, frozenset()
    found = _passages(corpus.pk, chosen, bounds)
    totals = ranking.Corpus(corpus.passages, corpus.length)
    return ranking.rank(found, totals, chosen), frozenset(word for word, _ in chosen)


def _families(corpus: Corpus | None, words: dict[str, float]) -> Mapping[str, float]:
    """Where single characters are asked for, the commonest words that begin with them."""
    if corpus is None or not question.single_characters(words):
        return words
    begins = Q()
    for word in words:
        begins |= Q(word__gte=word, word__lt=chr(ord(word) + 1))
    family = Word.objects.filter(begins, corpus=corpus).order_by("-passages", "word").values_list("word", flat=True)
    return dict.fromkeys(family[: ranking.MOST_WORDS], 1.0)


def _held(corpora: Mapping[str, Corpus], wanted: Mapping[str, Mapping[str, float]]) -> dict[int, dict[str, int]]:
    asked = Q()
    for tongue, corpus in corpora.items():
        if wanted.get(tongue):
            asked |= Q(corpus=corpus, word__in=list(wanted[tongue]))
    counts: dict[int, dict[str, int]] = {}
    if asked:
        for pk, word, passages in Word.objects.filter(asked).values_list("corpus_id", "word", "passages"):
            counts.setdefault(pk, {})[word] = passages
    return counts


def _passages(corpus: int, chosen: list[tuple[str, int]], bounds: ranking.Bounds) -> list[ranking.Found]:
    with connection.cursor() as cursor:
        cursor.execute(*_places(corpus, [word for word, _ in chosen], bounds))
        best = ranking.best(cursor.fetchall(), chosen, bounds)
        if not best:  # forgotten since the words were counted
            return []
        numbers = ", ".join(str(int(passage)) for passage, _, _ in best)
        cursor.execute(f"SELECT id, key, part, text, length FROM search_passage WHERE id IN ({numbers})")  # noqa: S608
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    # A passage that was replaced between the two questions is gone and left out.
    return [(*rows[passage], worth, which) for passage, worth, which in best if passage in rows]


def _places(corpus: int, words: list[str], bounds: ranking.Bounds) -> tuple[str, list[Any]]:
    """The statement that gives the places of these words, with its values."""
    quote = '"' if connection.vendor == "sqlite" else "'"
    terms = [f"{quote}{scoped(corpus, word)}{quote}" for word in words]
    if len(terms) == 1:
        return _BOUNDED[connection.vendor], [terms[0], bounds.places]
    if connection.vendor == "sqlite":
        return " UNION ALL ".join(_SQLITE.format(n=n) for n in range(len(terms))), [*terms]
    return _POSTGRESQL, [terms]
