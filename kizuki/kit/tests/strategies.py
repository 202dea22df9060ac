"""Any value of a format, made from its type, and texts that are hard to write down."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import strategies as st
from msgspec import inspect

from kizuki.kit.text import Text

HARD = (
    "no", "true", "null", "~", "1", "0x1f", "1.5", "2026-11-22", "12:30:00", "- a", "a: b", "#x", " x ", "\tx", "a\n", "a\n\nb\n",
    "  a\n b", "|", "%a", "@a", "`a", "&a", "*a", "!a", "---", "a\x85b", "a\u2028b", "\ufeffa", "\x7f", "\x1b[0m", "😀", "{a}", "[b]",
    "'", '"', "\\", "a\r\nb", "?", ":", "-", "題\u3000", "𠮷野家", "が", "word " * 300, "長" * 900, "not stated",
)  # fmt: skip
#: Any text that a file can hold.
TEXTS = st.sampled_from(HARD) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
#: The same, with something to read in it.
WORDS = TEXTS.filter(lambda text: bool(text.strip()))
BOTH = st.builds(Text, ja=WORDS, en=st.none() | TEXTS) | st.builds(Text, en=WORDS)
SHORT = BOTH.filter(lambda text: max(len(text.ja or ""), len(text.en or "")) <= 100)


def of_type(kind: Any) -> st.SearchStrategy[Any]:
    """Values of a msgspec type, as its form allows them (whether they hang together is another question)."""
    return _made(inspect.type_info(kind))


def _made(info: Any) -> st.SearchStrategy[Any]:
    match info:
        case inspect.Metadata():
            return _made(info.type)
        case inspect.StructType():
            return BOTH if info.cls is Text else _struct(info)
        case inspect.UnionType():
            return st.one_of([_made(part) for part in info.types])
        case inspect.VarTupleType():
            return st.lists(_made(info.item_type), max_size=2).map(tuple)
        case inspect.LiteralType():
            return st.sampled_from(info.values)
        case inspect.StrType():
            return _matching(info.pattern) if info.pattern else TEXTS.map(lambda text: text[: info.max_length])
        case inspect.IntType():
            return st.integers(info.ge or 0, min(info.le or 10**17, 10**17))
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    raise NotImplementedError(info)


def _matching(pattern: str) -> st.SearchStrategy[str]:
    """Texts of a form; hypothesis cannot look ahead, and needs not, as it takes the whole text."""
    possible = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.from_regex(pattern.replace(r"(?!\n)", ""), fullmatch=True, alphabet=possible)


def _struct(info: inspect.StructType) -> st.SearchStrategy[Any]:
    """A struct; what has a default is left out now and then."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for field in info.fields:
        made = _made(field.type)
        default = field.default if field.default is not msgspec.NODEFAULT else None
        known = field.default is not msgspec.NODEFAULT or field.default_factory is not msgspec.NODEFAULT
        if known and field.default_factory is not msgspec.NODEFAULT:
            default = field.default_factory()
        fields[field.name] = st.just(default) | made if known else made
    return st.builds(info.cls, **fields)
