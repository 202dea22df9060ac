"""The form that starts a round of self-assessment, and those with which its answers are decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kizuki.accounts.models import Person
from kizuki.measures.actions.rounds import Asked
from kizuki.measures.forms.coverage import measure_choices
from kizuki.register.models import Contact, Organisation, Unit
from kizuki.ui.templatetags.kizuki import language

MATTERS, CHOSEN = "matters", "chosen"


class UnitLine(NamedTuple):
    """A unit that may be asked: its row, its owner's name, and the language in which it is asked unless changed."""

    unit: Unit
    owner: str
    language: str


def unit_lines(organisation: Organisation) -> list[UnitLine]:
    """All units by name. The language is that of the owner's account, else that of the reader."""
    units = list(Unit.objects.filter(organisation=organisation, deleted_at=None))
    contacts = {
        row.key: row
        for row in Contact.objects.filter(
            organisation=organisation,
            deleted_at=None,
            key__in={u.owner for u in units if u.owner},  # type: ignore[attr-defined]
        )
    }
    mails = {contact.mail.lower() for contact in contacts.values() if contact.mail}  # type: ignore[attr-defined]
    speak = dict(Person.objects.filter(email__in=mails).values_list("email", "language"))
    lines = []
    for unit in units:
        owner: Any = contacts.get(unit.owner)  # type: ignore[attr-defined]
        code = speak.get(owner.mail.lower(), language()) if owner else language()
        lines.append(UnitLine(unit, owner.name.in_(code) if owner else "", code))  # type: ignore[arg-type]
    return sorted(lines, key=lambda line: line.unit.name.in_(language()))


class RoundForm(forms.Form):
    """Title, day, measures; the units with their languages come as fields of their own (`lines`)."""

    title = forms.CharField(label=_("Title"), max_length=200)
    due = forms.DateField(
        label=_("Answers until"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Links lead in for two weeks more, so that late answers are not lost."),
    )  # fmt: skip
    which = forms.ChoiceField(
        label=_("What is asked"), widget=forms.RadioSelect, initial=MATTERS,
        choices=[
            (MATTERS, _("What matters for each unit: measures that act on attacks and are not known in full there")),
            (CHOSEN, _("The measures ticked below")),
        ],
    )  # fmt: skip
    measures = forms.MultipleChoiceField(label=_("Measures"), required=False, widget=forms.CheckboxSelectMultiple)
    units = forms.MultipleChoiceField(label=_("Units"), error_messages={"required": _("Choose at least one unit.")})

    def __init__(self, *args: Any, lines: Sequence[UnitLine], all_ticked: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lines, self.all_ticked = lines, all_ticked
        self.fields["measures"].choices = measure_choices()  # type: ignore[attr-defined]
        self.fields["units"].choices = [(line.unit.key, line.unit.key) for line in lines]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("which") == CHOSEN and not data.get("measures"):
            self.add_error("measures", _("Tick at least one measure."))
        return data

    def chosen_language(self, line: UnitLine) -> str:
        given: str = self.data.get(f"language-{line.unit.key}", line.language) if self.is_bound else line.language
        return given if given in dict(settings.LANGUAGES) else line.language

    def shown_lines(self) -> list[tuple[UnitLine, bool, str]]:
        """Each unit with whether it is ticked, and its language, as the page shows them again."""
        ticked = self.data.getlist("units") if self.is_bound else []  # type: ignore[attr-defined]
        return [(line, self.all_ticked or line.unit.key in ticked, self.chosen_language(line)) for line in self.lines]

    def asked(self, matters: Any) -> list[Asked]:
        """Who is asked what; `matters(unit)` gives the ids for a unit."""
        data = self.cleaned_data
        made = []
        for line in self.lines:
            if line.unit.key in data["units"]:
                wanted = data["measures"] if data["which"] == CHOSEN else matters(line.unit.key)
                made.append(
                    Asked(
                        line.unit.key, line.unit.name_ja, line.unit.name_en, line.owner, self.chosen_language(line), wanted,
                    )
                )  # fmt: skip
        return made


class RemarkForm(forms.Form):
    """Why a proposal is sent back."""

    remark = forms.CharField(label=_("What should be added"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class AcceptSeveralForm(forms.Form):
    """The ticked proposals as pk:version:base, and until when what they say shall count."""

    valid_until = forms.DateField(
        label=_("Valid until"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    ticked = forms.MultipleChoiceField(error_messages={"required": _("Tick at least one line.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = self.data.getlist("ticked")[:500] if self.is_bound else []  # type: ignore[attr-defined]
        self.fields["ticked"].choices = [(value, value) for value in given]  # type: ignore[attr-defined]

    def clean_ticked(self) -> list[tuple[int, int, int | None]]:
        """(pk, version, version of the row beside it or None) of each."""
        made: list[tuple[int, int, int | None]] = []
        for value in self.cleaned_data["ticked"]:
            parts = value.split(":")
            if len(parts) != 3 or not all(p.isascii() and p.isdecimal() and len(p) < 18 for p in parts):
                raise ValidationError(_("Tick at least one line."))
            pk, version, base = map(int, parts)
            made.append((pk, version, base or None))
        return made
