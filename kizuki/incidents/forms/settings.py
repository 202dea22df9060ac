"""Forms that change the incident itself: how it stands, what it is, who is in it, merging and reopening."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kizuki.accounts.models import Person
from kizuki.incidents.choices import OPEN, TLPS, Kind, Role, Status
from kizuki.incidents.forms.common import VersionForm, zones
from kizuki.incidents.forms.opening import parents
from kizuki.incidents.models import Incident

#: With more people than this nobody finds anybody in a list; the mail address is typed instead.
MOST_PEOPLE: Final = 300
#: Fields that only whoever leads may change.
LEADS: Final = ("tlp", "restricted", "exercise", "parent")


class StandForm(VersionForm):
    """How it stands, in one line, and its status."""

    stand = forms.CharField(
        label=pgettext_lazy("incident", "How it stands"), max_length=500, required=False,
        help_text=gettext_lazy("One line for those who look in: what is known, what is being done."),
    )  # fmt: skip
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=[(one.value, one.label) for one in Status if one in OPEN]
    )


def stand_form(incident: Incident, data: Any = None) -> StandForm:
    """The form with how the incident stands now."""
    initial = {"stand": incident.stand, "status": incident.status, "version": incident.version}
    return StandForm(data, initial=initial, auto_id="stand-%s")


class DetailsForm(VersionForm):
    """What the incident is. Without `leads`, only what everyone who writes in it may change."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind)
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The clock by which times are entered here. What is entered already stays where it is."),
    )  # fmt: skip
    day_one = forms.DateField(label=gettext_lazy("Day 1"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    tlp = forms.ChoiceField(label="TLP", choices=[(tlp, f"TLP:{tlp.upper()}") for tlp in TLPS])
    parent = forms.ChoiceField(label=gettext_lazy("Part of"), required=False)
    restricted = forms.BooleanField(
        label=gettext_lazy("Restricted: only those who have a role in it know of it"), required=False
    )
    exercise = forms.BooleanField(label=gettext_lazy("An exercise: it counts in no figure"), required=False)

    def __init__(self, *args: Any, incident: Incident, person: Person, leads: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": self.initial_of(incident), **kwargs})
        self.incident, self.hidden = incident, self._hidden_parent(incident, person)
        fields: Any = self.fields
        fields["zone"].choices = sorted({*zones(), (incident.zone, incident.zone)})
        fields["parent"].choices = self._parents(incident, person)
        fields["restricted"].help_text = self._who_remains(incident)
        if not leads:
            for name in LEADS:
                del self.fields[name]

    @staticmethod
    def _who_remains(incident: Incident) -> str:
        """Who would still see it, where everybody in its rooms sees it now."""
        if incident.restricted:
            return ""
        names = dict.fromkeys(incident.members.filter(until=None).values_list("person__name", flat=True))
        return _("Those who have a role now: %(names)s. Nobody else sees it from then on.") % {
            "names": pgettext("between things", ", ").join(names)
        }

    @staticmethod
    def initial_of(incident: Incident) -> dict[str, Any]:
        """What the form shows of an incident."""
        return {
            "title": incident.title, "kind": incident.kind, "zone": incident.zone, "day_one": incident.day_one,
            "tlp": incident.tlp, "parent": incident.parent.number if incident.parent else "",
            "restricted": incident.restricted, "exercise": incident.exercise, "version": incident.version,
        }  # fmt: skip

    @staticmethod
    def _hidden_parent(incident: Incident, person: Person) -> bool:
        """Whether it is part of one that this person may not know of."""
        parent = incident.parent_id
        return parent is not None and not Incident.objects.visible_to(person).filter(pk=parent).exists()

    def _parents(self, incident: Incident, person: Person) -> list[tuple[str, str]]:
        listed = parents(person, but=incident.pk)
        if self.hidden:
            self.initial["parent"] = "hidden"
            return [("hidden", _("an incident that is not shown to you")), *listed]
        there = self.initial["parent"]
        return listed if there in dict(listed) else [*listed, (there, there)]

    def clean_parent(self) -> Incident | None:
        number = self.cleaned_data["parent"]
        if number == "hidden":
            return self.incident.parent
        return Incident.objects.get(number=number) if number else None


class RoleForm(VersionForm):
    """Who is what from now on. The version guards the lead: two people who give it at once do not both succeed."""

    person = forms.CharField(label=gettext_lazy("Person"), max_length=254)
    role = forms.ChoiceField(
        label=pgettext_lazy("incident", "Role"), choices=Role,
        help_text=gettext_lazy("The lead passes from whoever has it. A reader only looks on."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = list(
            Person.objects.filter(is_active=True).order_by("name").values_list("pk", "name")[: MOST_PEOPLE + 1]
        )
        if len(people) <= MOST_PEOPLE:
            self.fields["person"].widget = forms.Select(choices=[("", "–"), *((str(pk), name) for pk, name in people)])
        else:
            self.fields["person"].help_text = _("The mail address of somebody who has an account here.")

    def clean_person(self) -> Person:
        said: str = self.cleaned_data["person"].strip()
        active = Person.objects.filter(is_active=True)
        rows = active.filter(pk=int(said)) if said.isdecimal() and len(said) < 18 else active.filter(email=said.lower())
        person = rows.first()
        if person is None:
            raise forms.ValidationError(_("Nobody with an account here is called so."))
        return person


class MergeForm(VersionForm):
    into = forms.ChoiceField(
        label=gettext_lazy("Into"),
        help_text=gettext_lazy("This incident ends and stays to be read; work goes on in the other one."),
    )  # fmt: skip

    def __init__(self, *args: Any, targets: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.choices = [("", "–"), *targets]


class ReopenForm(VersionForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("It is entered on the timeline."),
    )  # fmt: skip
