"""Which tasks a person asks for, shared by the page and its CSV."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.register.access import own_units
from kizuki.tasks.access import own_contacts
from kizuki.tasks.choices import FOLLOWED, Origin, State
from kizuki.tasks.forms import contacts, unit_choices
from kizuki.tasks.models import TaskQuerySet
from kizuki.ui.templatetags.kizuki import language

WHOSE = ("mine", "units", "all")


class TaskFilter(forms.Form):
    """Everything is optional; what was not understood does not narrow the list."""

    whose = forms.ChoiceField(required=False, choices=[(word, word) for word in WHOSE])
    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    owner = forms.ChoiceField(label=gettext_lazy("Who does it"), required=False)
    origin = forms.ChoiceField(label=gettext_lazy("Where it comes from"), required=False)
    overdue = forms.BooleanField(label=gettext_lazy("Only what is overdue"), required=False)

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        any_: tuple[str, str] = ("", _("any"))
        choices: dict[str, Any] = {
            "state": [("", _("not ended")), *State.choices, ("every", _("any"))],
            "unit": [any_, *unit_choices(person)],
            "owner": [any_, ("nobody", _("nobody yet")), *_owners(person)],
            "origin": [any_, *Origin.choices],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for part in self.fields.values():
            if not isinstance(part, forms.BooleanField):
                part.widget.attrs["class"] = "input"

    def apply(self, tasks: TaskQuerySet) -> TaskQuerySet:
        self.is_valid()
        asked = self.cleaned_data
        tasks = self.of(asked.get("whose") or "all", tasks)
        state = asked.get("state")
        if state != "every":
            tasks = tasks.filter(state__in=[state] if state else FOLLOWED)
        for name in ("unit", "origin"):
            if asked.get(name):
                tasks = tasks.filter(**{name: asked[name]})
        if owner := asked.get("owner"):
            tasks = tasks.filter(owner="" if owner == "nobody" else owner)
        if asked.get("overdue"):
            tasks = tasks.overdue()
        return _searched(tasks, asked.get("q", ""))

    def of(self, whose: str, tasks: TaskQuerySet) -> TaskQuerySet:
        """Only those of the person, or of the person's units."""
        if whose == "mine":
            return tasks.filter(owner__in=own_contacts(self.person))
        return tasks.filter(unit__in=own_units(self.person)) if whose == "units" else tasks


def _owners(person: Any) -> list[tuple[str, str]]:
    """Those who have something to do that the person may see."""
    from kizuki.tasks.models import Task

    keys = Task.objects.visible_to(person).filter(state__in=FOLLOWED).exclude(owner="").order_by().values("owner")
    rows = contacts().filter(key__in=keys).only("key", "name_ja", "name_en")
    return sorted(((row.key, row.name.in_(language())) for row in rows), key=lambda choice: choice[1])


def _searched(tasks: TaskQuerySet, text: str) -> TaskQuerySet:
    """Every word must stand in title or text, in either language, or be what it is about."""
    for word in text.split()[:8]:
        places = ("title_ja", "title_en", "text_ja", "text_en", "about_key")
        fits = Q()
        for place in places:
            fits |= Q(**{f"{place}__icontains": word})
        tasks = tasks.filter(fits)
    return tasks
