"""Words that mean the same, in both languages, read from the library's own lists of names.

Whatever the library names in Japanese and English is a pair: terms of the glossary with their other writings, measures,
words of the vocabulary. Explanations (`text`) are prose and stay out.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from kizuki.kit import document
from kizuki.kit.library import library_path
from kizuki.search.engine.tokens import folded, is_cjk, query_words

FILES: Final = ("glossary.yaml", "measures.yaml", "vocabulary.yaml")
LANGUAGES: Final = ("ja", "en")
_KANA: Final = re.compile("[ァ-ヺー]")
_LONG: Final = re.compile("(?<=[ァ-ヺー][ァ-ヺ])ー(?![ァ-ヺー])")


class Form(NamedTuple):
    """One writing of a meaning: `shape` is what is looked for in a question, `words` what the index holds of it."""

    shape: str
    cjk: bool
    language: str
    words: tuple[str, ...]


class Synonyms:
    """Meanings, each with its writings in both languages."""

    def __init__(self, meanings: Iterable[Iterable[tuple[str, str]]]) -> None:
        """`meanings`: for each the pairs (language, writing)."""
        self._meanings = [tuple(dict.fromkeys(_forms(meaning))) for meaning in meanings]

    def others(self, text: str) -> list[Form]:
        """The other writings of everything that `text` names; the longest name wins over one inside it."""
        latin, cjk = _shape(text, cjk=False), _shape(text, cjk=True)
        found: dict[str, list[Form]] = {}
        for meaning in self._meanings:
            for form in meaning:
                whole = cjk if form.cjk else latin
                if form.shape in whole and (not form.cjk or _stands(form.shape, whole)):
                    found.setdefault(form.shape, []).extend(other for other in meaning if other.shape != form.shape)
        longest = [shape for shape in found if not any(shape != more and shape in more for more in found)]
        return list(dict.fromkeys(other for shape in longest for other in found[shape] if other.shape not in found))


def _forms(meaning: Iterable[tuple[str, str]]) -> Iterator[Form]:
    for language, writing in meaning:
        cjk = any(map(is_cjk, folded(writing)))
        shape = _shape(writing, cjk=cjk)
        words = tuple(query_words(writing))
        if shape.strip() and words:
            yield Form(shape, cjk, language, words)


def _shape(text: str, *, cjk: bool) -> str:
    if cjk:
        return _LONG.sub("", folded(text))
    return f" {' '.join(word for word in query_words(text) if not is_cjk(word))} "


def _stands(shape: str, text: str) -> bool:
    """Whether the writing stands in the text as a word of its own, not as a piece of another (ログ in ログイン)."""
    place = text.find(shape)
    while place >= 0:
        before, after = text[:place][-1:], text[place + len(shape) :][:1]
        if not (_KANA.match(before) and _KANA.match(shape[0])) and not (_KANA.match(after) and _KANA.match(shape[-1])):
            return True
        place = text.find(shape, place + 1)
    return False


def named_pairs(value: Any) -> Iterator[list[tuple[str, str]]]:
    """Every name in a document that has both languages, with its `aliases`, as pairs (language, writing)."""
    if isinstance(value, list):
        for item in value:
            yield from named_pairs(item)
    elif isinstance(value, dict):
        if all(isinstance(value.get(language), str) for language in LANGUAGES):
            aliases = value.get("aliases", {})
            yield [(tongue, form) for tongue in LANGUAGES for form in (value[tongue], *aliases.get(tongue, ()))]
        for key, item in value.items():
            if key not in ("text", "aliases"):
                yield from named_pairs(item)


@functools.cache
def from_library() -> Synonyms:
    """The synonyms of the library that comes with Kizuki."""
    folder = library_path()
    documents = (document.load(name, (folder / name).read_bytes())[0] for name in FILES)
    return Synonyms(pairs for content in documents for pairs in named_pairs(content))
