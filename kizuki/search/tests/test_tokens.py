"""Text cut into words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuki.search.engine.tokens import LONGEST, folded, index_words, is_cjk, query_words, stem, tokens

ANY = st.text(max_size=60)


@given(ANY)
def test_every_word_asked_for_in_a_text_is_held_by_that_text(text: str) -> None:
    assert set(query_words(text)) <= set(index_words(text))


@given(ANY)
def test_words_have_no_sign_that_the_databases_could_mistake(text: str) -> None:
    for word in index_words(text):
        assert 0 < len(word) <= 2 * LONGEST
        assert not set(word) & set(" _\"'()*:^+-&|!<>\\\x00")


@given(ANY)
def test_words_stand_where_they_are_said_to_stand(text: str) -> None:
    found = list(tokens(text))
    assert all(0 <= token.start < token.end <= len(text) for token in found)
    flat = folded(text)
    for token in tokens(flat):
        if len(token.word) == 2 and is_cjk(token.word):  # no word with an ending that went
            assert flat[token.start : token.end] == token.word
    assert {token.word for token in tokens(flat)} == set(index_words(flat))


@given(ANY)
def test_width_and_capitals_make_no_difference(text: str) -> None:
    assert index_words(folded(text)) == index_words(folded(folded(text)))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("感染", ["感染"]),
        ("ランサム感染", ["ラン", "ンサ", "サム", "感染"]),
        ("鍵", ["鍵"]),
        ("感染を検知", ["感染", "検知"]),
        ("P06とT1078.004", ["p06", "t1078", "t1078004"]),
        ("CVE-2021-44228", ["cve", "cve202144228"]),
        ("ＣＳＩＲＴ", ["csirt"]),
        ("Multi-factor", ["multi", "factor", "multifactor"]),
        ("🙂 \x00 ！？", []),
    ],
)
def test_words_of_a_question(text: str, words: list[str]) -> None:
    assert query_words(text) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("サーバー", "サーバ"),
        ("ﾊﾞｯｸｱｯﾌﾟ", "バックアップ"),
        ("encrypted", "encryption"),
        ("patches", "patch"),
        ("policies", "policy"),
        ("isolating", "isolate"),
        ("stopped", "stop"),
        ("Café", "cafe"),
        ("t1078.004", "T1078.004"),
    ],
)
def test_two_writings_of_one_word(one: str, other: str) -> None:
    assert query_words(one) == query_words(other)


def test_the_last_character_of_a_run_can_be_found_by_itself() -> None:
    assert "号" in index_words("暗号")
    assert "号" not in query_words("暗号")


@pytest.mark.parametrize("word", ["bus", "virus", "access", "ios", "red", "string", "p06", "as"])
def test_endings_that_belong_to_the_word_stay(word: str) -> None:
    assert stem(word) == word
