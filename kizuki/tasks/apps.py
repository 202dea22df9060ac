from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "kizuki.tasks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.journal.words import describe
        from kizuki.register import hooks
        from kizuki.tasks.access import may_see_tasks
        from kizuki.tasks.panel import asset_panel
        from kizuki.ui.context import Room, add_room

        verbs = {
            "created": _("wrote down a task"), "edited": _("changed a task"), "took": _("began a task"),
            "finished": _("finished a task"), "verified": _("verified a task"), "dropped": _("dropped a task"),
            "reopened": _("reopened a task"), "settled": _("settled a task"),
        }  # fmt: skip
        describe("tasks", _("Tasks"), verbs)
        add_room(Room("tasks:tasks", _("Tasks"), "tasks", 40, may_see_tasks))
        hooks.asset_panels.append(asset_panel)
