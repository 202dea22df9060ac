"""The line with which an entry is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents.forms.common import OnceForm, new_once
from kizuki.incidents.models import Entry
from kizuki.incidents.words import LANE_NAMES


class LineForm(OnceForm):
    """One line; lane and kind are asked only where it leaves them out."""

    line = forms.CharField(
        label=gettext_lazy("Entry"), required=False, strip=False,
        widget=forms.TextInput({"class": "input", "autocomplete": "off", "autocapitalize": "off", "enterkeyhint": "send"}),
    )  # fmt: skip
    lane = forms.ChoiceField(label=gettext_lazy("Lane"), required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("entry", "Kind"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in (("lane", LANE_NAMES), ("kind", KINDS)):
            field: Any = self.fields[name]
            field.choices = [("", "–"), *words.items()]
            field.widget.attrs["class"] = "input"

    def picked(self) -> dict[str, str]:
        """Lane and kind as they were chosen."""
        return {name: str(self[name].value() or "") for name in ("lane", "kind")}


class CorrectForm(OnceForm):
    """What stands in place of an entry. `keep`: what the entry speaks of and still does."""

    at = forms.CharField(
        label=gettext_lazy("When"), max_length=80,
        help_text=gettext_lazy("14:02, 11-22 14:02, yesterday 18:00, about 18:00, 2026-11-22 early, day 2 14:00, undated"),
    )  # fmt: skip
    lane = forms.ChoiceField(label=gettext_lazy("Lane"), choices=list(LANE_NAMES.items()))
    kind = forms.ChoiceField(label=pgettext_lazy("entry", "Kind"), choices=list(KINDS.items()))
    text = forms.CharField(
        label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 4}),
        help_text=gettext_lazy("@person and #asset are linked as in the line."),
    )  # fmt: skip
    handover = forms.MultipleChoiceField(
        label=gettext_lazy("Hands over to"), choices=list(LANE_NAMES.items()), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    keep = forms.MultipleChoiceField(
        label=gettext_lazy("Speaks of"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, entry: Entry, **kwargs: Any) -> None:
        links = list(entry.links.all())
        initial = {
            "at": entry.at, "lane": entry.lane, "kind": entry.kind, "text": entry.text, "handover": entry.handover,
            "keep": [str(link.pk) for link in links], "once": new_once(),
        }  # fmt: skip
        super().__init__(*args, **{"initial": initial, "auto_id": "correct-%s", **kwargs})
        keep: Any = self.fields["keep"]
        keep.choices = [(str(link.pk), link.label) for link in links]
        if not links:
            del self.fields["keep"]


class WithdrawForm(OnceForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea({"rows": 2}),
        help_text=gettext_lazy("The entry stays to be read, crossed out, with this reason."),
    )  # fmt: skip


class MilestoneForm(forms.Form):
    """Which milestone was reached with the entry; `until`: where it is only known that it was reached by then."""

    name = forms.ChoiceField(label=gettext_lazy("Milestone"), choices=list(MILESTONES.items()))
    until = forms.CharField(
        label=gettext_lazy("At the latest"), max_length=80, required=False,
        help_text=gettext_lazy("Only where it was reached between the entry and this time."),
    )  # fmt: skip


class HandOverForm(OnceForm):
    lane = forms.ChoiceField(label=pgettext_lazy("hand over", "To"), choices=list(LANE_NAMES.items()))
