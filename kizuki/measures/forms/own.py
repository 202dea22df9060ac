"""The form of an own measure, and the one that takes a file of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kizuki.kit.document import BadFile
from kizuki.kit.text import Text
from kizuki.measures import catalogue, words
from kizuki.measures.engine import format
from kizuki.measures.engine.format import Measure, Measures, Power
from kizuki.measures.engine.own import LONGEST, OWN_ID
from kizuki.ui.faults import said
from kizuki.ui.fields import OneFile

_TEXTS = ("name", "short", "text", "reason")


class OwnMeasureForm(forms.Form):
    """All fields that a measure of the library has."""

    id = forms.CharField(label=_("Id"), max_length=16, help_text=_("Begins with X, such as X01. It never changes."))
    name_ja = forms.CharField(
        label=_("Name in Japanese"), required=False, max_length=200, widget=forms.TextInput(attrs={"lang": "ja"})
    )
    name_en = forms.CharField(
        label=_("Name in English"), required=False, max_length=200, widget=forms.TextInput(attrs={"lang": "en"})
    )
    short_ja = forms.CharField(
        label=_("Short name in Japanese"), required=False, max_length=40, widget=forms.TextInput(attrs={"lang": "ja"})
    )
    short_en = forms.CharField(
        label=_("Short name in English"), required=False, max_length=40, widget=forms.TextInput(attrs={"lang": "en"})
    )
    text_ja = forms.CharField(
        label=_("Explanation in Japanese"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "ja"}),
    )
    text_en = forms.CharField(
        label=_("Explanation in English"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "lang": "en"}),
    )
    function = forms.ChoiceField(label=_("Function"), choices=list(words.FUNCTIONS.items()))
    stops = forms.ChoiceField(label=_("Stop"), choices=list(words.STOPS.items()), initial="no")
    contains = forms.ChoiceField(label=_("Contain"), choices=list(words.CONTAINS.items()), initial="no")
    fences = forms.ChoiceField(
        label=_("What it closes"), required=False, choices=[("", "–"), *words.FENCES.items()],
        help_text=_("Only where it closes a way on."),
    )  # fmt: skip
    delay = forms.ChoiceField(label=_("See"), choices=list(words.DELAYS.items()), initial="no")
    basis = forms.ChoiceField(label=_("Basis"), choices=list(words.BASES.items()), initial="judgement")
    reason_ja = forms.CharField(
        label=_("Reason in Japanese"), required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"lang": "ja"})
    )
    reason_en = forms.CharField(
        label=_("Reason in English"), required=False, max_length=LONGEST, widget=forms.TextInput(attrs={"lang": "en"})
    )
    csf = forms.CharField(
        label=_("NIST CSF 2.0"), required=False, max_length=400, help_text=_("Subcategories, with spaces between.")
    )
    mitigations = forms.CharField(
        label=_("ATT&CK mitigations"), required=False, max_length=400, help_text=_("Ids, with spaces between.")
    )
    meti = forms.TypedMultipleChoiceField(
        label=_("Directions of the Cybersecurity Management Guidelines"), required=False, coerce=int,
        choices=[(n, str(n)) for n in range(1, 11)], widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    cost = forms.ChoiceField(label=_("Cost"), choices=list(words.COSTS.items()), initial="not stated")
    split_from = forms.CharField(
        label=_("Split from"),
        required=False,
        max_length=16,
        help_text=_("The id of the measure from which it is split."),
    )
    base = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0)

    def __init__(self, *args: Any, fixed: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed = fixed
        if fixed:
            del self.fields["id"]

    def clean_id(self) -> str:
        id: str = self.cleaned_data["id"].strip().upper()
        if not OWN_ID.fullmatch(id):
            raise forms.ValidationError(
                _("%(id)s cannot be the id of an own measure: those begin with X, such as X01."), params={"id": id}
            )
        return id

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for part in ("name", "short", "text"):
            if not any((data.get(f"{part}_{code}") or "").strip() for code in ("ja", "en")):
                self.add_error(f"{part}_ja", _("Write it in Japanese, in English, or in both."))
        if (data.get("contains") == "fences") != bool(data.get("fences")):
            self.add_error("fences", _("Say what is closed if it closes a way on, and only then."))
        split = (data.get("split_from") or "").strip()
        if split and split not in catalogue.measures():
            self.add_error("split_from", _("The measure from which this one is split is not in the catalogue."))
        return data

    def measure(self) -> Measure:
        data = self.cleaned_data
        texts = {part: self._text(part) for part in _TEXTS}
        power = Power(
            stops=data["stops"], contains=data["contains"], delay=data["delay"], fences=data["fences"] or None,
            basis=data["basis"], reason=texts["reason"] if texts["reason"].in_("ja") else None,
        )  # fmt: skip
        return Measure(
            id=self.fixed or data["id"], name=texts["name"], short=texts["short"], text=texts["text"], function=data["function"],
            power=power, csf=tuple(data["csf"].split()), mitigations=tuple(data["mitigations"].split()),
            meti=tuple(sorted(data["meti"])), cost=data["cost"], split_from=data["split_from"].strip() or None,
        )  # fmt: skip

    def _text(self, part: str) -> Text:
        ja, en = (self.cleaned_data[f"{part}_{code}"].strip() for code in ("ja", "en"))
        return Text(ja=ja or None, en=en or None)


def initial_of_measure(measure: Measure, version: int) -> dict[str, Any]:
    """What the form of a measure shows first."""
    power = measure.power
    made: dict[str, Any] = {
        "function": measure.function, "stops": power.stops, "contains": power.contains, "fences": power.fences or "",
        "delay": power.delay, "basis": power.basis, "csf": " ".join(measure.csf), "mitigations": " ".join(measure.mitigations),
        "meti": list(measure.meti), "cost": measure.cost, "split_from": measure.split_from or "", "base": version,
    }  # fmt: skip
    for part, text in (
        ("name", measure.name),
        ("short", measure.short),
        ("text", measure.text),
        ("reason", power.reason),
    ):
        made |= {f"{part}_ja": (text and text.ja) or "", f"{part}_en": (text and text.en) or ""}
    return made


class MeasuresFileForm(forms.Form):
    """A file of measures, checked as a whole."""

    file = OneFile(label=_("Measures file"), help_text=_("YAML or JSON in the format kizuki/measures/1."))

    def clean_file(self) -> Measures:
        upload = self.cleaned_data["file"]
        try:
            return format.read(upload.name, upload.read(), known=catalogue.ids())
        except BadFile as error:
            faults = [said(fault) for fault in error.faults]
            more = [_now("… and %(n)d more.") % {"n": len(faults) - 20}] if len(faults) > 20 else []
            raise forms.ValidationError([*faults[:20], *more]) from None
