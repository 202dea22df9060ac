from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CriteriaConfig(AppConfig):
    name = "kizuki.criteria"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.journal.words import describe
        from kizuki.ui.context import Room, add_room

        verbs = {
            "loaded": _("loaded criteria of the library"), "began": _("began a draft of criteria"),
            "wrote": _("changed a draft of criteria"), "proposed": _("proposed criteria"),
            "approved": _("approved criteria"), "withdrew": _("withdrew criteria"), "decided": _("decided by criteria"),
        }  # fmt: skip
        describe("criteria", _("Criteria"), verbs)
        add_room(Room("criteria:all", _("Criteria"), "criteria", 60, lambda person: person.has_perm("read_all")))
