"""Forms of what criteria are asked: facts, a severity set by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.forms import FactsForm
from kizuki.incidents.choices import Severity
from kizuki.incidents.forms.common import OnceForm


class JudgeForm(OnceForm, FactsForm):
    """The facts of one or several criteria, sent once."""

    def __init__(self, *args: Any, criteria: tuple[Criteria, ...], **kwargs: Any) -> None:
        super().__init__(*args, criteria=criteria, **kwargs)


class SetSeverityForm(OnceForm):
    """Another severity than the criteria give."""

    severity = forms.TypedChoiceField(
        label=gettext_lazy("Severity"), coerce=int, choices=[choice for choice in Severity.choices if choice[0]]
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Why the criteria are not followed here. It stands in the timeline."),
    )  # fmt: skip
