"""Which incidents a person asks for, shared by the page, its CSV and JSON, and the API."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from kizuki.incidents.choices import OPEN, Kind, Severity, Status
from kizuki.incidents.models import GRAVITY, Incident, Member
from kizuki.incidents.search import matching
from kizuki.incidents.times import midnight
from kizuki.ui.templatetags.kizuki import language

#: What a list may be sorted by: word → the fields, last the one that no two share. "-" before the word turns it round.
SORTS: Final[dict[str, tuple[str, ...]]] = {
    "opened": ("opened_at", "pk"),
    "changed": ("changed_at", "pk"),
    "severity": ("gravity", "opened_at", "pk"),
    "number": ("number", "pk"),
    "status": ("status", "severity", "opened_at", "pk"),
}


class IncidentFilter(forms.Form):
    """Everything is optional; what was not understood does not narrow the list. Without a status, what is open."""

    q = forms.CharField(label=gettext_lazy("Words"), required=False, max_length=200)
    status = forms.ChoiceField(label=gettext_lazy("Status"), required=False)
    severity = forms.ChoiceField(label=gettext_lazy("Severity"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), required=False)
    lead = forms.ChoiceField(label=pgettext_lazy("incident", "Lead"), required=False)
    exercise = forms.ChoiceField(label=gettext_lazy("Exercises"), required=False)
    since = forms.DateField(label=gettext_lazy("Opened from"), required=False, widget=forms.DateInput({"type": "date"}))
    until = forms.DateField(
        label=gettext_lazy("Opened until"), required=False, widget=forms.DateInput({"type": "date"})
    )
    sort = forms.ChoiceField(required=False, choices=[(f"{sign}{word}", word) for word in SORTS for sign in ("", "-")])

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        any_ = ("", _("any"))
        choices: dict[str, Any] = {
            "status": [("", pgettext("incidents", "open")), ("all", pgettext("incidents", "all")), *Status.choices],
            "severity": [any_, ("3+", _("high or critical")), *reversed(Severity.choices)],
            "kind": [any_, *Kind.choices],
            "lead": [any_, ("me", _("I lead it")), ("member", _("I have a role in it")), ("nobody", _("nobody leads it"))],
            "exercise": [("", pgettext("exercises", "with the others")), ("no", pgettext("exercises", "left out")),
                         ("only", pgettext("exercises", "alone"))],
        }  # fmt: skip
        for name, listed in choices.items():
            self.fields[name].choices = listed  # type: ignore[attr-defined]
        for part in self.fields.values():
            part.widget.attrs["class"] = "input"

    @property
    def asked(self) -> dict[str, Any]:
        """What was asked for and understood, without what was left empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return bool(set(self.asked) - {"sort"})

    def apply(self, rows: QuerySet[Incident]) -> QuerySet[Incident]:
        """The incidents asked for, in the order asked for; without one, the gravest first and then the newest."""
        asked = self.asked
        rows = self._by_person(self._by_choice(rows, asked), asked)
        if text := asked.get("q"):
            rows = matching(rows, text, language(), self.person)
        if since := asked.get("since"):
            rows = rows.filter(opened_at__gte=midnight(since))
        if until := asked.get("until"):
            rows = rows.filter(opened_at__lt=midnight(until, after=True))
        return rows.alias(gravity=GRAVITY).order_by(*self.order)

    @property
    def sorted_by(self) -> str:
        """The word of the order, with "-" where it runs down."""
        word: str = self.asked.get("sort", "")
        return word or ("-opened" if self.asked.get("status") else "-severity")

    @property
    def order(self) -> list[str]:
        word = self.sorted_by
        sign = "-" if word.startswith("-") else ""
        return [f"{sign}{field}" for field in SORTS[word.removeprefix("-")]]

    @staticmethod
    def _by_choice(rows: QuerySet[Incident], asked: dict[str, Any]) -> QuerySet[Incident]:
        status, severity = asked.get("status"), asked.get("severity")
        if status != "all":
            rows = rows.filter(status__in=[status] if status else OPEN)
        if severity:
            rows = rows.filter(severity__gte=3) if severity == "3+" else rows.filter(severity=severity)
        if kind := asked.get("kind"):
            rows = rows.filter(kind=kind)
        if exercise := asked.get("exercise"):
            rows = rows.filter(exercise=exercise == "only")
        return rows

    def _by_person(self, rows: QuerySet[Incident], asked: dict[str, Any]) -> QuerySet[Incident]:
        lead = asked.get("lead")
        if lead == "member":
            mine = Member.objects.filter(person=self.person.pk, until=None)
            return rows.filter(pk__in=mine.values("incident"))
        if lead:
            return rows.filter(lead=self.person.pk if lead == "me" else None)
        return rows
