"""The line with which an entry is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuki.casebook.words import KINDS
from kizuki.incidents.forms.common import OnceForm
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
