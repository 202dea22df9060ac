"""Every reason of the engine is a sentence, with its values in it, in both languages."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from django.utils.translation import override

from kizuki.devices.words import SENTENCES, sentence, told
from kizuki.register.engine.matching.result import Word


def test_every_word_has_a_sentence_and_none_is_left_over() -> None:
    assert set(SENTENCES) == {*get_args(Word), "decided"}


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("word", sorted(SENTENCES))
def test_a_sentence_holds_its_values(word: str, language: str) -> None:
    values = ["1764288000", "two-2", "three-3"]
    with override(language):
        said = sentence(word, values)
    wanted = set(re.findall(r"%\((\w+)\)s", SENTENCES[word]))
    for name, value in zip("abc", values, strict=True):
        assert (value in said) == (name in wanted or "all" in wanted or (name == "c" and "rest" in wanted)), said
    assert "%(" not in said
    if language == "ja":
        assert re.search("[ぁ-ん]", said), said


def test_a_word_of_a_later_engine_is_shown_as_it_is() -> None:
    assert sentence("brand-new", ["x"]) == "brand-new x"


def test_reasons_for_and_against() -> None:
    found = told([["mac", ["a"], 60], ["other-mac", ["a", "b"], -10], ["never-seen"]])
    assert [(one.sign, one.points) for one in found] == [("+", 60), ("−", -10), ("", 0)]
