"""Several lines pasted at once, and the entries that are proposed for them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents.choices import LANES
from kizuki.incidents.engine.proposed import Proposed
from kizuki.incidents.forms.common import OnceForm
from kizuki.incidents.words import LANE_NAMES

#: So many proposals stand on one page; the others wait in it.
STEP: Final = 80
#: More is not taken at once: the page that proposes it all has to be sent back in one piece.
MOST_LINES: Final = 1500
MOST_BYTES: Final = 250_000
#: Why a proposal has to be looked at.
NOTES: Final[dict[str, Any]] = {
    "none": gettext_lazy("No time was found in it."),
    "day": gettext_lazy("Only a time of day; the day was concluded."),
    "name": gettext_lazy("The first word was taken for a name."),
    "form": gettext_lazy("Its time was not understood."),
    "future": gettext_lazy("Its time lies in the future."),
    "ancient": gettext_lazy("Its time lies before 1990."),
    "gap": gettext_lazy("Its time does not exist: the clocks were put forward then."),
    "twice": gettext_lazy("Its time came twice: the clocks were put back then."),
}


class PasteForm(forms.Form):
    text = forms.CharField(
        label=pgettext_lazy("pasted", "Lines"), strip=False,
        widget=forms.Textarea({"rows": 14, "class": "input mono", "spellcheck": "false"}),
    )  # fmt: skip
    lane = forms.ChoiceField(
        label=gettext_lazy("Lane, where a line names none"), choices=[("", "–"), *LANE_NAMES.items()], required=False
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind, where a line names none and nothing hints at one"),
        choices=[("", pgettext_lazy("kind of entry", "choose for each line")), *KINDS.items()],
        required=False,
        initial="analyse",
    )


class RowForm(forms.Form):
    """One proposed entry. `take`: it is to be entered."""

    take = forms.BooleanField(label=gettext_lazy("Enter it"), required=False)
    at = forms.CharField(label=gettext_lazy("When"), max_length=80, required=False)
    lane = forms.ChoiceField(label=gettext_lazy("Lane"), choices=[("", "–"), *LANE_NAMES.items()], required=False)
    kind = forms.ChoiceField(label=pgettext_lazy("entry", "Kind"), choices=[("", "–"), *KINDS.items()], required=False)
    who = forms.CharField(label=gettext_lazy("Who"), max_length=80, required=False)
    text = forms.CharField(label=gettext_lazy("Text"), widget=forms.Textarea({"rows": 2}), required=False)
    milestone = forms.ChoiceField(choices=[("", ""), *MILESTONES.items()], required=False, widget=forms.HiddenInput)
    handover = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)
    note = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, part in self.fields.items():
            if name != "take" and not part.widget.is_hidden:
                part.widget.attrs |= {"class": "input", "aria-label": str(part.label)}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("take"):
            asked = {
                "at": _("Say when, or write “undated”."), "lane": _("Choose whose act it was."),
                "kind": _("Choose what kind of act it was."), "text": _("Say what happened."),
            }  # fmt: skip
            for name, text in asked.items():
                if name in given and not str(given[name]).strip():
                    self.add_error(name, text)
        return given

    @property
    def why(self) -> Any:
        """Why it has to be looked at; "" where nothing is strange."""
        return NOTES.get(str(self["note"].value() or ""), "")

    @property
    def concluded(self) -> bool:
        """Whether the note tells only what was concluded, and nothing that is wrong."""
        return self["note"].value() in ("day", "name")

    @property
    def lanes(self) -> list[str]:
        return [lane for lane in str(self["handover"].value() or "").split() if lane in LANES]


class RowsForm(OnceForm):
    """What all proposals of a page share. `rest`: those that wait, as JSON."""

    rows = forms.IntegerField(min_value=0, max_value=STEP, widget=forms.HiddenInput)
    rest = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_rest(self) -> list[dict[str, str]]:
        """What waits, as it was put there."""
        try:
            read = json.loads(self.cleaned_data["rest"] or "[]")
            return [{str(name): str(value) for name, value in one.items()} for one in read][:MOST_LINES]
        except (ValueError, AttributeError, TypeError, RecursionError):
            raise ValidationError(_("What waited to be entered cannot be read any more. Paste it again.")) from None


def values(proposed: Proposed, kind: str = "") -> dict[str, str]:
    """What a row shows of a proposal. `kind`: for one that names none and hints at none."""
    return {
        "take": "on", "at": proposed.at or "", "lane": proposed.lane, "kind": proposed.kind or proposed.guess or kind, "who": proposed.who,
        "text": proposed.text, "milestone": proposed.milestone, "handover": " ".join(proposed.handover), "note": proposed.note,
    }  # fmt: skip


def row_forms(waiting: Sequence[dict[str, str]]) -> list[RowForm]:
    """The rows of a page, fresh."""
    return [RowForm(prefix=f"r{n}", initial=one) for n, one in enumerate(waiting[:STEP])]
