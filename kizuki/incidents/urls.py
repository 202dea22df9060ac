from __future__ import annotations

from django.urls import path

from kizuki.incidents.views import listing

app_name = "incidents"
urlpatterns = [
    path("", listing.incidents, name="incidents"),
]
