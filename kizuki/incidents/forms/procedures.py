"""The form that takes a file with a procedure."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.incidents.engine import procedure as engine
from kizuki.incidents.engine.procedure import MOST_BYTES, Procedure
from kizuki.kit.document import BadFile
from kizuki.measures import catalogue
from kizuki.ui.faults import said
from kizuki.ui.fields import OneFile

MOST_FAULTS: Final = 20


class ProcedureForm(forms.Form):
    """A procedure file, checked as a whole. `base`: the version that it replaces (0: none). `kept`: the text of a file that was sent
    before, so that nobody has to choose it again after a clash."""

    file = OneFile(
        label=gettext_lazy("Procedure file"), required=False,
        help_text=gettext_lazy("YAML or JSON in the format kizuki/procedure/1, at most 1 MB."),
    )  # fmt: skip
    kept = forms.CharField(
        required=False, max_length=MOST_BYTES, strip=False, widget=forms.Textarea(attrs={"hidden": True})
    )
    name = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    base = forms.IntegerField(min_value=0, initial=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, id: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.id = id
        self.text = ""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        upload, kept = data.get("file"), data.get("kept", "")
        if not upload and not kept:
            if not self.errors:
                self.add_error("file", _("Choose a file."))
            return data
        raw = upload.read() if upload else kept.encode()
        data["name"] = upload.name[:200] if upload else data.get("name") or "procedure.yaml"
        try:
            data["procedure"] = self._read(data["name"], raw)
        except BadFile as error:
            faults = [said(fault) for fault in error.faults]
            more = [_("… and %(n)d more.") % {"n": len(faults) - MOST_FAULTS}] if len(faults) > MOST_FAULTS else []
            for line in [*faults[:MOST_FAULTS], *more]:
                self.add_error("file", line)
        else:
            self.text = raw.decode("utf-8-sig")
        return data

    def _read(self, name: str, raw: bytes) -> Procedure:
        found = engine.read(name, raw, measures=catalogue.ids())
        if self.id and found.id != self.id:
            told = _(
                "This file has the id “%(other)s”, but “%(id)s” is to be replaced. Correct the id, or import it as a new one."
            )
            raise forms.ValidationError({"file": told % {"other": found.id, "id": self.id}})
        return found
