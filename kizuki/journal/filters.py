"""Filters and paging of the journal, for pages and files alike."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.journal import words
from kizuki.journal.models import ActQuerySet, Entry

PAGE = 50


class EntryFilter(forms.Form):
    """What to show of the journal. Everything is optional."""

    who = forms.CharField(label=_("Who"), required=False, max_length=200)
    act = forms.ChoiceField(label=_("Act"), required=False)
    room = forms.ChoiceField(label=_("Room"), required=False)
    about = forms.CharField(label=_("Object"), required=False, max_length=200)
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].choices = [("", _("any")), *words.rooms()]  # type: ignore[attr-defined]
        self.fields["act"].choices = [("", _("any")), *words.verbs()]  # type: ignore[attr-defined]

        for part in self.fields.values():
            part.widget.attrs["class"] = "input"

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("This day is before the first one."))
        return data

    def apply(self, entries: ActQuerySet) -> ActQuerySet:
        """The entries that fit; what was not understood does not narrow them."""
        self.is_valid()
        data = self.cleaned_data
        for name, lookup in _LOOKUPS.items():
            if data.get(name):
                entries = entries.filter(**{lookup: data[name]})
        if data.get("act"):
            room, _dot, verb = data["act"].partition(".")
            entries = entries.filter(room=room, verb=verb)
        zone = timezone.get_current_timezone()
        if data.get("since"):
            entries = entries.filter(at__gte=_midnight(data["since"], zone))
        if data.get("until"):
            entries = entries.filter(at__lt=_midnight(data["until"] + timedelta(days=1), zone))
        return entries


_LOOKUPS = {"who": "actor_name__icontains", "room": "room", "about": "object_label__icontains"}


def _midnight(day: Any, zone: Any) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)


@dataclass(frozen=True)
class Page:
    """One page of entries, newest first, and where the next ones begin; a page costs the same wherever it is."""

    entries: list[Entry] = field(default_factory=list)
    after: int | None = None


def page(entries: ActQuerySet, before: str | None) -> Page:
    """The entries with a number below `before` (text of the address; nonsense means the first page)."""
    if before and before.isascii() and before.isdecimal() and len(before) <= 18:
        entries = entries.filter(seq__lt=int(before))
    rows = list(entries.order_by("-seq")[: PAGE + 1])
    return Page(rows[:PAGE], rows[PAGE - 1].seq if len(rows) > PAGE else None)
