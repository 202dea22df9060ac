"""What the rooms' APIs share: pages by cursor, texts in two languages, refusals in one shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from ninja import Field, Schema, Status
from pydantic import field_validator

from kizuki.kit.text import Name, Text

MOST = 500
_One = TypeVar("_One")


#: A version that was read, as it is sent back.
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]
Number = Annotated[int, Field(ge=0, le=2**31 - 1)]


class Sent(Schema):
    """Base of what programs send. No text holds the character NUL, which PostgreSQL cannot keep."""

    @field_validator("*", mode="before", check_fields=False)
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        if _has_nul(value):
            raise ValueError("the character NUL is not taken")
        return value


def _has_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" in value
    if isinstance(value, Mapping):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return isinstance(value, list) and any(map(_has_nul, value))


class Paging(Sent):
    """Where a page begins and how long it is. A cursor is what the page before gave as `next`."""

    cursor: str = Field("", pattern=r"^[0-9]{0,18}$", description="`next` of the page before; empty for the first page")
    limit: int = Field(100, ge=1, le=MOST)


class Since(Paging):
    updated_since: datetime | None = Field(None, description="only what has changed after this moment")


class Words(Sent):
    """A text in Japanese, in English, or in both."""

    ja: str | None = Field(None, max_length=8000)
    en: str | None = Field(None, max_length=8000)

    @property
    def text(self) -> Text:
        return Text(ja=self.ja or None, en=self.en or None)


class ShortWords(Words):
    """A short text in Japanese, in English, or in both."""

    ja: str | None = Field(None, max_length=200)
    en: str | None = Field(None, max_length=200)


class Problem(Schema):
    """What is wrong, in one line a fault; for a conflict, what others wrote."""

    detail: str
    problems: list[dict[str, Any]] = []


REFUSALS = {409: Problem, 422: Problem}


def words(name: Name | None) -> Words | None:
    """A name as the API gives it; a plain one stands for both languages. None where there is none."""
    if name is None:
        return None
    return Words(ja=name, en=name) if isinstance(name, str) else Words(ja=name.ja, en=name.en)


def portion(rows: Any, asked: Paging) -> tuple[list[Any], str | None]:
    """One page of a queryset in the order of its keys, and the cursor of the next page."""
    found = list(rows.filter(pk__gt=int(asked.cursor or 0)).order_by("pk")[: asked.limit + 1])
    more = len(found) > asked.limit
    return found[: asked.limit], str(found[asked.limit - 1].pk) if more else None


def part_of(found: Sequence[_One], asked: Paging) -> tuple[list[_One], str | None]:
    """One page of what is worked out as a whole, and the cursor of the next page."""
    start = int(asked.cursor or 0)
    end = start + asked.limit
    return list(found[start:end]), str(end) if end < len(found) else None


def refused(error: ValidationError) -> Any:
    """422 with what an action refused, field by field where it names fields."""
    if hasattr(error, "error_dict"):
        return _unfit(error.message_dict)
    return _unfit({NON_FIELD_ERRORS: error.messages})


def not_fit(form: BaseForm) -> Any:
    """422 with what a form of the pages finds wrong."""
    return _unfit({name: [str(line) for line in lines] for name, lines in form.errors.items()})


def _unfit(lines: Mapping[str, Sequence[str]]) -> Any:
    told = [
        {"place": [] if name == NON_FIELD_ERRORS else [name], "message": str(message)}
        for name, messages in lines.items()
        for message in messages
    ]
    return Status(422, {"detail": "Nothing was stored.", "problems": told})


def conflict(version: int | None, now: Schema | None, mine: Mapping[str, Any]) -> Any:
    """409 with the thing as it stands, and both texts of each field that differs. `mine`: what was sent, by field."""
    standing = now.model_dump(mode="json") if now else {}
    fields = [
        {"field": name, "mine": value, "theirs": standing.get(name)}
        for name, value in mine.items()
        if value != standing.get(name)
    ]
    told = {"version": version, "now": standing or None, "fields": fields}
    return Status(409, {"detail": "Changed by somebody else meanwhile; nothing was stored.", "problems": [told]})
