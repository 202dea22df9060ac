"""Which lines of a plan somebody asks for, shared by the page, its ticks and its CSV."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kizuki.imports.choices import LineState, Outcome
from kizuki.register import words
from kizuki.register.engine.kinds import KINDS

#: What is looked at first: what somebody has to decide, then what would change.
SHOWN = (
    LineState.CONFLICT,
    LineState.NEW,
    LineState.CHANGED,
    LineState.GONE,
    LineState.BAD,
    LineState.NOTE,
    LineState.OUTSIDE,
    LineState.SAME,
)


def kind_names() -> dict[str, Any]:
    """What one record of each kind is called."""
    return {
        kind.name: words.PARTS[kind.part].one if kind.part in words.PARTS else _("Coverage") for kind in KINDS.values()
    }


class LineFilter(forms.Form):
    """Everything is optional; what was not understood does not narrow the list."""

    state = forms.ChoiceField(required=False, choices=LineState.choices, widget=forms.HiddenInput)
    q = forms.CharField(label=gettext_lazy("Name, id or row"), required=False, max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    take = forms.ChoiceField(label=pgettext_lazy("line of an import", "Taken"), required=False)
    outcome = forms.ChoiceField(label=gettext_lazy("What became of it"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        any_: tuple[str, Any] = ("", _("any"))
        taken, left = pgettext("line of an import", "taken"), pgettext("line of an import", "left")
        choices: dict[str, Any] = {
            "kind": [any_, *kind_names().items()], "take": [any_, ("yes", taken), ("no", left)],
            "outcome": [any_, *((value, label) for value, label in Outcome.choices if value)],
        }  # fmt: skip
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for part in self.fields.values():
            part.widget.attrs["class"] = "input"

    def apply(self, lines: Any, *, state: bool = True) -> Any:
        self.is_valid()
        asked = self.cleaned_data
        for name in ("kind", "outcome", *(("state",) if state else ())):
            if asked.get(name):
                lines = lines.filter(**{name: asked[name]})
        if asked.get("take"):
            lines = lines.filter(take=asked["take"] == "yes")
        if q := asked.get("q", "").strip():
            fits = Q(name__icontains=q) | Q(key__icontains=q)
            lines = lines.filter(fits | Q(place=int(q)) if q.isascii() and q.isdecimal() and len(q) < 9 else fits)
        return lines
