from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from kizuki.journal.words import describe

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


class AccountsConfig(AppConfig):
    name = "kizuki.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.accounts import signals  # noqa: F401 - connects its receivers
        from kizuki.ui.context import Room, add_room

        describe("accounts", _("People"), VERBS)
        add_room(
            Room("people:people", _("People"), "people", 90, lambda person: person.has_perm("accounts.view_people"))
        )
