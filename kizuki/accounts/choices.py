"""Roles, languages and scopes, with the words that pages show."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    REPORTER = "reporter", _("reporter")
    RESPONDER = "responder", _("responder")
    MANAGER = "manager", _("manager")
    EXECUTIVE = "executive", _("executive")
    AUDITOR = "auditor", _("auditor")
    ADMINISTRATOR = "administrator", _("administrator")


#: One line for each role, shown beside the choice.
MEANINGS = {
    Role.REPORTER: _("Reads the casebook and sends reports."),
    Role.RESPONDER: _("Reads all rooms and runs replays."),
    Role.MANAGER: _("Reads all rooms; edits the organisation, cases and coverage."),
    Role.EXECUTIVE: _("Reads all figures."),
    Role.AUDITOR: _("Reads everything and the journal; changes nothing."),
    Role.ADMINISTRATOR: _("Manages people and keys, and may do what a manager may."),
}


class Language(models.TextChoices):
    # Each is written in its own language, so that whoever needs it can read it.
    JA = "ja", "日本語"
    EN = "en", "English"


class Scope(models.TextChoices):
    READ = "read", _("read")
    WRITE = "write", _("read and write")


#: The ways to sign in, as they are kept with each sign-in.
WAYS = {
    "password": _("password"),
    "totp": _("authenticator app"),
    "passkey": _("passkey"),
    "recovery_codes": _("recovery code"),
    "first_link": _("first link"),
}
