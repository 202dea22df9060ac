"""Reading the search index. What a person may see is for the caller: hits name keys of the room asked, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db import connection
from django.db.models import Q

from kizuki.search.actions import scoped
from kizuki.search.engine import question, ranking, synonyms
from kizuki.search.engine.hits import Hit
from kizuki.search.engine.memory import to_hits
from kizuki.search.models import Corpus, Word

__all__ = ["Hit", "find"]

# One branch for each word, so that the database follows the words' own lists and never looks at another passage. The
# first alone may hold more places than a question visits; then it is the only one.
_BRANCH: Final = {
    "sqlite": "SELECT {n} AS n, rowid AS id FROM search_words WHERE search_words MATCH %s",
    "postgresql": "SELECT {n} AS n, id FROM search_passage WHERE lexemes @@ %s::tsquery",
}
_BOUNDED: Final = "{branch} ORDER BY id LIMIT {places}"


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
    return to_hits(own, other, results, limit)


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
    branch, quote = _BRANCH[connection.vendor], '"' if connection.vendor == "sqlite" else "'"
    terms = [f"{quote}{scoped(corpus, word)}{quote}" for word, _ in chosen]
    sql = " UNION ALL ".join(branch.format(n=n) for n in range(len(chosen)))
    if len(chosen) == 1:
        sql = _BOUNDED.format(branch=sql, places=bounds.places)
    with connection.cursor() as cursor:
        cursor.execute(sql, terms)
        best = ranking.best(cursor.fetchall(), chosen, bounds)
        marks = ", ".join(["%s"] * len(best))
        cursor.execute(
            f"SELECT id, key, part, text, length FROM search_passage WHERE id IN ({marks})",  # noqa: S608 - marks only
            [passage for passage, _, _ in best],
        )
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    # A passage that was replaced between the two questions is gone and left out.
    return [(*rows[passage], worth, which) for passage, worth, which in best if passage in rows]
