"""What the forms of incidents share: the key that makes a second sending harmless, zones, and who can be named."""

from __future__ import annotations

import uuid
import zoneinfo
from copy import copy
from functools import cache
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def new_once() -> str:
    """A key for one sending."""
    return uuid.uuid4().hex


def _hidden() -> forms.HiddenInput:
    """A hidden field without an id, so that several forms with one stand on a page."""
    return forms.HiddenInput({"id": False})


class OnceForm(forms.Form):
    """A form that is drawn with a key of its own; sent twice, it acts once."""

    once = forms.CharField(max_length=64, required=False, widget=_hidden(), initial=new_once)


class VersionForm(forms.Form):
    """A form that knows the version which the reader saw."""

    version = forms.IntegerField(widget=_hidden(), min_value=1)


def zones() -> list[tuple[str, str]]:
    """The time zones by name, without the aliases of old."""
    return [(name, name) for name in ("UTC", *_zones())]


@cache
def _zones() -> tuple[str, ...]:
    """The names as the machine knows them; to list them, hundreds of its files are opened."""
    return tuple(sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/")))


def tell(form: forms.Form, error: ValidationError) -> None:
    """Put what an action refused beside the fields that it names, the rest above the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, faults in error.error_dict.items():
        form.add_error(name if name in form.fields else None, faults)


def as_data(form: forms.Form, **changes: Any) -> None:
    """Show the form again with what was typed, some values replaced."""
    data: Any = copy(form.data)
    for name, value in changes.items():
        data[form.add_prefix(name)] = value
    form.data = data


TYPED = _("What you typed is still here.")
