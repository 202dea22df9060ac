"""Keeping and forgetting filters."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from kizuki.journal.actions import record
from kizuki.register.following import ROOM
from kizuki.register.models import SavedFilter


@transaction.atomic
def keep_filter(*, person: Any, part: str, name: str, query: str) -> SavedFilter:
    """Keep a person's filter under a name; the same name again replaces it."""
    values = {"query": query[:1000]}
    kept, _new = SavedFilter.objects.update_or_create(person=person, part=part, name=name, defaults=values)
    record(by=person, room=ROOM, verb="kept_filter", obj=kept, data={"part": part})
    return kept


@transaction.atomic
def drop_filter(*, kept: SavedFilter) -> None:
    """Forget a filter."""
    record(by=kept.person, room=ROOM, verb="dropped_filter", obj=kept, data={"part": kept.part, "query": kept.query})
    kept.delete()
