"""Form fields for files, which refuse what is empty, too large, or more than asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _


class _ManyInput(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


#: What is too large is one document that cannot be sent in parts.
TOO_LARGE = _(
    "%(name)s is larger than %(limit)d MB. Nothing was stored. Leave out what is not needed, or ask those who run the site to raise"
    " KIZUKI_UPLOAD_MB."
)


def _refuse(upload: Any, too_large: Any) -> None:
    if getattr(upload, "too_large", False):
        limit = settings.UPLOAD_LIMIT // 2**20
        if getattr(upload, "together", False):
            raise forms.ValidationError(
                _("Together the files are larger than %(limit)d MB. Nothing was stored. Send them in several goes."),
                params={"limit": limit},
            )
        raise forms.ValidationError(too_large, params={"name": upload.name, "limit": limit})


class OneFile(forms.FileField):
    """One file up to the upload limit. The message `too_large` says what to do beyond it, with %(name)s and %(limit)d."""

    widget = forms.FileInput
    default_error_messages = {"empty": _("The file is empty. Choose another one."), "too_large": TOO_LARGE}

    def clean(self, data: Any, initial: Any = None) -> Any:
        if data:
            _refuse(data, self.error_messages["too_large"])
        return super().clean(data, initial)


class ManyFiles(forms.FileField):
    """One to 100 files, together up to the upload limit; cleaned to a list."""

    widget = _ManyInput
    default_error_messages = {"empty": _("The file is empty. Choose another one."), "too_large": TOO_LARGE}

    def clean(self, data: Any, initial: Any = None) -> Any:
        uploads = data if isinstance(data, list | tuple) else [data]
        if len(uploads) > 100:
            raise forms.ValidationError(_("At most 100 files at once."))
        for upload in uploads:
            if upload:
                _refuse(upload, self.error_messages["too_large"])
        return [super(ManyFiles, self).clean(upload, initial) for upload in uploads]
