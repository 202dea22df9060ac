"""What figures over many incidents are asked of."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kizuki.incidents.choices import OPEN, Kind, Severity
from kizuki.incidents.models import Incident

#: How many years back, by the word that asks for it.
YEARS: Final = {"": 1, "3": 3}


class FiguresForm(forms.Form):
    """Everything is optional; what was not understood does not narrow. Without a period, the last twelve months."""

    period = forms.ChoiceField(label=gettext_lazy("Opened"), required=False)
    by = forms.ChoiceField(label=pgettext_lazy("figures", "By"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), required=False)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        any_ = ("", _("any"))
        choices: dict[str, Any] = {
            "period": [("", _("in the last 12 months")), ("3", _("in the last 3 years")), ("all", _("at any time"))],
            "by": [("", _("month")), ("quarter", _("quarter"))],
            "kind": [any_, *Kind.choices],
            "severity": [any_, ("3+", _("high or critical")), *reversed(Severity.choices)],
            "status": [any_, ("open", pgettext("incidents", "open")), ("closed", pgettext("incidents", "closed"))],
        }
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["class"] = "input"
        self.is_valid()

    @property
    def grouping(self) -> str:
        return "quarter" if self.cleaned_data.get("by") == "quarter" else "month"

    @property
    def narrowed(self) -> bool:
        """Whether anything but the way of grouping was asked for."""
        return any(self.cleaned_data.get(name) for name in ("period", "kind", "severity", "status"))

    def apply(self, rows: QuerySet[Incident], today: dt.date) -> QuerySet[Incident]:
        """The incidents that are asked for."""
        asked = self.cleaned_data
        if (years := YEARS.get(asked.get("period") or "")) is not None:
            first = dt.date(today.year - years, today.month, 1)
            # Whole months: from the one after that of a year ago.
            first = (first + dt.timedelta(days=31)).replace(day=1)
            rows = rows.filter(opened_at__gte=timezone.make_aware(dt.datetime.combine(first, dt.time.min)))
        if kind := asked.get("kind"):
            rows = rows.filter(kind=kind)
        if severity := asked.get("severity"):
            rows = rows.filter(severity__gte=3) if severity == "3+" else rows.filter(severity=severity)
        if status := asked.get("status"):
            rows = rows.filter(status__in=OPEN) if status == "open" else rows.exclude(status__in=OPEN)
        return rows
