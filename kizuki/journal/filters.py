"""Filters and paging of the journal, for pages and files alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.journal.models import Entry, EntryQuerySet

PAGE = 50


class EntryFilter(forms.Form):
    """What to show of the journal. Everything is optional."""

    who = forms.CharField(label=_("Who"), required=False, max_length=200)
    room = forms.CharField(label=_("Room"), required=False, max_length=32)
    verb = forms.CharField(label=_("Act"), required=False, max_length=64)
    about = forms.CharField(label=_("Object"), required=False, max_length=200)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one."))
        return data

    def apply(self, entries: EntryQuerySet) -> EntryQuerySet:
        """The entries that fit; what was not understood does not narrow them."""
        data = self.cleaned_data if self.is_valid() else {**{name: None for name in self.fields}, **self.cleaned_data}
        for name, lookup in _LOOKUPS.items():
            if data.get(name):
                entries = entries.filter(**{lookup: data[name]})
        zone = timezone.get_current_timezone()
        if data.get("since"):
            entries = entries.filter(at__gte=_midnight(data["since"], zone))
        if data.get("until"):
            entries = entries.filter(at__lt=_midnight(data["until"] + timedelta(days=1), zone))
        return entries


_LOOKUPS = {"who": "actor_name__icontains", "room": "room", "verb": "verb", "about": "object_label__icontains"}


def _midnight(day: Any, zone: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


@dataclass(frozen=True)
class Page:
    """One page of entries, newest first, and where the next ones begin; a page costs the same wherever it is."""

    entries: list[Entry] = field(default_factory=list)
    after: int | None = None


def page(entries: EntryQuerySet, before: str | None) -> Page:
    """The entries with a number below `before` (text of the address; nonsense means the first page)."""
    if before and before.isascii() and before.isdecimal() and len(before) <= 18:
        entries = entries.filter(seq__lt=int(before))
    rows = list(entries.order_by("-seq")[: PAGE + 1])
    return Page(rows[:PAGE], rows[PAGE - 1].seq if len(rows) > PAGE else None)
