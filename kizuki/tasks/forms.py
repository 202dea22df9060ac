"""Forms of tasks: writing one down, and moving it on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.accounts import rules
from kizuki.register.access import own_units
from kizuki.register.models import Contact, Unit
from kizuki.tasks import hooks
from kizuki.tasks.choices import Cost
from kizuki.tasks.models import Task
from kizuki.ui.templatetags.kizuki import language

#: With more contacts than this nobody finds anybody in a list; the id is typed instead.
MOST_CONTACTS = 300


def unit_choices(person: Any, *, own: bool = False) -> list[tuple[str, str]]:
    """Units by name; `own`: only those for which the person may write tasks."""
    units = Unit.objects.filter(organisation__is_home=True, deleted_at=None)
    if not rules.may_read_all(person) or (own and not rules.may_edit(person)):
        units = units.filter(key__in=own_units(person))
    found = [(unit.key, unit.name.in_(language())) for unit in units.only("key", "name_ja", "name_en")]
    return sorted(found, key=lambda choice: choice[1])


def contacts() -> Any:
    return Contact.objects.filter(organisation__is_home=True, deleted_at=None)


class VersionForm(forms.Form):
    """Nothing but the version that the reader saw: for beginning and verifying."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class FinishForm(VersionForm):
    result = forms.CharField(
        label=gettext_lazy("What was done"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("So that somebody else can see whether it is enough."),
    )  # fmt: skip
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Where it can be seen: a ticket, a record, an address."),
    )  # fmt: skip


class ReasonForm(VersionForm):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class TaskForm(forms.Form):
    """What a task says and whose it is."""

    title = forms.CharField(label=gettext_lazy("What has to be done"), max_length=200)
    text = forms.CharField(
        label=gettext_lazy("In full"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What is wrong, what would be good, whom to ask."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    owner = forms.CharField(label=gettext_lazy("Who does it"), max_length=120, required=False)
    due = forms.DateField(
        label=gettext_lazy("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    cost = forms.ChoiceField(label=gettext_lazy("Cost"), required=False)
    about_kind = forms.CharField(max_length=16, required=False, widget=forms.HiddenInput)
    about_key = forms.CharField(max_length=600, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everyone = rules.may_edit(person)
        unit: Any = self.fields["unit"]
        unit.choices = [*([("", _("none"))] if everyone else []), *unit_choices(person, own=True)]
        unit.required = not everyone
        cost: Any = self.fields["cost"]
        cost.choices = [("", _("not stated")), *Cost.choices]
        listed = list(contacts().only("key", "name_ja", "name_en")[: MOST_CONTACTS + 1])
        if len(listed) <= MOST_CONTACTS:
            named = sorted(((one.key, one.name.in_(language())) for one in listed), key=lambda choice: choice[1])
            self.fields["owner"].widget = forms.Select(choices=[("", _("nobody yet")), *named])
        else:
            self.fields["owner"].help_text = _("The id of a contact of the register.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("about_kind") in hooks.hidden_from:
            raise forms.ValidationError(
                _("Write this down where it belongs: not everybody may know of what it is about.")
            )
        return found

    def clean_owner(self) -> str:
        owner: str = self.cleaned_data["owner"]
        if owner and not contacts().filter(key=owner).exists():
            raise forms.ValidationError(_("This is not a contact of the register."))
        return owner

    def values(self) -> dict[str, Any]:
        """What the actions take, from a valid form."""
        return {name: self.cleaned_data[name] for name in ("title", "text", "unit", "owner", "due", "cost")}


class EditForm(TaskForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @staticmethod
    def initial_of(task: Task) -> dict[str, Any]:
        """What the form shows of a task, in the reader's language."""
        text = task.text
        return {
            "title": task.title.in_(language()), "text": text.in_(language()) if text else "", "unit": task.unit,
            "owner": task.owner, "due": task.due, "cost": task.cost, "version": task.version,
        }  # fmt: skip
