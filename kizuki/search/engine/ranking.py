"""Which words of a question to follow, what each is worth, and how sentences add up to the thing they stand in.

The worth of a word in a passage is Okapi BM25 (S. Robertson and H. Zaragoza, "The probabilistic relevance framework",
2009) with the number of its occurrences taken as one: a sentence hardly ever says a word twice, and then word and length
of passage are all that is needed, which is what both databases' indexes give. Weights are whole numbers, so that sums
are equal on every machine.

A thing is worth its best passage, half of its second and a quarter of its third: one telling sentence counts more than
many passing mentions. Beside its passages a thing is judged as a whole, by the worth of all the words asked for that
stand anywhere in it, since a question often joins what the thing tells in different places (J. Callan, "Passage-level
evidence in document retrieval", SIGIR 1994).
"""

from __future__ import annotations

import math
import operator
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

K1: Final = 1.2
B: Final = 0.5
SCALE: Final = 1000
#: At most this many words are followed, one bit each in a number.
MOST_WORDS: Final = 30
SHARES: Final = (1.0, 0.5, 0.25)
#: What the words found anywhere in a thing count beside its best passages.
WHOLE: Final = 0.3
#: What a hit in the language that was not asked in counts beside one in the language asked.
OTHER_LANGUAGE: Final = 0.25


class Bounds(NamedTuple):
    """How far a question goes in one language.

    `places`: of the index that may be visited; words are followed from the rarest on until then. `passages`: that are ranked.
    """

    places: int
    passages: int


OWN: Final = Bounds(places=2_000, passages=500)
OTHER: Final = Bounds(places=500, passages=150)


class Corpus(NamedTuple):
    """How many passages are held in one language, and how many words in all of them."""

    passages: int
    length: int


#: A passage: key, part, text, number of words, sum of its words' worth, and a number that has bit n set where the plan's
#: word n stands in it. A plain tuple as the database gives it, since thousands are looked at for one question.
Found: TypeAlias = tuple[str, str, str, int, int, int]


class Ranked(NamedTuple):
    """A thing with its score in one language and its best passage."""

    key: str
    score: float
    best: Found


@dataclass(slots=True)
class _Sum:
    """What is known of a thing so far: the worths of its passages, best first, and the words found."""

    worths: list[float]
    which: int
    best: Found


def plan(weights: Mapping[str, float], held: Mapping[str, int], passages: int, bounds: Bounds) -> list[tuple[str, int]]:
    """The words to follow with their worth, rarest first. `held`: how many of the `passages` have each word."""
    known = sorted((held[word], word) for word in weights if held.get(word))
    chosen: list[tuple[str, int]] = []
    visited = 0
    for number, word in known[:MOST_WORDS]:
        visited += number
        if chosen and visited > bounds.places:
            break
        rarity = math.log(1 + (passages - number + 0.5) / (number + 0.5))
        chosen.append((word, max(1, round(SCALE * weights[word] * rarity))))
    return chosen


def best(
    places: Iterable[tuple[int, int]], words: Sequence[tuple[str, int]], bounds: Bounds
) -> list[tuple[int, int, int]]:
    """The passages that are worth most, best first, as (passage, worth, which). `places`: pairs (word's number, passage)."""
    # Worth and bit are added as one number: a place is visited often enough for one addition fewer to count.
    codes = [worth << MOST_WORDS | 1 << n for n, (_, worth) in enumerate(words)]
    sums: dict[int, int] = {}
    for n, passage in places:
        sums[passage] = sums.get(passage, 0) + codes[n]
    low = (1 << MOST_WORDS) - 1
    ordered = sorted((-(total >> MOST_WORDS), passage) for passage, total in sums.items())[: bounds.passages]
    return [(passage, -worth, sums[passage] & low) for worth, passage in ordered]


def rank(found: Iterable[Found], corpus: Corpus, words: Sequence[tuple[str, int]]) -> dict[str, Ranked]:
    """The things that the passages belong to, by key. `words`: the plan by which the passages were found."""
    average = max(1.0, corpus.length / max(1, corpus.passages))
    least, slope = SCALE * (1 + K1 * (1 - B)), SCALE * K1 * B / average
    ranked: dict[str, _Sum] = {}
    for row in found:
        key, _, _, length, held, which = row
        worth = held * (K1 + 1) / (least + slope * length)
        thing = ranked.get(key)
        if thing is None:
            ranked[key] = _Sum([worth], which, row)
        else:
            if worth > thing.worths[0]:
                thing.best = row
            insort(thing.worths, worth, key=operator.neg)
            thing.which |= which
    wholes: dict[int, float] = {}
    for which in {thing.which for thing in ranked.values()}:
        wholes[which] = WHOLE * sum(worth for n, (_, worth) in enumerate(words) if which >> n & 1) / SCALE
    return {
        key: Ranked(key, sum(map(operator.mul, SHARES, thing.worths), wholes[thing.which]), thing.best)
        for key, thing in ranked.items()
    }


def together(own: Mapping[str, Ranked], other: Mapping[str, Ranked]) -> list[tuple[Ranked, float, bool]]:
    """Things found in either language with score and whether found in the own one, best first; by key where equal."""
    listed = [
        (thing, round(thing.score + (OTHER_LANGUAGE * other[key].score if key in other else 0.0), 6), True)
        for key, thing in own.items()
    ]
    listed += [(thing, round(OTHER_LANGUAGE * thing.score, 6), False) for key, thing in other.items() if key not in own]
    return sorted(listed, key=lambda row: (-row[1], row[0].key))
