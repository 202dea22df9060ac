"""Addresses of imports."""

from __future__ import annotations

from django.urls import path

from kizuki.imports import views

app_name = "imports"
urlpatterns = [
    path("", views.imports, name="imports"),
    path("<int:pk>", views.one, name="one"),
    path("<int:pk>/describe", views.describe, name="describe"),
    path("<int:pk>/names", views.names, name="names"),
    path("<int:pk>/lines.csv", views.lines_file, name="lines"),
    path("<int:pk>/take", views.take, name="take"),
    path("<int:pk>/apply", views.apply, name="apply"),
    path("<int:pk>/undo", views.undo, name="undo"),
    path("<int:pk>/discard", views.discard, name="discard"),
]
