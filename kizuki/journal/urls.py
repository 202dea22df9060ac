"""Addresses of the journal room."""

from __future__ import annotations

from django.urls import path

from kizuki.journal import views

app_name = "journal"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("<int:seq>/", views.entry, name="entry"),
    path("file.<str:kind>", views.export, name="export"),
]
