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

# One branch for each word, so that the database follows the words' own lists and never looks at another passage.
_BRANCH: Final = {
    "sqlite": "SELECT rowid AS id, {worth} AS w, {bit} AS b FROM search_words WHERE search_words MATCH %s",
    "postgresql": "SELECT id, {worth} AS w, {bit} AS b FROM search_passage WHERE lexemes @@ %s::tsquery",
}
_BOUNDED: Final = "SELECT * FROM ({branch} ORDER BY id LIMIT {budget}) AS bounded"
_FIND: Final = """
SELECT p.key, p.part, p.text, p.length, best.w, best.b FROM (
    SELECT id, CAST(SUM(w) AS integer) AS w, CAST(SUM(b) AS integer) AS b FROM ({branches}) AS found
    GROUP BY id ORDER BY w DESC, id LIMIT {most}
) AS best JOIN search_passage p ON p.id = best.id ORDER BY best.w DESC, best.id
"""


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
        own: _ranked(corpora.get(own), wanted[own], held, ranking.MOST_PASSAGES),
        other: _ranked(corpora.get(other), wanted[other], held, ranking.MOST_OTHER),
    }
    return to_hits(own, other, results, limit)


def _ranked(
    corpus: Corpus | None, words: Mapping[str, float], held: Mapping[int, Mapping[str, int]], most: int
) -> tuple[dict[str, ranking.Ranked], frozenset[str]]:
    """The things found in one language, and the words by which they were found."""
    chosen = ranking.plan(words, held.get(corpus.pk, {}), corpus.passages) if corpus else []
    if corpus is None or not chosen:
        return {}, frozenset()
    found = _passages(corpus.pk, chosen, most)
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


def _passages(corpus: int, chosen: list[tuple[str, int]], most: int) -> list[ranking.Found]:
    branches, terms = [], []
    quote = '"' if connection.vendor == "sqlite" else "'"
    for n, (word, worth) in enumerate(chosen):
        branches.append(_BRANCH[connection.vendor].format(worth=int(worth), bit=1 << n))
        terms.append(f"{quote}{scoped(corpus, word)}{quote}")
    if len(branches) == 1:
        branches[0] = _BOUNDED.format(branch=branches[0], budget=ranking.BUDGET)
    sql = _FIND.format(branches=" UNION ALL ".join(branches), most=most)
    with connection.cursor() as cursor:
        cursor.execute(sql, terms)
        found: list[ranking.Found] = cursor.fetchall()
    return found
