"""The form of a new incident."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.incidents.choices import TLPS, Kind
from kizuki.incidents.forms.common import OnceForm, zones
from kizuki.incidents.models import Incident

#: So many may be chosen from; older ones are seldom what a new one belongs to.
MOST_PARENTS = 200


def parents(person: Any, *, but: int | None = None) -> list[tuple[str, str]]:
    """Open incidents that the person sees, newest first, for a choice; without the one whose row is `but`."""
    rows = Incident.objects.visible_to(person).still_open().exclude(pk=but or 0).order_by("-opened_at", "-pk")
    listed = rows.values_list("number", "title")[:MOST_PARENTS]
    return [("", _("no other incident")), *((number, f"{number} {title}") for number, title in listed)]


class IncidentForm(OnceForm):
    """What an incident is called and of what kind it is; all of it can be changed later."""

    title = forms.CharField(
        label=gettext_lazy("Title"), max_length=200,
        help_text=gettext_lazy("What is seen, in one line: “Strange sign-ins to the research share”."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind, initial=Kind.OTHER)
    tlp = forms.ChoiceField(
        label="TLP", choices=[(tlp, f"TLP:{tlp.upper()}") for tlp in TLPS], initial="amber",
        help_text=gettext_lazy("With whom what is written here may be shared."),
    )  # fmt: skip
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"), help_text=gettext_lazy("The clock by which times are entered here.")
    )
    day_one = forms.DateField(
        label=gettext_lazy("Day 1"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("The day that is counted as day 1; left empty, today."),
    )  # fmt: skip
    parent = forms.ChoiceField(label=gettext_lazy("Part of"), required=False)
    restricted = forms.BooleanField(
        label=gettext_lazy("Restricted: only those who have a role in it know of it"), required=False
    )
    exercise = forms.BooleanField(label=gettext_lazy("An exercise: it counts in no figure"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["zone"]
        zone.choices, zone.initial = zones(), person.time_zone
        self.fields["parent"].choices = parents(person)  # type: ignore[attr-defined]

    def clean_parent(self) -> Incident | None:
        number = self.cleaned_data["parent"]
        return Incident.objects.get(number=number) if number else None
