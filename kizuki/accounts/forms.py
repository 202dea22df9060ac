"""Forms of the accounts room."""

from __future__ import annotations

import functools
import zoneinfo
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.forms.utils import flatatt
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from kizuki.accounts.choices import MEANINGS, Language, Role, Scope
from kizuki.accounts.models import Key, Person


class ZoneSelect(forms.Select):
    """A select that writes its hundreds of options itself; a template for each took longer than the rest of the page."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = mark_safe(" selected")
        rows = ((zone, chosen if zone == value else "", label) for zone, label in self.choices)
        options = format_html_join("", '<option value="{}"{}>{}</option>', rows)
        given = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(given), options)


@functools.cache
def zones() -> list[tuple[str, str]]:
    """All time zones by name; the common one for this program's readers first."""
    first = ["Asia/Tokyo", "UTC"]
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name and not name.startswith("Etc/"))
    return [(name, name) for name in [*first, *(name for name in names if name not in first)]]


class InviteForm(forms.Form):
    """A new person: who, and what they are here for."""

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("They sign in with it."))
    role = forms.ChoiceField(
        label=_("Role"), widget=forms.RadioSelect,
        choices=[(role.value, role.label) for role in Role], initial=Role.REPORTER,
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.JA)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.meanings = [(role.label, MEANINGS[role]) for role in Role]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].strip().lower()
        if Person.objects.filter(email=email).exists():
            raise ValidationError(_("There is already someone with this address."))
        return email


class RoleForm(forms.Form):
    """Another role for a person, and the version of the row that the reader saw."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class VersionForm(forms.Form):
    """Nothing but the version of the row that the reader saw."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class ProfileForm(forms.Form):
    """What people set for themselves."""

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Times are shown in this zone."), widget=ZoneSelect)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].choices = zones()  # type: ignore[attr-defined]


class FirstPasswordForm(forms.Form):
    """A password, twice."""

    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 characters; not your name or address, and not a common one."),
    )
    password2 = forms.CharField(
        label=_("The same password again"), strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )  # fmt: skip

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords are not the same."))
        elif first:
            try:
                validate_password(first, self.person)
            except ValidationError as error:
                self.add_error("password1", error)
        return data


class KeyForm(forms.Form):
    """A new API key."""

    name = forms.CharField(label=_("What it is for"), max_length=Key._meta.get_field("name").max_length)
    scope = forms.ChoiceField(label=_("It may"), choices=Scope.choices, initial=Scope.READ)
    days = forms.IntegerField(label=_("Days until it expires"), min_value=1, max_value=365, initial=90)

    def expires_at(self) -> Any:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
