from __future__ import annotations

from django.urls import path

from kizuki.replay import affected_views, figures_views, follow_views, map_views, views

app_name = "replay"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("priorities", views.priorities, name="priorities"),
    path("priorities/follow", follow_views.follow_up, name="follow_up"),
    path("try", views.tried, name="try"),
    path("template", views.template, name="template"),
    path("organisation", views.organisation_file, name="organisation_file"),
    path("map", map_views.measures_map, name="map"),
    path("map/<str:measure>", map_views.map_measure_page, name="map_measure"),
    path("affected", affected_views.affected, name="affected"),
    path("notes", affected_views.notes, name="notes"),
    path("notes/save", affected_views.save_note, name="save_note"),
    path("notes/<int:pk>", affected_views.note, name="note"),
    path("figures", figures_views.figures, name="figures"),
    path("figures/fill", figures_views.fill, name="fill"),
    path("case/<str:slug>", views.one, name="one"),
]
