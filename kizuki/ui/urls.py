from __future__ import annotations

from django.urls import path

from kizuki.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", views.health, name="health"),
    path("keys", views.keys, name="keys"),
]
