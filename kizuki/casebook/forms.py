"""The form that takes case files."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.engine.read import read
from kizuki.kit.document import BadFile
from kizuki.measures.catalogue import current
from kizuki.register.library import vocabulary
from kizuki.ui.faults import said
from kizuki.ui.fields import ManyFiles

MOST_FAULTS = 20


class CaseFileForm(forms.Form):
    """One or more case files; `cleaned_data["files"]` are checked documents."""

    files = ManyFiles(  # type: ignore[assignment]  # a field, not the form's attribute
        label=gettext_lazy("Case files"),
        help_text=gettext_lazy("YAML or JSON in the format kizuki/case/1. All are checked before any is stored."),
    )

    def clean_files(self) -> list[Document]:
        documents: list[Document] = []
        faults: list[str] = []
        for upload in self.cleaned_data["files"]:
            try:
                documents.append(read(upload.name, upload.read(), vocabulary=vocabulary(), measures=current()))
            except BadFile as error:
                faults += [said(fault) for fault in error.faults]
        ids: list[Any] = [document.id for document in documents]
        faults += [
            _("The case id %(id)s is given twice.") % {"id": i} for i in sorted({i for i in ids if ids.count(i) > 1})
        ]
        if faults:
            raise forms.ValidationError(faults[:MOST_FAULTS])
        return documents
