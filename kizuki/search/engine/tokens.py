"""Text cut into the words that the index holds, alike for what is searched and for what is asked.

Writing is folded first (NFKC, lower case, accents of Latin letters). Latin words are lightly stemmed: plurals, -ed,
-ing, -ion and a final -e go, in the spirit of D. Harman, "How effective is suffixing?" (JASIS 42, 1991), who found light
stemming as good as heavy. Japanese, Chinese and Korean writing has no spaces, so that every two neighbouring characters
make a word, as in J. Y. Nie and F. Ren, "Chinese information retrieval: using characters or words?" (IP&M 35, 1999).
"""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple

#: Longest word kept; what is longer is cut, so that no input makes an index grow beyond its limits.
LONGEST: Final = 48

_KATAKANA: Final = "ァ-ヺ"
_MARK: Final = "ー"
_PARTICLE: Final = "を"  # stands between words and never inside one, so that it parts them
# hiragana without that particle, 々〆〇, Chinese characters, Korean syllables
_OTHER: Final = (
    "\u3041-\u3091\u3093-\u3096\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7a3\U00020000-\U0003ffff"
)
_CJK: Final = f"{_KATAKANA}{_MARK}{_OTHER}"
_LATIN: Final = rf"[^\W_{_CJK}{_PARTICLE}]"
# A long mark that ends a katakana word is written by some and left out by others (サーバー, サーバ).
_RUN: Final = re.compile(
    rf"(?P<kana>[{_KATAKANA}][{_KATAKANA}{_MARK}]*)|(?P<cjk>[{_OTHER}]+)|(?P<word>{_LATIN}+(?:[.\-/'’]{_LATIN}+)*)"
)
_PARTS: Final = re.compile(rf"{_LATIN}+")
_CLUSTER: Final = re.compile("(?s).[\u0300-\u036f\u3099\u309a\uff9e\uff9f]*")
_IS_CJK: Final = re.compile(rf"[{_CJK}]")
_SINGLE_KANA: Final = re.compile("[ぁ-ヺー]")


class Token(NamedTuple):
    """A word of the index and where it stands in the text, end exclusive."""

    word: str
    start: int
    end: int


def folded(text: str) -> str:
    """The text without the differences that a reader does not mean: width, capitals."""
    return unicodedata.normalize("NFKC", text).lower()


def is_cjk(word: str) -> bool:
    return bool(_IS_CJK.match(word))


def tokens(text: str) -> Iterator[Token]:
    """The words of a text with their places in it, in order; the last character of every run by itself as well.

    The extra single character lets a search for one character find each place where it stands, by its first character.
    """
    flat, places = _with_places(text)
    for match in _RUN.finditer(flat):
        run, offset = match.group(), match.start()
        if match.lastgroup == "word":
            spans: Iterable[tuple[str, int, int]] = _latin(run)
        else:
            run = _without_long_mark(run)
            spans = [(run[n : n + 2], n, min(n + 2, len(run))) for n in range(len(run))]
        for word, first, last in spans:
            start, end = offset + first, offset + last
            yield Token(word, places[start][0], places[end - 1][1]) if places else Token(word, start, end)


def index_words(text: str) -> list[str]:
    """The different words under which a text is found, in order of first appearance."""
    words: list[str] = []
    for match in _RUN.finditer(folded(text)):
        words += _words_of(match)
    return list(dict.fromkeys(words))


def query_words(text: str) -> list[str]:
    """The different words that a question asks for: single characters only where they stand alone."""
    words: dict[str, None] = {}
    for match in _RUN.finditer(folded(text)):
        found = _words_of(match)
        words.update(dict.fromkeys(found[:-1] if match.lastgroup != "word" and len(found) > 1 else found))
    return [word for word in words if not _SINGLE_KANA.fullmatch(word)] or list(words)


def _words_of(match: re.Match[str]) -> Sequence[str]:
    run = match.group()
    if match.lastgroup == "word":
        return [word for word, _, _ in _latin(run)]
    run = _without_long_mark(run)
    return [*map(operator.add, run, run[1:]), run[-1]]


def _without_long_mark(run: str) -> str:
    return run.rstrip(_MARK) if run[-1] == _MARK and len(run) > 2 else run


@functools.lru_cache(maxsize=50_000)
def _latin(run: str) -> tuple[tuple[str, int, int], ...]:
    """A word with its place; of one joined by signs (T1078.004, multi-factor) its parts and the whole without signs."""
    parts = [(part.group(), part.start(), part.end()) for part in _PARTS.finditer(run)]
    if len(parts) == 1:
        return ((stem(run), 0, len(run)),)
    lettered = any(not part.isdecimal() for part, _, _ in parts)
    told = [
        (stem(part), start, end) for part, start, end in parts if len(part) > 1 and not (lettered and part.isdecimal())
    ]
    whole = "".join(part for part, _, _ in parts if part != "s")
    return (*told, (stem(whole), 0, len(run)))


_VOWEL: Final = re.compile("[aeiouy]")


def stem(word: str) -> str:
    """A Latin word without accents and without the endings that change with the sentence only."""
    if not word.isascii():
        word = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    word = word[:LONGEST]
    if len(word) < 4 or not word.isascii() or not word.isalpha():
        return word
    word = _singular(word)
    for ending in ("ing", "ed", "ion"):
        rest = word.removesuffix(ending)
        if rest == word or len(rest) < 3 or not _VOWEL.search(rest):
            continue
        if ending == "ion" and rest[-1] not in "ts":
            continue
        if rest[-1] == rest[-2] and rest[-1] not in "ls":
            rest = rest[:-1]
        word = rest
        break
    if word.endswith("y") and len(word) > 3:
        return word[:-1] + "i"
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "shes", "ches", "xes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text and, where folding moved anything, from where to where in `text` each of its characters stood."""
    flat = folded(text)
    if len(flat) == len(text) and unicodedata.is_normalized("NFKC", text):
        return flat, []
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    for match in _CLUSTER.finditer(text):
        piece = folded(match.group())
        pieces.append(piece)
        places += [match.span()] * len(piece)
    return "".join(pieces), places
