"""The form that takes an organisation file for a replay on the spot."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kizuki.kit.document import BadFile
from kizuki.measures.catalogue import current
from kizuki.register.engine.format import Organisation
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.ui.faults import said
from kizuki.ui.fields import OneFile

MOST_FAULTS = 20


TOO_LARGE = _(
    "%(name)s is larger than %(limit)d MB. Nothing was stored. Write alike assets as one row with a count, leave out components, or replay"
    " the file at a terminal with kizuki replay --org."
)


class OrganisationFileForm(forms.Form):
    """One organisation file; `cleaned_data["file"]` is the checked document. Nothing of it is stored."""

    file = OneFile(
        label=_("Organisation file"),
        help_text=_("YAML or JSON in the format kizuki/organisation/1. It is replayed and forgotten."),
        error_messages={"too_large": TOO_LARGE},
    )

    def clean_file(self) -> Organisation:
        upload = self.cleaned_data["file"]
        try:
            return read(upload.name, upload.read(), vocabulary=vocabulary(), measures=current())
        except BadFile as error:
            raise forms.ValidationError([said(fault) for fault in error.faults[:MOST_FAULTS]]) from None
