from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MeasuresConfig(AppConfig):
    name = "kizuki.measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.measures.library import measures
        from kizuki.register import hooks as register_hooks
        from kizuki.ui.context import Room, add_room

        add_room(Room("measures:matrix", _("Measures"), "measures", 30))
        register_hooks.measure_ids = measures
