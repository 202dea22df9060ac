"""Forms of the review and of closing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuki.casebook.words import MILESTONES
from kizuki.incidents.actions.closing import MOST_REASON
from kizuki.incidents.actions.same_setting import MOST_NOTE
from kizuki.incidents.choices import Publication, SettingState
from kizuki.incidents.engine.gate import NEEDED, Point
from kizuki.incidents.engine.review import WITH_MEASURES, Item
from kizuki.incidents.forms.common import OnceForm, VersionForm
from kizuki.incidents.review_words import COMMON, POINTS
from kizuki.measures import catalogue
from kizuki.register.choices import choices_of
from kizuki.ui.templatetags.kizuki import language

#: Longer texts are refused by the action, which says how long they are.
LONGEST: Final = 100_000
#: With more contacts than this nobody finds anybody in a list; the id is typed instead.
MOST_CONTACTS: Final = 300
#: Milestones that can be said not to apply.
MAY_BE_ABSENT: Final = (*NEEDED, "escalated", "disclosed")


def _long(label: Any, rows: int = 3, **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": rows}), **more
    )


class AddForm(OnceForm):
    """A new item: its sentence; the rest is added on its own page."""

    text = forms.CharField(
        label=gettext_lazy("In one sentence"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )


class ItemForm(VersionForm):
    """One item; what its part does not have is not asked."""

    text = forms.CharField(
        label=gettext_lazy("In one sentence"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    root = forms.BooleanField(label=gettext_lazy("A root cause: it let the cause come about"), required=False)
    common = forms.ChoiceField(label=gettext_lazy("Whose lesson it is"), choices=list(COMMON.items()), required=False)
    owner = forms.CharField(label=gettext_lazy("Who sees to it"), max_length=120, required=False)
    due = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("With measure, owner and day it becomes a task, and is followed until somebody has verified it."),
    )  # fmt: skip
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("Measures"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, part: str, item: Item, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if part != "causes":
            del self.fields["root"]
        if part != "lessons":
            for name in ("common", "owner", "due"):
                del self.fields[name]
        if part not in WITH_MEASURES:
            del self.fields["measures"]
            return
        here, known = language(), catalogue.measures()
        # What the item names already can stay, also where it is no longer offered.
        ids = dict.fromkeys((*catalogue.offered(), *(id for id in item.measures if id in known)))
        measures: Any = self.fields["measures"]
        measures.choices = [(id, f"{id} {known[id].short.in_(here)}") for id in ids]
        contacts = choices_of("contact", MOST_CONTACTS) if part == "lessons" else None
        if contacts is not None:
            self.fields["owner"].widget = forms.Select(choices=[("", _("nobody yet")), *contacts])

    @staticmethod
    def initial_of(item: Item) -> dict[str, Any]:
        return {
            "text": item.text, "root": item.root, "common": item.common, "owner": item.owner, "due": item.due,
            "measures": list(item.measures), "version": item.version,
        }  # fmt: skip

    def values(self) -> dict[str, Any]:
        """What the action takes, from a valid form."""
        return dict(self.cleaned_data)


class OutcomeForm(VersionForm):
    outcome = _long(
        gettext_lazy("What came of it"), 4,
        help_text=gettext_lazy("How it ended, for somebody who reads only this: what happened, how bad it was, what is so now."),
    )  # fmt: skip


class AbsentForm(VersionForm):
    """Why milestones do not apply here; only those that are not marked."""

    def __init__(self, *args: Any, marked: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in MAY_BE_ABSENT:
            if name not in set(marked):
                self.fields[name] = forms.CharField(label=MILESTONES[name], max_length=500, required=False)

    def values(self) -> dict[str, Any]:
        return {"absent": {name: self.cleaned_data[name] for name in self.fields if name != "version"}}


class SettingForm(VersionForm):
    same_setting = _long(
        gettext_lazy("What came of it"),
        help_text=gettext_lazy("What was looked for, where, and what was found: also that it cannot be anywhere else, and why."),
    )  # fmt: skip


class PublicationForm(VersionForm):
    publication = forms.ChoiceField(
        label=gettext_lazy("Is it published?"), choices=Publication, required=False, widget=forms.RadioSelect
    )
    publication_reason = _long(
        pgettext_lazy("publication", "Why"), 2,
        help_text=gettext_lazy("What is told to whom; why not, or why later."),
    )  # fmt: skip


#: The parts of the review that are one text or choice each.
WHOLE: Final[dict[str, type[VersionForm]]] = {
    "outcome": OutcomeForm, "absent": AbsentForm, "elsewhere": SettingForm, "publication": PublicationForm,
}  # fmt: skip


class FindForm(forms.Form):
    """A measure that was missing, to look for where else it is."""

    measure = forms.ChoiceField(label=gettext_lazy("Measure"))

    def __init__(self, *args: Any, first: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here, offered = language(), catalogue.offered()
        ids = dict.fromkeys((*(id for id in first if id in offered), *offered))
        measure: Any = self.fields["measure"]
        measure.choices = [(id, f"{id} {offered[id].short.in_(here)}") for id in ids]
        measure.widget.attrs["class"] = "input"


class RowsForm(forms.Form):
    """Assets that were ticked, and what was found there or until when their owners are asked."""

    row = forms.TypedMultipleChoiceField(coerce=int)
    state = forms.ChoiceField(
        label=gettext_lazy("What was found"), required=False,
        choices=[(one.value, one.label) for one in (SettingState.HOLDS, SettingState.LACKS, SettingState.OPEN)],
    )  # fmt: skip
    note = forms.CharField(label=pgettext_lazy("same setting", "Note"), max_length=MOST_NOTE, required=False)
    due = forms.DateField(
        label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, rows: Iterable[int] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row: Any = self.fields["row"]
        row.choices = [(pk, pk) for pk in rows]
        row.error_messages["required"] = _("Tick the assets first.")
        for name in ("state", "note", "due"):
            self.fields[name].widget.attrs["class"] = "input"


class CloseForm(VersionForm):
    """A reason for each point that is missing, where it is closed nevertheless."""

    def __init__(self, *args: Any, points: Iterable[Point], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for point in points:
            self.fields[point.id] = forms.CharField(
                label=POINTS[point.id].name, max_length=MOST_REASON, required=False,
                widget=forms.Textarea(attrs={"rows": 2, "class": "input"}),
            )  # fmt: skip

    def reasons(self) -> dict[str, str]:
        return {name: value for name, value in self.cleaned_data.items() if name != "version" and value}
