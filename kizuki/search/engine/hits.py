"""What a search gives: a thing, how well it fits, and the sentence that says so with the words found marked."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import Final, NamedTuple

from kizuki.search.engine.tokens import is_cjk, tokens

#: Characters of an excerpt; a longer passage is cut around the first place that has most of the words.
WIDTH: Final = {"ja": 110, "en": 200}
OPEN, CLOSE = "<mark>", "</mark>"


class Html(str):
    """Text that is HTML already, by the protocol that templates ask (`__html__`)."""

    __slots__ = ()

    def __html__(self) -> str:
        return str(self)


class Hit(NamedTuple):
    """A thing found. `part`, `language`, `text`: its best passage; `score` compares hits of one search only."""

    key: str
    score: float
    part: str
    language: str
    text: str
    words: frozenset[str]

    @property
    def excerpt(self) -> Html:
        """The passage as HTML: everything escaped, the words found within `<mark>`."""
        return excerpt(self.text, self.words, WIDTH.get(self.language, 200))


def excerpt(text: str, words: Collection[str], width: int) -> Html:
    spans = _spans(text, words)
    start, end = _window(text, spans, width)
    pieces = ["… " if start else ""]
    place = start
    for from_, to in spans:
        first, last = max(from_, start), min(to, end)
        if first >= last:
            continue
        pieces += [escape(text[place:first]), OPEN, escape(text[first:last]), CLOSE]
        place = last
    pieces += [escape(text[place:end]), " …" if end < len(text) else ""]
    return Html("".join(pieces))


def _spans(text: str, words: Collection[str]) -> list[tuple[int, int]]:
    """The places of the words, joined where they touch; a lone pair of hiragana says nothing and stays unmarked."""
    joined: list[list[int]] = []
    for token in sorted((t for t in tokens(text) if t.word in words), key=lambda t: (t.start, t.end)):
        if joined and token.start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], token.end)
        else:
            joined.append([token.start, token.end])
    return [(start, end) for start, end in joined if _telling(text[start:end])]


def _telling(piece: str) -> bool:
    return len(piece) > 2 or not all(is_cjk(c) and "ぁ" <= c <= "ゖ" for c in piece)


def _window(text: str, spans: list[tuple[int, int]], width: int) -> tuple[int, int]:
    if len(text) <= width * 5 // 4:
        return 0, len(text)
    best = max(
        (span[0] for span in spans),
        key=lambda s: (sum(b - a for a, b in spans if s <= a and b <= s + width * 3 // 4), -s),
        default=0,
    )
    start = max(0, best - width // 4)
    if start and not is_cjk(text[start]):
        space = text.find(" ", start, best)
        start = space + 1 if space >= 0 else start
    end = min(len(text), start + width)
    if end < len(text) and not is_cjk(text[end]):
        space = text.rfind(" ", start, end)
        end = space if space > start + width // 2 else end
    return start, end
