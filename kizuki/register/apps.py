from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "kizuki.register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.journal.words import describe
        from kizuki.register.access import may_see_register
        from kizuki.ui.context import Room, add_room

        verbs = {
            "stored": _("stored an organisation"),
            "described": _("described the organisation"),
            "edited": _("edited the register"),
            "imported": _("imported into the register"),
            "edited_many": _("changed many records"),
            "took_out": _("took a record out"),
            "brought_back": _("brought a record back"),
            "undid": _("undid a change of the register"),
            "judged": _("judged the importance of a record"),
            "catalogue_changed": _("noticed that the catalogue of measures has changed"),
            "expired": _("noticed coverage that is no longer valid"),
            "kept_filter": _("kept a filter"),
            "dropped_filter": _("forgot a filter"),
            "removed": _("took an organisation out"),
            "restored": _("brought an organisation back"),
        }
        describe("register", _("Register"), verbs)
        add_room(Room("register:overview", _("Register"), "register", 25, may_see_register))
