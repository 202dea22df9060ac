"""A question typed into the search box, turned into weighted words for each language."""

from __future__ import annotations

import re
from typing import Final

from kizuki.search.engine.synonyms import LANGUAGES, Synonyms
from kizuki.search.engine.tokens import folded, is_cjk, query_words, stem

#: Characters of a question that are read; nobody types more, and a pasted page must not keep the database busy.
LONGEST_QUESTION: Final = 400
#: What a word weighs that was not typed but means the same.
SYNONYM: Final = 0.5
#: What a pair of hiragana weighs, which is more often grammar than meaning.
GRAMMAR: Final = 0.3
#: What another pair of characters weighs: a Japanese word makes several.
PAIR: Final = 1.0

_HIRAGANA: Final = re.compile("[ぁ-ゖー]+")
_FUNCTION_WORDS: Final = """
a an the and or nor but if so than as of at by for from in into on onto to with without against about over under between during
before after through via per i me my we us our you your he she it its they them their this that these those there here who
whom whose which what when where why how is are was were be been being am do does did has have had can could may might must
shall should will would not no only just also even still too very please
"""
_ASKING_WORDS: Final = "show find tell list like example examples case cases"
_STOP: Final = frozenset(map(stem, f"{_FUNCTION_WORDS} {_ASKING_WORDS} s t".split()))
# Ways of asking, not of what is asked for.
_ASKING: Final = re.compile(
    "教えて(?:ください|ほしい)?|知りたい|探して(?:います|いる)?|を見たい|どのように|どうやって|どうして|どうすれば|どのような|"
    "どんな|どの|について|に関する|に関して|とは何か|何ですか|でしょうか|ですか|ますか|した(?:事例|例|ケース)|(?:の|な|る|た)(?:事例|ケース)|事例"
)


def weights(text: str, synonyms: Synonyms) -> dict[str, dict[str, float]]:
    """For each language the words to look for with their weights: those typed weigh 1, their synonyms less."""
    text = text[:LONGEST_QUESTION]
    typed = _typed(text)
    found = {language: {word: _worth(word) for word in typed} for language in LANGUAGES}
    for form in synonyms.others(text):
        words = found[form.language]
        share = SYNONYM / len(form.words) ** 0.5 if is_cjk(form.words[0]) else SYNONYM
        for word in form.words:
            if word not in _STOP:
                words[word] = max(words.get(word, 0.0), share)
    return found


def _worth(word: str) -> float:
    return GRAMMAR if _HIRAGANA.fullmatch(word) else PAIR if is_cjk(word) else 1.0


def _typed(text: str) -> list[str]:
    words = [word for word in query_words(_ASKING.sub(" ", folded(text))) if word not in _STOP]
    return words or query_words(text)


def own_language(text: str, language: str) -> str:
    """The language a question is asked in: Japanese where Japanese writing stands in it, else the reader's."""
    if any(is_cjk(word) for word in query_words(text[:LONGEST_QUESTION])):
        return "ja"
    return "ja" if language.startswith("ja") else "en"


def single_characters(words: dict[str, float]) -> bool:
    """Whether nothing but single characters of Japanese is asked for, so that words beginning so are meant."""
    return bool(words) and all(len(word) == 1 and is_cjk(word) for word in words)
