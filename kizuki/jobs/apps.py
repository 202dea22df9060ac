from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from kizuki.journal.words import describe


class JobsConfig(AppConfig):
    name = "kizuki.jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Every room's tasks.py declares its tasks and schedules."""
        autodiscover_modules("tasks")
        describe("jobs", _("Jobs"), {"cancel": _("cancelled a job")})
