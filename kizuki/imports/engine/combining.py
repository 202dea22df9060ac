"""What a record becomes with what a file says of it, field by field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from kizuki.imports.engine.held import folded, form
from kizuki.imports.engine.lines import LISTS, Policy, Settings
from kizuki.register.engine.format import KIND_PARENT

_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
#: Beside these a record may name further ones.
_FURTHER: Final = {"zone": "zones", "realm": "realms"}


def combined(document: Mapping[str, Any], given: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """The document with what is given, by the policy of each field. What the document says already changes nothing."""
    made = dict(document)
    for field, value in given.items():
        before, policy = made.get(field), settings.of(field)
        if field == "id" or holds(made, field, value, policy):
            continue
        if before in (None, [], ""):
            made[field] = value
        else:
            made[field] = _joined(field, before, value, policy)
    return made


def holds(document: Mapping[str, Any], field: str, value: Any, policy: Policy) -> bool:
    """Whether a document says this already, in whatever form; to be replaced, a list has to say nothing else."""
    before = document.get(field)
    if before == value or (field == "count" and value == 1 and before is None):
        return True
    if field in LISTS:
        known, said = {form(field, one) for one in before or ()}, {form(field, one) for one in value}
        return said == known if policy == "replace" else said <= known
    if field in _FURTHER:
        return value in (document.get(_FURTHER[field]) or ())
    return before is not None and _means(field, before, value)


def _means(field: str, before: Any, value: Any) -> bool:
    if field == "name":
        return folded(value) in map(folded, _texts(before))
    if field == "notes":
        return any(value in text for text in _texts(before))
    if field == "kind":
        # “server” says nothing against “web server”
        return bool(KIND_PARENT.get(str(before)) == value)
    return field == "importance" and all(before.get(aspect, 0) == score for aspect, score in value.items())


def _joined(field: str, before: Any, value: Any, policy: Policy) -> Any:
    if field in LISTS and policy == "add":
        known = {form(field, one) for one in before}
        return [*before, *(one for one in value if form(field, one) not in known)]
    if field == "notes" and policy == "add":
        return _with_notes(before, value)
    if field == "importance":
        return {**before, **value} if policy == "replace" else {**value, **before}
    if policy != "replace":
        return before
    if field in LISTS:
        return list(value)
    return _renamed(before, value) if isinstance(before, dict) else value


def _with_notes(before: Any, value: str) -> Any:
    if isinstance(before, dict):
        language = language_of(value) if before.get(language_of(value)) else next(iter(before))
        return {**before, language: f"{before.get(language) or ''}\n{value}".strip()}
    return f"{before}\n{value}"


def _renamed(before: dict[str, Any], value: str) -> dict[str, Any]:
    """A text in two languages with the one that was given; the other one stays."""
    return {**before, language_of(value): value}


def language_of(text: str) -> str:
    """The language in which a text seems to be written."""
    return "ja" if _JAPANESE.search(text) else "en"


def _texts(value: Any) -> list[str]:
    return [text for text in value.values() if text] if isinstance(value, dict) else [value] if value else []
