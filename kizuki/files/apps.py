from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilesConfig(AppConfig):
    name = "kizuki.files"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.journal.words import describe

        describe("files", _("Files"), {"stored": _("stored a file")})
