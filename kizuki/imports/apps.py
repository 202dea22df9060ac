from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    name = "kizuki.imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.files.hooks import may_see_by
        from kizuki.imports import tasks  # noqa: F401 - declares its tasks
        from kizuki.imports.access import import_way, may_import
        from kizuki.imports.queries import shows_file
        from kizuki.journal.words import describe
        from kizuki.register import hooks
        from kizuki.ui.context import Room, add_room

        verbs = {
            "gave": _("gave a file to be brought in"), "planned": _("had a file read"), "began": _("began to bring a file in"),
            "brought_in": _("brought a file in"), "undid": _("took an import back"), "discarded": _("put a file aside"),
        }  # fmt: skip
        describe("imports", _("Imports"), verbs)
        describe("register", _("Register"), {"imported": _("brought in from a file")})
        add_room(Room("imports:imports", _("Imports"), "imports", 36, may_import))
        hooks.ways.append(import_way)
        may_see_by.append(shows_file)
