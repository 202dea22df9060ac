from __future__ import annotations

from django.urls import path

from kizuki.incidents.views import listing, timeline

app_name = "incidents"
urlpatterns = [
    path("", listing.incidents, name="incidents"),
    path("new", listing.new, name="new"),
    path("<str:number>", timeline.incident, name="incident"),
]
