"""Forms of maturity: scores of a day, files of self-checks and of peers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.kit.document import BadFile
from kizuki.kit.text import shown
from kizuki.measures.benchmark.checks import checks
from kizuki.measures.benchmark.engine.format import Check, Checks, Peers, read_checks, read_peers
from kizuki.measures.benchmark.engine.table import read_table
from kizuki.ui.faults import said
from kizuki.ui.fields import OneFile
from kizuki.ui.templatetags.kizuki import language

MOST_FAULTS = 20


class ScoresForm(forms.Form):
    """One field a section; what is left empty is not scored."""

    day = forms.DateField(
        label=_("Day of the self-check"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, check: Check, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.check, scale = check, check.scale
        self.fields["day"].initial = timezone.localdate
        for section in check.sections:
            self.fields[f"s-{section.id}"] = forms.DecimalField(
                label=shown(section.name, language()), required=False, min_value=scale.min, max_value=scale.max,
                max_digits=6, decimal_places=2,
                widget=forms.NumberInput(attrs={"min": scale.min, "max": scale.max, "step": "0.01", "inputmode": "decimal"}),
            )  # fmt: skip
        self.fields["note"] = forms.CharField(
            label=_("Notes"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("Who was asked, what changed since the last time."),
        )  # fmt: skip

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The day lies in the future."))
        return day

    def scores(self) -> dict[str, float | None]:
        """Section → score, from a valid form."""
        found = {section.id: self.cleaned_data[f"s-{section.id}"] for section in self.check.sections}
        return {id: None if value is None else float(value) for id, value in found.items()}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if not self.errors and all(value is None for value in self.scores().values()):
            raise forms.ValidationError(_("Enter a score for at least one section."))
        return given


class CheckFileForm(forms.Form):
    """A file of self-checks; `cleaned_data["file"]` is what it holds."""

    file = OneFile(label=_("File of self-checks"), help_text=_("YAML or JSON in the format kizuki/self-checks/1."))

    def clean_file(self) -> Checks:
        upload = self.cleaned_data["file"]
        try:
            return read_checks(upload.name, upload.read())
        except BadFile as error:
            raise forms.ValidationError([said(fault) for fault in error.faults[:MOST_FAULTS]]) from None


class PeerFileForm(forms.Form):
    """Figures of peers; `cleaned_data["found"]` is what the file holds."""

    source = forms.CharField(
        label=_("Source"), max_length=400, help_text=_("Who gathered the figures, when, among whom. Needed for CSV."),
        required=False,
    )  # fmt: skip
    file = OneFile(
        label=_("File with figures of peers"),
        help_text=_("CSV with the columns check, version, section, n, q1, median, q3 and, if known, sector and size; or JSON."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        upload, source = given.get("file"), (given.get("source") or "").strip()
        if upload is None:
            return given
        try:
            given["found"] = self._read(upload, source)
        except BadFile as error:
            self.add_error("file", [said(fault) for fault in error.faults[:MOST_FAULTS]])
        return given

    def _read(self, upload: Any, source: str) -> Peers | None:
        known = list(checks().values())
        if not upload.name.lower().endswith(".csv"):
            return read_peers(upload.name, upload.read(), known)
        if not source:
            self.add_error("source", _("Say where the figures come from."))
            return None
        return read_table(upload.name, upload.read(), source, known)
