from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "stored": _("stored own measures"),
    "imported": _("imported own measures"),
    "retired": _("retired an own measure"),
    "brought_back": _("brought an own measure back"),
    "proposed": _("proposed coverage"),
    "answered": _("answered a question"),
    "returned": _("sent proposals back"),
    "accepted": _("accepted proposals"),
    "withdrawn": _("withdrew a proposal"),
    "started": _("started a round of self-assessment"),
    "closed": _("closed a round of self-assessment"),
    "reopened": _("opened a round of self-assessment again"),
    "made_link": _("made a link for a unit"),
    "revoked_link": _("revoked the link of a unit"),
    "named": _("said who answers"),
    "finished": _("finished its answers"),
}


class MeasuresConfig(AppConfig):
    name = "kizuki.measures"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.accounts import links
        from kizuki.files import hooks as file_hooks
        from kizuki.journal.words import describe
        from kizuki.measures import catalogue, evidence, hooks, presenting
        from kizuki.register import hooks as register_hooks
        from kizuki.ui.context import Room, add_room

        add_room(Room("measures:matrix", _("Measures"), "measures", 30))
        describe("measures", _("Measures"), VERBS)
        register_hooks.measure_ids = catalogue.ids
        register_hooks.addresses["coverage"] = presenting.row_address
        hooks.unknown_devices = presenting.unknown_devices
        file_hooks.may_see_by.append(evidence.may_see)
        links.open_to_all("measures:answer")
