"""Answers about the whole casebook, kept in this process until the casebook changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches
from django.core.exceptions import EmptyResultSet
from django.db.models import QuerySet

from kizuki.journal.models import Entry

T = TypeVar("T")
SECONDS = 3600


def kept(question: str, cases: QuerySet[Any], make: Callable[[], T]) -> T:
    """The answer to `question` about `cases` – which must say all that it depends on besides the casebook – made once for each
    state of the casebook. Every change of it stands in the journal, whose last hash therefore names the state."""
    state = Entry.objects.filter(room="casebook").order_by("-seq").values_list("hash", flat=True).first()
    key = "casebook:" + hashlib.sha256(f"{state}|{question}|{_asked(cases)}".encode()).hexdigest()
    answer: T | None = caches["local"].get(key)
    if answer is None:
        caches["local"].set(key, answer := make(), SECONDS)
    return answer


def _asked(cases: QuerySet[Any]) -> str:
    """The question to the database as text; one that can find nothing, because its list of words is empty, has none."""
    try:
        return str(cases.query)
    except EmptyResultSet:
        return "nothing"
