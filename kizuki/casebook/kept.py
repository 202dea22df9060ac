"""Answers about the whole casebook, kept in this process until the casebook changes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from django.core.cache import caches

from kizuki.journal.models import Entry

T = TypeVar("T")
SECONDS = 3600


def kept(question: str, make: Callable[[], T]) -> T:
    """The answer to `question` – which must say all that it depends on besides the casebook – made once for each state of the
    casebook. Every change of it stands in the journal, whose last hash therefore names the state."""
    state = Entry.objects.filter(room="casebook").order_by("-seq").values_list("hash", flat=True).first()
    key = "casebook:" + hashlib.sha256(f"{state}|{question}".encode()).hexdigest()
    answer: T | None = caches["local"].get(key)
    if answer is None:
        caches["local"].set(key, answer := make(), SECONDS)
    return answer
