from __future__ import annotations

from django.urls import path

from kizuki.incidents.views import figures, listing, timeline

app_name = "incidents"
urlpatterns = [
    path("", listing.incidents, name="incidents"),
    path("new", listing.new, name="new"),
    path("figures", figures.over_all, name="figures_of_all"),
    path("<str:number>", timeline.incident, name="incident"),
    path("<str:number>/figures", figures.incident, name="figures"),
]
