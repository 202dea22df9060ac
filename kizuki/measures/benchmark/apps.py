from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

VERBS = {
    "scored": _("entered scores of a self-check"),
    "added_check": _("added a self-check"),
    "brought_peers": _("brought in figures of peers"),
    "dropped_peers": _("took figures of peers out"),
}


class BenchmarkConfig(AppConfig):
    name = "kizuki.measures.benchmark"
    label = "benchmark"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kizuki.journal.words import describe

        describe("benchmark", _("Maturity"), VERBS)
