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

_STOP: Final = frozenset(
    stem(word)
    for word in (
        "a an and are as at be been but by can case cases could did do does example examples find for from had has have "
        "how i in into is it its like me my of on or our please s should show t that the their them there they this to "
        "was we were what when where which while who whom whose why will with would you your"
    ).split()
)
# Ways of asking, not of what is asked for.
_ASKING: Final = re.compile(
    "教えて(?:ください|ほしい)?|知りたい|探して(?:います|いる)?|を見たい|どのように|どうやって|どうして|どうすれば|どのような|"
    "どんな|どの|について|に関する|に関して|とは何か|何ですか|でしょうか|ですか|ますか|した(?:事例|例|ケース)|(?:の|な|る|た)(?:事例|ケース)|事例"
)


def weights(text: str, synonyms: Synonyms) -> dict[str, dict[str, float]]:
    """For each language the words to look for with their weights: those typed weigh 1, their synonyms less."""
    text = text[:LONGEST_QUESTION]
    typed = _typed(text)
    found = {language: dict.fromkeys(typed, 1.0) for language in LANGUAGES}
    for form in synonyms.others(text):
        words = found[form.language]
        share = SYNONYM / len(form.words) ** 0.5 if is_cjk(form.words[0]) else SYNONYM
        for word in form.words:
            if word not in _STOP:
                words[word] = max(words.get(word, 0.0), share)
    return found


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
