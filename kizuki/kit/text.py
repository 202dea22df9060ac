"""Text in two languages, and the value "not stated"."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

import msgspec

NOT_STATED: Final = "not stated"
NotStated: TypeAlias = Literal["not stated"]
Language: TypeAlias = Literal["ja", "en"]


class Text(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One sentence or passage in Japanese and English. A missing language stays missing: it is never machine-filled."""

    ja: str | None = None
    en: str | None = None

    def in_(self, language: str) -> str:
        """The text in `language` ("ja" or "en"); where it is missing, the other one; "" where both are."""
        first, second = (self.ja, self.en) if language.startswith("ja") else (self.en, self.ja)
        return first or second or ""

    def missing(self, language: str) -> bool:
        """Whether the text does not exist in `language`, so that `in_` shows the other one."""
        return not (self.ja if language.startswith("ja") else self.en)

    def language_shown(self, language: str) -> Language:
        """The language that `in_` really gives, for the `lang` attribute."""
        wanted: Language = "ja" if language.startswith("ja") else "en"
        other: Language = "en" if wanted == "ja" else "ja"
        return other if self.missing(wanted) else wanted


def marked(text: str) -> str:
    """Marks a sentence of an engine for the catalogue of messages (as `_`). It stays English, and is looked up where it is shown."""
    return text


Name: TypeAlias = str | Text


def shown(name: Name | None, language: str) -> str:
    """A name that may be plain or bilingual, in `language`; "" for None."""
    if name is None:
        return ""
    return name if isinstance(name, str) else name.in_(language)
