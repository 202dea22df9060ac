"""What a reader wants to see of a timeline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents.models.timeline import EntryQuerySet
from kizuki.incidents.rows import Sketch
from kizuki.incidents.times import midnight
from kizuki.incidents.words import LANE_NAMES


class TimelineFilter(forms.Form):
    """Everything is optional; what was not understood does not narrow the timeline. `show`: all of a long timeline at once; `day`: one
    day of it by the reader's clock."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    lane = forms.ChoiceField(label=gettext_lazy("Lane"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    milestone = forms.ChoiceField(label=gettext_lazy("Milestone"), required=False)
    wrote = forms.ChoiceField(label=gettext_lazy("Written by"), required=False)
    show = forms.ChoiceField(required=False, choices=[("all", "all")], widget=forms.HiddenInput)
    day = forms.DateField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sketches: Sequence[Sketch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        any_ = ("", _("any"))
        people = {str(one.by): one.by_name for one in sketches if one.by and not one.quiet}
        choices: dict[str, Any] = {
            "lane": [any_, *LANE_NAMES.items()],
            "kind": [any_, *KINDS.items()],
            "milestone": [any_, ("some", pgettext("milestones", "all")), *MILESTONES.items()],
            "wrote": [any_, ("people", _("people")), ("kizuki", _("Kizuki by itself")),
                      *sorted(people.items(), key=lambda one: one[1])],
        }  # fmt: skip
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for part in self.fields.values():
            part.widget.attrs["class"] = "input"

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def narrowed(self) -> bool:
        """Whether entries are left out by more than the day."""
        return bool(set(self.asked) - {"show", "day"})

    def apply(self, rows: EntryQuerySet) -> EntryQuerySet:
        asked = self.asked
        for name in ("lane", "kind"):
            if name in asked:
                rows = rows.filter(**{name: asked[name]})
        if milestone := asked.get("milestone"):
            named = Q(milestones__isnull=False) if milestone == "some" else Q(milestones__name=milestone)
            rows = rows.filter(named).distinct()
        if day := asked.get("day"):
            rows = rows.filter(sort__gte=midnight(day), sort__lt=midnight(day, after=True))
        return self._by_words(self._by_writer(rows, asked.get("wrote", "")), asked.get("q", ""))

    @staticmethod
    def _by_writer(rows: EntryQuerySet, wrote: str) -> EntryQuerySet:
        by_itself = ~Q(auto="") & Q(text="")
        if wrote in ("people", "kizuki"):
            return rows.exclude(by_itself) if wrote == "people" else rows.filter(by_itself)
        return rows.filter(by=int(wrote)) if wrote else rows

    @staticmethod
    def _by_words(rows: EntryQuerySet, text: str) -> EntryQuerySet:
        """Every word must stand in the text, in the name of what it speaks of, or be the entry's number."""
        for word in text.split()[:8]:
            label = Q(links__label_ja__icontains=word) | Q(links__label_en__icontains=word)
            named = Q(pk__in=rows.filter(label).order_by().values("pk"))
            fits = Q(text__icontains=word) | named
            rows = rows.filter(fits | Q(seq=int(word)) if word.isdecimal() and len(word) < 8 else fits)
        return rows
