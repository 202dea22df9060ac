from __future__ import annotations

from django.urls import path

from kizuki.incidents.views import entering, entry, figures, listing, timeline

app_name = "incidents"
urlpatterns = [
    path("", listing.incidents, name="incidents"),
    path("new", listing.new, name="new"),
    path("figures", figures.over_all, name="figures_of_all"),
    path("<str:number>", timeline.incident, name="incident"),
    path("<str:number>/line", entering.line, name="line"),
    path("<str:number>/enter", entering.add, name="enter"),
    path("<str:number>/entries/<int:seq>", entry.entry, name="entry"),
    path("<str:number>/entries/<int:seq>/<slug:word>", entry.act, name="entry_act"),
    path("<str:number>/figures", figures.incident, name="figures"),
]
