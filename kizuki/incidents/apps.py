from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "kizuki.incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.incidents import elsewhere, follow, outside
        from kizuki.incidents.rules import may_enter
        from kizuki.journal.words import describe
        from kizuki.ui.context import Room, add_room

        verbs = {
            "opened": _("opened an incident"), "entered": _("entered something"), "corrected": _("corrected an entry"),
            "withdrew": _("took an entry back"), "changed": _("changed an incident"), "judged": _("judged the severity"),
            "gave_role": _("gave somebody a role"), "ended_role": _("ended a role"), "marked": _("marked a milestone"),
            "added_task": _("added a task"), "began_procedure": _("began a procedure"), "moved_task": _("moved a task on"),
            "edited_task": _("changed a task"), "assigned_tasks": _("gave tasks to somebody"),
            "brought_back_procedure": _("brought a procedure back"),
            "decided": _("wrote down a decision"), "reviewed_decision": _("looked at a decision again"),
            "noted_indicator": _("judged an indicator"), "noted_asset": _("noted an asset"), "kept_file": _("kept a file"),
            "asked_criteria": _("asked the criteria"), "dismissed_step": _("set a next step aside"),
            "reviewed": _("wrote the review"), "closed": _("closed an incident"), "reopened": _("reopened an incident"),
            "merged": _("merged an incident into another"), "stored_procedure": _("stored a procedure"),
            "retired_procedure": _("retired a procedure"),
        }  # fmt: skip
        describe("incidents", _("Incidents"), verbs)
        add_room(Room("incidents:mine", _("My work"), "my-work", 4))
        add_room(Room("incidents:incidents", _("Incidents"), "incidents", 5, may_enter))
        elsewhere.install()
        follow.install()
        outside.install()
