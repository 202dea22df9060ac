"""Who speaks in a pasted chat: what is a name, and where names stand."""

from __future__ import annotations

import re
from typing import Final

from kizuki.incidents.engine import lexicon

MOST: Final = 40
_NO_NAME: Final = re.compile(r"[。、，!?！？:：;；/\\=<>{}\[\]\"|#@]")
_LATIN: Final = re.compile(r"[A-Za-zÀ-ɏ]")
_HIRAGANA: Final = re.compile(r"[ぁ-ゖ]")
_KANJI: Final = re.compile(r"[々\u4e00-\u9fff]{2,5}")
_TITLED: Final = ("さん", "くん", "ちゃん", "さま", "様", "氏")
_SMALL: Final = frozenset({"de", "da", "van", "von", "der", "bin", "al", "la", "le"})
_IRC: Final = re.compile(r"<([^<>\s]{1,40})>\s?(.*)", re.DOTALL)
_COLON: Final = re.compile(r"([^:：]{1,40}?)\s?[:：](?!//)\s?(.*)", re.DOTALL)
#: What may part a name from the time after it, the surest first.
_PARTED: Final = re.compile(r"\t\s*|\s{2,}|\s*[,、]\s*|\s+[—–|·・-]\s+|\s(?=\S)")


def is_name(text: str, *, sure: bool = False) -> bool:
    """Whether the text is written like a person's name. `sure`: it stands where a name must stand, so that small letters, digits and
    hiragana are well."""
    words = text.split()
    if not words or len(text) > MOST or len(words) > 4 or _NO_NAME.search(text) or text.isdigit():
        return False
    if any(lexicon.lane_of(word) or lexicon.kind_of(word) for word in (text, words[0])) or not any(
        map(str.isalpha, text)
    ):
        return False
    if sure:
        return True
    if any(map(str.isdigit, text)) or lexicon.hint(text):
        return False
    if _LATIN.search(text):
        return all(word[0].isupper() or word.startswith("(") or word in _SMALL for word in words if word[0].isascii())
    return text.endswith(_TITLED) or not _HIRAGANA.search(text)


def is_short_name(word: str) -> bool:
    """Whether a single word between a time and a text may be a Japanese name."""
    plain = next((word.removesuffix(title) for title in _TITLED if word.endswith(title)), word)
    return bool(_KANJI.fullmatch(plain)) and is_name(word)


def speaker(rest: str, *, sure: bool) -> tuple[str, str]:
    """Who speaks, and what is said, of what follows a time: <name> text, name⇥text, name: text. ("", text) where nobody is named.
    `sure`: the time stands in brackets, as in chats."""
    if match := _IRC.fullmatch(rest):
        return match[1], match[2]
    before, tab, after = rest.partition("\t")
    if tab and is_name(before.strip(), sure=True):
        return before.strip(), after.strip()
    match = _COLON.fullmatch(rest)
    if match and is_name(match[1].strip(), sure=sure):
        return match[1].strip(), match[2]
    return "", rest


def ends_of_names(line: str) -> list[tuple[str, str, bool]]:
    """Every way to part a line into a name and a time after it: name, the rest, and whether the parting sign is a sure one."""
    made = []
    for match in _PARTED.finditer(line[: MOST + 10]):
        name, rest = line[: match.start()], line[match.end() :]
        sure = match[0] != " "
        if rest and name and is_name(name, sure=sure):
            made.append((name.strip(), rest, sure))
    return made
