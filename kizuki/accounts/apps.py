from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kizuki.journal.words import describe, describe_details

VERBS = {
    "create_person": _("added a person"),
    "make_first_link": _("made a first link"),
    "use_first_link": _("came in by a first link"),
    "set_password": _("set a password"),
    "change_role": _("changed a role"),
    "deactivate": _("deactivated a person"),
    "activate": _("activated a person"),
    "update_profile": _("changed a profile"),
    "create_key": _("made a key"),
    "revoke_key": _("revoked a key"),
    "sign_in": _("signed in"),
    "add_second_factor": _("added a second factor"),
    "remove_second_factor": _("removed a second factor"),
    "renew_second_factor": _("renewed a second factor"),
}


#: What entries of this room hold beside the act.
DETAILS = {
    "email": _("E-mail address"),
    "from": _("Role before"),
    "how": _("How"),
    "language": _("Language"),
    "role": _("Role"),
    "scope": _("May"),
    "time_zone": _("Time zone"),
    "to": _("Role after"),
}


class AccountsConfig(AppConfig):
    name = "kizuki.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.accounts import signals  # noqa: F401 - connects its receivers
        from kizuki.accounts.choices import WAYS, Language, Role, Scope
        from kizuki.ui.context import Room, add_room

        describe("accounts", _("People"), VERBS)
        roles, languages = dict(Role.choices), dict(Language.choices)
        values: dict[str, Any] = {
            "role": roles,
            "from": roles,
            "to": roles,
            "language": languages,
            "scope": dict(Scope.choices),
        }
        describe_details(DETAILS, {**values, "how": WAYS, "kind": WAYS})
        add_room(
            Room("people:people", _("People"), "people", 90, lambda person: person.has_perm("accounts.view_people"))
        )
