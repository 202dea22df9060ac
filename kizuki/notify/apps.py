from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotifyConfig(AppConfig):
    name = "kizuki.notify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.accounts.rules import is_administrator, is_auditor
        from kizuki.journal.words import describe
        from kizuki.ui.context import Room, add_room

        verbs = {
            "made_webhook": _("made a webhook"), "changed_webhook": _("changed a webhook"), "rotated_secret": _("made a new secret"),
            "switched_webhook": _("switched a webhook on or off"), "tried_webhook": _("sent a trial message"),
            "sent_again": _("sent a message again"),
        }  # fmt: skip
        describe("notify", _("Webhooks"), verbs)
        add_room(Room("webhooks:webhooks", _("Webhooks"), "webhooks", 92, is_administrator | is_auditor))
