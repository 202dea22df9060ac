"""Reading the search index. What a person may see is for the caller: hits name keys of the room asked, nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from django.db import connection
from django.db.models import Q

from kizuki.search.actions import scoped
from kizuki.search.engine import question, ranking, synonyms
from kizuki.search.engine.hits import Hit
from kizuki.search.engine.memory import to_hits
from kizuki.search.models import Corpus, Passage, Word

__all__ = ["Hit", "find", "find_among"]

T = TypeVar("T")
#: So many passages are read at once.
_PORTION: Final = 500

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


def find_among(*, room: str, keys: Collection[str], text: str, language: str, limit: int = 1000) -> list[Hit]:
    """The same among these things of the room alone, as if it held no others: they have no part in what is found, nor in its order or
    its score. What it takes grows with the passages of these things, and with how often the room has the words asked for."""
    typed = question.weights(text, synonyms.from_library())
    own = question.own_language(text, language)
    other = "en" if own == "ja" else "ja"
    corpora = dict(Corpus.objects.filter(room=room).values_list("language", "pk"))
    lengths: dict[int, dict[int, int]] = {pk: {} for pk in corpora.values()}
    rows = Passage.objects.filter(corpus__in=list(lengths), key__in=keys).order_by("pk")
    for corpus, pk, length in rows.values_list("corpus_id", "pk", "length"):
        lengths[corpus][pk] = length
    results = {}
    for tongue, bounds in ((own, ranking.OWN), (other, ranking.OTHER)):
        corpus = corpora.get(tongue, 0)
        results[tongue] = _ranked_among(corpus, typed[tongue], lengths.get(corpus, {}), bounds)
    return to_hits(own, other, results, limit, "ja" if language.startswith("ja") else "en")


def _ranked_among(
    corpus: int, words: Mapping[str, float], lengths: Mapping[int, int], bounds: ranking.Bounds
) -> tuple[dict[str, ranking.Ranked], frozenset[str]]:
    """The things found in one language among passages with these lengths, and the words by which they were found."""
    if not lengths or not words:
        return {}, frozenset()
    if question.single_characters(dict(words)):
        words = _families_among(words, lengths)
    places: dict[str, list[int]] = {}
    for some in _portions(words, ranking.MOST_WORDS):
        with connection.cursor() as cursor:
            cursor.execute(*_everywhere(corpus, some))
            for n, passage in cursor.fetchall():
                if passage in lengths:
                    places.setdefault(some[n], []).append(passage)
    held = {word: len(found) for word, found in places.items()}
    chosen = ranking.plan(words, held, len(lengths), bounds)
    visited = ((n, place) for n, (word, _) in enumerate(chosen) for place in sorted(places[word])[: bounds.places])
    totals = ranking.Corpus(len(lengths), sum(lengths.values()))
    found = _read(ranking.best(visited, chosen, bounds))
    return ranking.rank(found, totals, chosen), frozenset(word for word, _ in chosen)


def _families_among(words: Mapping[str, float], passages: Iterable[int]) -> Mapping[str, float]:
    """Where single characters are asked for, the commonest words of these passages that begin with them."""
    firsts, counts = tuple(words), Counter[str]()
    for some in _portions(passages, _PORTION):
        for held in Passage.objects.filter(pk__in=some).values_list("words", flat=True):
            plain = (word.split("_", 1)[1] for word in held.split(" "))
            counts.update(word for word in plain if word.startswith(firsts))
    common = sorted(counts, key=lambda word: (-counts[word], word))
    return dict.fromkeys(common[: ranking.MOST_WORDS], 1.0)


def _portions(items: Iterable[T], most: int) -> Iterator[list[T]]:
    rest = iter(items)
    while some := list(islice(rest, most)):
        yield some


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
        return _read(ranking.best(cursor.fetchall(), chosen, bounds))


def _read(best: list[tuple[int, int, int]]) -> list[ranking.Found]:
    """The passages of these numbers, with what they are worth."""
    if not best:  # forgotten since the words were counted
        return []
    numbers = ", ".join(str(int(passage)) for passage, _, _ in best)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, key, part, text, length FROM search_passage WHERE id IN ({numbers})")  # noqa: S608
        rows = {row[0]: row[1:] for row in cursor.fetchall()}
    # A passage that was replaced between the two questions is gone and left out.
    return [(*rows[passage], worth, which) for passage, worth, which in best if passage in rows]


def _places(corpus: int, words: list[str], bounds: ranking.Bounds) -> tuple[str, list[Any]]:
    """The statement that gives the places of these words, with its values."""
    if len(words) == 1:
        return _BOUNDED[connection.vendor], [*_terms(corpus, words), bounds.places]
    return _everywhere(corpus, words)


def _everywhere(corpus: int, words: Sequence[str]) -> tuple[str, list[Any]]:
    """The same for all of their places."""
    terms = _terms(corpus, words)
    if connection.vendor == "sqlite":
        return " UNION ALL ".join(_SQLITE.format(n=n) for n in range(len(terms))), [*terms]
    return _POSTGRESQL, [terms]


def _terms(corpus: int, words: Sequence[str]) -> list[str]:
    quote = '"' if connection.vendor == "sqlite" else "'"
    return [f"{quote}{scoped(corpus, word)}{quote}" for word in words]
