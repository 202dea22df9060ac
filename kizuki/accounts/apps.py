from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "kizuki.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.accounts import signals  # noqa: F401, PLC0415 - connects its receivers
