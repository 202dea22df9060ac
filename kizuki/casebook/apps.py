from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasebookConfig(AppConfig):
    name = "kizuki.casebook"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.casebook import standing
        from kizuki.journal.words import describe
        from kizuki.measures import hooks
        from kizuki.measures.standing import set_source
        from kizuki.ui.context import Room, add_room

        verbs = {"imported": _("imported cases"), "removed": _("took a case out"), "restored": _("brought a case back")}
        describe("casebook", _("Casebook"), verbs)
        add_room(Room("casebook:library", _("Casebook"), "casebook", 10))
        set_source(standing.standing)
        hooks.said_of, hooks.steps_with, hooks.case_address = (
            standing.said_of,
            standing.steps_with,
            standing.case_address,
        )
