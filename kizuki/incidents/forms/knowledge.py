"""Forms of what is known: assets, indicators, files; and of setting a next step aside."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kizuki.incidents.actions.knowledge import MOST_NOTE
from kizuki.incidents.choices import AssetState, IndicatorState
from kizuki.incidents.forms.common import VersionForm
from kizuki.ui.fields import OneFile

LONGEST = 100_000


class AssetsForm(forms.Form):
    """Assets by what they are called, many at once."""

    words = forms.CharField(
        label=gettext_lazy("Ids, names, host names or addresses"), max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("One a line, or parted by commas. Paste a column of a table."),
    )  # fmt: skip
    state = forms.ChoiceField(label=gettext_lazy("How they stand"), choices=AssetState, initial=AssetState.AFFECTED)


class AssetStateForm(VersionForm):
    """How one asset stands. Without ids, for a page holds many of them."""

    state = forms.ChoiceField(choices=AssetState)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": False})


class IndicatorsForm(forms.Form):
    """Indicators, one or many, with what they are."""

    text = forms.CharField(
        label=gettext_lazy("Indicators"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("Addresses, domains, URLs, hashes, CVE; also hxxp and [.]. Any text will do."),
    )  # fmt: skip
    why = forms.CharField(
        label=gettext_lazy("What it is"), max_length=MOST_NOTE, required=False,
        help_text=gettext_lazy("Such as: where the attacker signed in from."),
    )  # fmt: skip


class IndicatorForm(VersionForm):
    """What is made of one indicator. Without ids, for a page holds many of them."""

    state = forms.ChoiceField(choices=IndicatorState)
    why = forms.CharField(max_length=MOST_NOTE, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"auto_id": False})


class FileForm(forms.Form):
    """A file to keep with the incident."""

    file = OneFile(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A screenshot, a mail, a log. Its SHA-256 goes into the timeline."),
    )
    text = forms.CharField(label=gettext_lazy("What it is"), max_length=1000, required=False)


class StepForm(forms.Form):
    """A suggestion, by its key."""

    key = forms.CharField(max_length=120)


class AsideForm(StepForm):
    """A suggestion that is not followed, with the reason."""

    reason = forms.CharField(label=gettext_lazy("Why not"), max_length=2000)
