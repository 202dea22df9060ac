from __future__ import annotations

from django.urls import path

from kizuki.replay import map_views, views

app_name = "replay"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("priorities", views.priorities, name="priorities"),
    path("try", views.tried, name="try"),
    path("template", views.template, name="template"),
    path("organisation", views.organisation_file, name="organisation_file"),
    path("map", map_views.measures_map, name="map"),
    path("map/<str:measure>", map_views.map_measure_page, name="map_measure"),
    path("case/<str:slug>", views.one, name="one"),
]
