"""Every address of the site, one include for each room."""

from __future__ import annotations

from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

urlpatterns = [
    path("language", require_POST(set_language), name="set_language"),
    path("account/", include("kizuki.accounts.urls")),
    path("journal/", include("kizuki.journal.urls")),
    path("jobs/", include("kizuki.jobs.urls")),
    path("webhooks/", include("kizuki.notify.urls")),
    path("cases/", include("kizuki.casebook.urls")),
    path("files/", include("kizuki.files.urls")),
    path("tasks/", include("kizuki.tasks.urls")),
    path("devices/", include("kizuki.devices.urls")),
    path("imports/", include("kizuki.imports.urls")),
    path("register/", include("kizuki.register.urls")),
    path("measures/", include("kizuki.measures.urls")),
    path("maturity/", include("kizuki.measures.benchmark.urls")),
    path("replay/", include("kizuki.replay.urls")),
    path("incidents/", include("kizuki.incidents.urls")),
    path("criteria/", include("kizuki.criteria.urls")),
    path("api/", include("kizuki.api.urls")),
    path("", include("kizuki.ui.urls")),
]
handler404 = "kizuki.ui.views.not_found"
handler403 = "kizuki.ui.views.forbidden"
handler400 = "kizuki.ui.views.bad_request"
handler500 = "kizuki.ui.views.broken"
