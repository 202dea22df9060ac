"""Which words of a question to follow, what each is worth, and how sentences add up to the thing they stand in.

The worth of a word in a passage is Okapi BM25 (S. Robertson and H. Zaragoza, "The probabilistic relevance framework",
2009) with the number of its occurrences taken as one: a sentence hardly ever says a word twice, and then word and length of
passage are all that is needed, which is what both databases' indexes give. Weights are whole numbers, so that sums are equal
on every machine.

A thing is worth its best passage, half of its second and a quarter of its third: one telling sentence counts more than many
passing mentions, and a thing that speaks of the matter throughout comes before one that mentions it once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

K1: Final = 1.2
B: Final = 0.5
SCALE: Final = 1000
#: Places in the index that one question may visit in one language; words are followed from the rarest on until then.
BUDGET: Final = 12_000
MOST_WORDS: Final = 32
#: Passages that are ranked, per language.
MOST_PASSAGES: Final = 4_000
SHARES: Final = (1.0, 0.5, 0.25)
#: What a hit in the language that was not asked in counts beside one in the language asked.
OTHER_LANGUAGE: Final = 0.25


class Corpus(NamedTuple):
    """How many passages are held in one language, and how many words in all of them."""

    passages: int
    length: int


class Found(NamedTuple):
    """A passage with the sum of its words' weights."""

    key: str
    part: str
    text: str
    length: int
    worth: int


class Ranked(NamedTuple):
    """A thing with its score in one language and its best passage."""

    key: str
    score: float
    best: Found


def plan(weights: Mapping[str, float], held: Mapping[str, int], passages: int) -> list[tuple[str, int]]:
    """The words to follow with their worth, rarest first. `held`: how many of the passages have each word."""
    known = sorted((held[word], word) for word in weights if held.get(word))
    chosen: list[tuple[str, int]] = []
    visited = 0
    for number, word in known[:MOST_WORDS]:
        visited += number
        if chosen and visited > BUDGET:
            break
        rarity = math.log(1 + (passages - number + 0.5) / (number + 0.5))
        chosen.append((word, max(1, round(SCALE * weights[word] * rarity))))
    return chosen


def rank(found: Iterable[Found], corpus: Corpus) -> dict[str, Ranked]:
    """The things that the passages belong to, by key."""
    average = max(1.0, corpus.length / max(1, corpus.passages))
    by_key: dict[str, list[tuple[float, Found]]] = {}
    for passage in found:
        worth = passage.worth * (K1 + 1) / (1 + K1 * (1 - B + B * passage.length / average)) / SCALE
        by_key.setdefault(passage.key, []).append((worth, passage))
    ranked: dict[str, Ranked] = {}
    for key, passages in by_key.items():
        passages.sort(key=lambda pair: -pair[0])
        score = sum(share * worth for share, (worth, _) in zip(SHARES, passages, strict=False))
        ranked[key] = Ranked(key, score, passages[0][1])
    return ranked


def together(own: Mapping[str, Ranked], other: Mapping[str, Ranked]) -> list[tuple[Ranked, float, bool]]:
    """Things found in either language with score and whether found in the own one, best first; by key where equal."""
    listed: list[tuple[Ranked, float, bool]] = []
    for key in {**own, **other}:
        first, second = own.get(key), other.get(key)
        score = (first.score if first else 0.0) + OTHER_LANGUAGE * (second.score if second else 0.0)
        shown = first or second
        assert shown is not None
        listed.append((shown, round(score, 6), first is not None))
    return sorted(listed, key=lambda row: (-row[1], row[0].key))
