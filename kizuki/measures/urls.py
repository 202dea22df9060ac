from __future__ import annotations

from django.urls import path

from kizuki.measures import views

app_name = "measures"
urlpatterns = [
    path("", views.matrix, name="matrix"),
    path("file", views.catalogue_file, name="file"),
    path("<str:id>", views.measure, name="measure"),
]
