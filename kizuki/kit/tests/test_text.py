"""Text in two languages: what is shown where one is missing, and that nothing is made up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuki.kit.text import Text, shown

BOTH, JA, EN, NONE = Text(ja="題", en="Title"), Text(ja="題"), Text(en="Title"), Text()


@pytest.mark.parametrize(
    ("text", "language", "seen", "missing", "tag"),
    [
        (BOTH, "ja", "題", False, "ja"), (BOTH, "en", "Title", False, "en"), (BOTH, "ja-JP", "題", False, "ja"),
        (JA, "en", "題", True, "ja"), (JA, "ja", "題", False, "ja"),
        (EN, "ja", "Title", True, "en"), (EN, "en-GB", "Title", False, "en"),
    ],
)  # fmt: skip
def test_a_missing_language_shows_the_other_and_says_so(
    text: Text, language: str, seen: str, missing: bool, tag: str
) -> None:
    assert (text.in_(language), text.missing(language), text.language_shown(language)) == (seen, missing, tag)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_text_without_either_language_is_empty_and_missing(language: str) -> None:
    assert NONE.in_(language) == ""
    assert NONE.missing(language)


def test_a_name_may_be_plain_bilingual_or_absent() -> None:
    assert [shown(name, "ja") for name in ("web-1", BOTH, EN, None)] == ["web-1", "題", "Title", ""]


@given(st.builds(Text, ja=st.none() | st.text(), en=st.none() | st.text()), st.sampled_from(["ja", "en"]))
def test_what_is_shown_is_one_of_the_two_in_the_language_that_is_said(text: Text, language: str) -> None:
    seen = text.in_(language)
    assert seen in (text.ja, text.en, "")
    if seen:
        assert seen == getattr(text, text.language_shown(language))
        assert text.missing(language) == (text.language_shown(language) != language)
