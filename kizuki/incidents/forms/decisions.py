"""Forms of decisions: writing one down, and looking at one again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.accounts.models import Person
from kizuki.incidents.actions.decisions import MOST, MOST_OPTIONS
from kizuki.incidents.engine.procedure import Question
from kizuki.incidents.forms.common import OnceForm
from kizuki.incidents.forms.tasks import moment_input
from kizuki.ui.templatetags.kizuki import language

NUMBERS: Final = tuple(range(1, MOST_OPTIONS + 1))


class DecisionForm(OnceForm):
    """A question, two to six options with a mark at the one that was chosen, why, and whose decision it was."""

    question = forms.CharField(
        label=gettext_lazy("Question"), max_length=MOST["question"], widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("“Do we stop the research share?”"),
    )  # fmt: skip
    chosen = forms.TypedChoiceField(
        label=gettext_lazy("Chosen"), coerce=int, choices=[(n, str(n)) for n in NUMBERS], widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say which option was chosen.")},
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=MOST["reason"], widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What spoke for it, what against it, and what is not known."),
    )  # fmt: skip
    decided_by = forms.CharField(
        label=gettext_lazy("Whose decision it was"), max_length=MOST["decided_by"],
        widget=forms.TextInput(attrs={"list": "people", "autocomplete": "off"}),
    )  # fmt: skip
    at = forms.DateTimeField(
        label=gettext_lazy("When it was decided"), required=False, widget=moment_input(),
        help_text=gettext_lazy("By your clock; left empty, now. What had been entered by then is kept as what was known."),
    )  # fmt: skip
    review_on = forms.DateTimeField(
        label=gettext_lazy("Look at it again"), required=False, widget=moment_input(),
        help_text=gettext_lazy("By your clock. It then stands in “My work” of whoever leads the incident."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in NUMBERS:
            self.fields[f"option_{n}"] = forms.CharField(
                label=_("Option %(n)d") % {"n": n}, max_length=MOST["option"], required=False
            )

    @property
    def rows(self) -> list[tuple[int, BoundField, bool]]:
        """Number and field of each option, and whether it is the chosen one."""
        chosen = str(self["chosen"].value() or "")
        return [(n, self[f"option_{n}"], str(n) == chosen) for n in NUMBERS]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        written = [n for n in NUMBERS if data.get(f"option_{n}", "").strip()]
        if len(written) < 2:
            self.add_error("option_1", _("Write 2 to 6 options: what else could have been done, at least to leave it."))
        elif "chosen" in data and data["chosen"] not in written:
            self.add_error("chosen", _("Say which option was chosen."))
        return data

    def values(self) -> dict[str, Any]:
        """What the action takes, from a valid form."""
        data = self.cleaned_data
        written = [n for n in NUMBERS if data[f"option_{n}"].strip()]
        made = {name: data[name] for name in ("question", "reason", "decided_by", "at", "review_on", "once")}
        return {**made, "options": [data[f"option_{n}"] for n in written], "chosen": written.index(data["chosen"])}


def initial_of_question(question: Question, people: Sequence[Person]) -> dict[str, Any]:
    """What the form shows for a decision that a step asks for, in the reader's language. `people`: whose decision it is."""
    here = language()
    made: dict[str, Any] = {"question": question.text.in_(here)}
    made |= {f"option_{n}": option.name.in_(here) for n, option in enumerate(question.options, start=1)}
    return {**made, "decided_by": people[0].name if len(people) == 1 else ""}


class ReviewForm(OnceForm):
    """Whether a decision still holds."""

    holds = forms.TypedChoiceField(
        label=gettext_lazy("Does it still hold?"), coerce=lambda word: word == "yes", widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("It still holds")), ("no", gettext_lazy("It no longer holds"))],
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Why"), required=False, max_length=MOST["text"], widget=forms.Textarea(attrs={"rows": 3})
    )
    review_on = forms.DateTimeField(
        label=gettext_lazy("Look at it again"), required=False, widget=moment_input(),
        help_text=gettext_lazy("By your clock; left empty, never."),
    )  # fmt: skip
