from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DevicesConfig(AppConfig):
    name = "kizuki.devices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.devices import panel, tasks
        from kizuki.journal.words import describe
        from kizuki.register import hooks
        from kizuki.register.access import may_see_register
        from kizuki.tasks import hooks as task_hooks
        from kizuki.ui.context import Room, add_room

        verbs = {
            "took": _("took in observations"), "forgot": _("forgot old observations"), "matched": _("matched devices to the register"),
            "decided": _("decided about a device"), "undid": _("undid a decision about a device"),
            "asked": _("asked to connect something"), "confirmed": _("decided about a request for admission"),
            "connected": _("connected what was admitted"), "withdrew": _("withdrew a request or gave back a permission"),
            "ended": _("ended a permission"),
        }  # fmt: skip
        describe("devices", _("Devices"), verbs)
        made = {
            "identified": _("added what identifies an asset"),
            "made": _("made a device an asset"),
            "admitted": _("entered what was admitted"),
        }
        describe("register", _("Register"), made)
        add_room(Room("devices:devices", _("Devices"), "devices", 37, may_see_register))
        hooks.after_change.append(tasks.register_changed)
        hooks.asset_panels.append(panel.asset_panel)
        task_hooks.finders |= {"device": panel.devices_by_pk, "admission": panel.admissions_by_pk}
