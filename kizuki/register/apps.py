from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegisterConfig(AppConfig):
    name = "kizuki.register"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.journal.words import describe

        verbs = {
            "stored": _("stored an organisation"),
            "described": _("described the organisation"),
            "edited": _("edited the register"),
            "imported": _("imported into the register"),
            "undid": _("undid a change of the register"),
            "removed": _("took an organisation out"),
            "restored": _("brought an organisation back"),
        }
        describe("register", _("Register"), verbs)
