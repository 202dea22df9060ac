"""What every form about coverage asks for: state, evidence in words, a link, files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kizuki.files.actions import store_file
from kizuki.files.models import File
from kizuki.journal.actions import By
from kizuki.measures import words
from kizuki.measures.links import MOST_FILES
from kizuki.ui.fields import ManyFiles

LONGEST = 4000


class EvidenceForm(forms.Form):
    """`kept`: the files that are there already and stay."""

    link = forms.CharField(
        label=_("Link to the evidence"), required=False, max_length=400,
        help_text=_("Where the evidence can be looked at, such as a ticket or a folder."),
    )  # fmt: skip
    uploads = ManyFiles(label=_("More files"), required=False)
    kept = forms.MultipleChoiceField(label=_("Files that stay"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, files: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].choices = list(_named(files))  # type: ignore[attr-defined]
        self.fields["kept"].initial = list(files)
        if not files:
            del self.fields["kept"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if len(data.get("kept", ())) + len(data.get("uploads") or ()) > MOST_FILES:
            raise ValidationError(_("At most 100 files at once."))
        return data

    def stored(self, by: By) -> list[str]:
        """Store what was sent; gives the SHA-256 of all files that there are then, each once."""
        new = [store_file(upload=upload, by=by).digest for upload in self.cleaned_data.get("uploads") or ()]
        return list(dict.fromkeys([*self.cleaned_data.get("kept", ()), *new]))


def _named(digests: Iterable[str]) -> Iterable[tuple[str, str]]:
    digests = list(digests)
    known = dict(File.objects.filter(digest__in=digests).values_list("digest", "name")) if digests else {}
    return ((digest, known.get(digest, f"{digest[:12]}…")) for digest in digests)


class AnswerForm(EvidenceForm):
    """One answer of a unit. An answer that says something can be shown; “not applicable” says why."""

    field_order = ["state", "evidence", "link", "kept", "uploads"]
    state = forms.ChoiceField(
        label=_("How far is it in force in your unit?"), widget=forms.RadioSelect,
        choices=[(state, meaning) for state, meaning in words.MEANINGS.items()],
    )  # fmt: skip
    evidence = forms.CharField(
        label=_("How can one see it?"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A sentence is enough: what there is, where, since when."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("state") == "not applicable" and not (data.get("evidence") or "").strip():
            self.add_error("evidence", _("Say in a sentence why it does not apply."))
        return data


class NameForm(forms.Form):
    """Who answers for the unit."""

    name = forms.CharField(label=_("Your name"), max_length=120)
