from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JournalConfig(AppConfig):
    name = "kizuki.journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.ui.context import Room, add_room

        add_room(Room("journal:entries", _("Journal"), "journal", 80, lambda person: person.has_perm("journal.view")))
