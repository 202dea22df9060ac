"""Forms of tasks: writing one down, moving it on, giving several to somebody; and which of them a person asks for."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kizuki.accounts.models import Person
from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents.actions.tasks import KIND_OF, MOST_RESULT, MOST_TITLE
from kizuki.incidents.choices import UNDONE, Role, TaskState
from kizuki.incidents.forms.common import OnceForm, VersionForm
from kizuki.incidents.models import Incident, Task
from kizuki.incidents.people import in_roles, who_see
from kizuki.ui.templatetags.kizuki import language

#: Kinds of act that a finished task can be: what attackers do is none.
ACTS: Final = [(kind, name) for kind, name in KINDS.items() if kind not in ("enable", "attack")]
ROLES: Final = [(role.value, role.label) for role in Role if role != Role.READER]
MOMENT: Final = "%Y-%m-%dT%H:%M"


def moment_input() -> forms.DateTimeInput:
    """A time to the minute by the reader's clock."""
    return forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)


if TYPE_CHECKING:
    PersonChoice = forms.ModelChoiceField[Person]
else:
    PersonChoice = forms.ModelChoiceField


class OwnerField(PersonChoice):
    """Somebody who sees the incident; first those who have a role in it."""

    def __init__(self, incident: Incident | None = None, **kwargs: Any) -> None:
        super().__init__(queryset=Person.objects.none(), required=False, **kwargs)
        self.empty_label = gettext_lazy("nobody yet")

    def of(self, incident: Incident, roles: dict[str, list[Person]] | None = None) -> None:
        """Offer the people of this incident; `roles`: who is what in it, where that is known already."""
        self.queryset = who_see(incident)
        inside: dict[int, str] = {}
        for role, people in (in_roles(incident) if roles is None else roles).items():
            for person in people:
                inside.setdefault(person.pk, _("%(name)s (%(role)s)") % {"name": person.name, "role": Role(role).label})
        others = [(person.pk, person.name) for person in self.queryset if person.pk not in inside]
        groups: list[Any] = [("", self.empty_label)]
        groups += [(_("In this incident"), list(inside.items()))] if inside else []
        groups += [(_("Others who see it"), others)] if others else []
        self.choices = groups


class TaskForm(OnceForm):
    """What an own task says and whose it is."""

    title = forms.CharField(
        label=gettext_lazy("What has to be done"), max_length=MOST_TITLE,
        help_text=gettext_lazy("In one line: “Change the passwords of all administrators”."),
    )  # fmt: skip
    role = forms.ChoiceField(label=gettext_lazy("Whose work it is"), required=False)
    owner = OwnerField(label=gettext_lazy("Who does it"))
    due = forms.DateTimeField(
        label=gettext_lazy("Due"), required=False, widget=moment_input(), help_text=gettext_lazy("By your clock.")
    )

    def __init__(self, *args: Any, incident: Incident, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        role: Any = self.fields["role"]
        role.choices = [("", _("nobody's in particular")), *ROLES]
        owner: Any = self.fields["owner"]
        owner.of(incident)

    def values(self) -> dict[str, Any]:
        """What the actions take, from a valid form."""
        return {name: self.cleaned_data[name] for name in ("title", "role", "owner", "due", "once")}


class EditForm(TaskForm, VersionForm):
    """The same, for a task that is there. A title that was left as it is keeps both its languages."""

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, incident=task.incident, **kwargs)
        self.task = task

    @staticmethod
    def initial_of(task: Task) -> dict[str, Any]:
        return {
            "title": task.title.in_(language()), "role": task.role, "owner": task.owner_id, "due": task.due,
            "version": task.version,
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        made = {**super().values(), "version": self.cleaned_data["version"]}
        kept = self.task.title
        if made["title"] == kept.in_(language()):
            made["title"] = kept
        if self.task.due and made["due"] == self.task.due.replace(second=0, microsecond=0):
            made["due"] = self.task.due  # the form shows it to the minute
        return made


class MoveForm(OnceForm, VersionForm):
    """Nothing but the version that the reader saw: for taking a task."""


class ReasonForm(MoveForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=MOST_RESULT, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReopenForm(MoveForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=MOST_RESULT, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class FinishForm(MoveForm):
    """What came of a task, and how the timeline tells it."""

    result = forms.CharField(
        label=pgettext_lazy("of a task", "What came of it"), max_length=MOST_RESULT, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It stands in the timeline as you write it. Addresses and hashes in it are found."),
    )  # fmt: skip
    at = forms.DateTimeField(
        label=gettext_lazy("When it was done"), required=False, widget=moment_input(),
        help_text=gettext_lazy("By your clock; left empty, now."),
    )  # fmt: skip
    kind = forms.ChoiceField(label=pgettext_lazy("of an entry", "Kind"), choices=ACTS, required=False)
    milestone = forms.BooleanField(required=False)

    def __init__(self, *args: Any, task: Task, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        step = task.read
        kind: Any = self.fields["kind"]
        kind.initial = KIND_OF.get(task.role, "analyse")
        if step is not None:
            del self.fields["kind"]
        if step is None or step.milestone is None:
            del self.fields["milestone"]
        else:
            self.fields["milestone"].label = _("The milestone “%(name)s” was reached with it") % {
                "name": MILESTONES[step.milestone]
            }


class AssignForm(OnceForm):
    """Tasks that were ticked, and to whom they go. The versions that were shown come along as `7:2`: task 7, version 2."""

    owner = OwnerField(label=gettext_lazy("Give the ticked ones to"))

    def __init__(
        self, *args: Any, incident: Incident, roles: dict[str, list[Person]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        owner: Any = self.fields["owner"]
        owner.of(incident, roles)


def ticked(values: list[str], most: int = 500) -> dict[int, int]:
    """Task number → version, of what was ticked; anything else is left out."""
    found: dict[int, int] = {}
    for value in values[:most]:
        number, colon, version = value.partition(":")
        if colon and all(part.isascii() and part.isdecimal() and len(part) < 10 for part in (number, version)):
            found[int(number)] = int(version)
    return found


class TaskFilter(forms.Form):
    """Which tasks of an incident a person asks for. What was not understood does not narrow the list."""

    show = forms.ChoiceField(required=False)
    role = forms.ChoiceField(label=gettext_lazy("Whose work it is"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        show: Any = self.fields["show"]
        show.choices = [(word, word) for word in self.ways()]
        role: Any = self.fields["role"]
        role.choices = [("", pgettext("roles", "all")), *ROLES]

    @staticmethod
    def ways() -> dict[str, str]:
        return {
            "open": pgettext("tasks of an incident", "Open"), "mine": pgettext("tasks of an incident", "Mine"),
            "nobody": pgettext("tasks of an incident", "Nobody's yet"), "late": pgettext("tasks of an incident", "Overdue"),
            "ended": pgettext("tasks of an incident", "Ended"), "all": pgettext("tasks of an incident", "All"),
        }  # fmt: skip

    @property
    def asked(self) -> dict[str, str]:
        """What was asked for and understood."""
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return {"show": "open", **asked}

    def apply(self, rows: QuerySet[Task]) -> QuerySet[Task]:
        asked = self.asked
        if role := asked.get("role"):
            rows = rows.filter(role=role)
        undone = rows.filter(state__in=UNDONE)
        now: dt.datetime = timezone.now()
        return {
            "open": undone, "mine": undone.filter(owner=self.person.pk), "nobody": undone.filter(owner=None),
            "late": undone.filter(due__lt=now), "all": rows,
            "ended": rows.filter(state__in=(TaskState.DONE, TaskState.DROPPED)),
        }[asked["show"]]  # fmt: skip
