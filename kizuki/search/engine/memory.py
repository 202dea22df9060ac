"""Searching passages that are held in memory: the same words, weights and order as in the database's index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from kizuki.kit.passage import Passage
from kizuki.search.engine import question, ranking, synonyms
from kizuki.search.engine.hits import Hit
from kizuki.search.engine.tokens import index_words


class _Index:
    """The passages of one language and where each word stands."""

    def __init__(self, passages: Iterable[tuple[str, Passage]]) -> None:
        self.rows: list[tuple[str, Passage, int]] = []
        self.places: dict[str, list[int]] = {}
        length = 0
        for key, passage in passages:
            words = index_words(passage.text)
            if not words:
                continue
            for word in words:
                self.places.setdefault(word, []).append(len(self.rows))
            self.rows.append((key, passage, len(words)))
            length += len(words)
        self.corpus = ranking.Corpus(len(self.rows), length)

    def find(
        self, weights: Mapping[str, float], bounds: ranking.Bounds
    ) -> tuple[dict[str, ranking.Ranked], frozenset[str]]:
        if question.single_characters(dict(weights)):
            firsts = tuple(weights)
            family = (word for word in self.places if word.startswith(firsts))
            common = sorted(family, key=lambda word: (-len(self.places[word]), word))
            weights = dict.fromkeys(common[: ranking.MOST_WORDS], 1.0)
        held = {word: len(self.places[word]) for word in weights if word in self.places}
        chosen = ranking.plan(weights, held, self.corpus.passages, bounds)
        places = ((n, place) for n, (word, _) in enumerate(chosen) for place in self.places[word][: bounds.places])
        found = (self._found(*passage) for passage in ranking.best(places, chosen, bounds))
        return ranking.rank(found, self.corpus, chosen), frozenset(word for word, _ in chosen)

    def _found(self, place: int, worth: int, which: int) -> ranking.Found:
        key, passage, length = self.rows[place]
        return key, passage.part, passage.text, length, worth, which


#: The share of the best score of its language below which a thing is not shown.
FAR_BELOW: Final = 0.2


def search_passages(
    passages: Mapping[str, Iterable[Passage]],
    text: str,
    language: str,
    *,
    limit: int = 1000,
    meanings: synonyms.Synonyms | None = None,
) -> list[Hit]:
    """The things whose passages answer `text`, best first. `language` ("ja", "en"): the reader's.

    `meanings` are the library's synonyms where nothing else is given.
    """
    wanted = question.weights(text, meanings or synonyms.from_library())
    own = question.own_language(text, language)
    other = "en" if own == "ja" else "ja"
    results = {}
    for tongue, bounds in ((own, ranking.OWN), (other, ranking.OTHER)):
        rows = ((key, p) for key, listed in passages.items() for p in listed if p.language == tongue)
        results[tongue] = _Index(rows).find(wanted[tongue], bounds)
    return to_hits(own, other, results, limit)


def to_hits(
    own: str, other: str, results: Mapping[str, tuple[dict[str, ranking.Ranked], frozenset[str]]], limit: int
) -> list[Hit]:
    """Hits from the rankings of both languages: `results` gives for each the things found and the words followed."""
    listed = ranking.together(results[own][0], results[other][0])[:limit]
    # What fits a fifth as well as the best shares a fragment of a word (ック of バックアップ and フォレンジック), not a meaning.
    best = {is_own: max((f[1] for f in listed if f[2] is is_own), default=0.0) for is_own in (True, False)}
    listed = [found for found in listed if found[1] >= FAR_BELOW * best[found[2]]]
    words = {tongue: found for tongue, (_, found) in results.items()}
    hits = []
    for (key, _, (_, part, text, *_)), score, is_own in listed:
        tongue = own if is_own else other
        hits.append(Hit(key, score, part, tongue, text, words[tongue]))
    return hits
