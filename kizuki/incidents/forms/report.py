"""Forms of reports and of bringing a timeline in."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from kizuki.incidents.engine.report import AUDIENCES, LANGUAGES
from kizuki.incidents.forms.common import OnceForm
from kizuki.ui.fields import OneFile

AUDIENCE_NAMES: Final[dict[str, Any]] = {
    "executive": pgettext_lazy("audience", "the management: one page"),
    "technical": pgettext_lazy("audience", "those who work on it: everything"),
}
LANGUAGE_NAMES: Final[dict[str, Any]] = {"ja": gettext_lazy("Japanese"), "en": gettext_lazy("English")}


class ReportForm(forms.Form):
    """Which report; what was not understood is the page for the management in the reader's language."""

    audience = forms.ChoiceField(
        label=gettext_lazy("For"), required=False, choices=[(word, AUDIENCE_NAMES[word]) for word in AUDIENCES]
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[(word, LANGUAGE_NAMES[word]) for word in LANGUAGES]
    )

    def __init__(self, data: Any, *, here: str) -> None:
        super().__init__({"audience": data.get("audience", ""), "language": data.get("language", "")})
        self.is_valid()
        self.for_whom: str = self.cleaned_data.get("audience") or AUDIENCES[0]
        self.in_language: str = self.cleaned_data.get("language") or here
        self.data = {"audience": self.for_whom, "language": self.in_language}
        for name in self.data:
            self.fields[name].widget.attrs["class"] = "input"


class TimelineFileForm(forms.Form):
    """The table of a timeline."""

    file = OneFile(label=gettext_lazy("File (CSV)"))


class TimelineForm(OnceForm):
    """The same table, looked through and sent again to be entered."""

    table = forms.CharField(widget=forms.HiddenInput, strip=False, max_length=3_000_000)
