"""Addresses of the webhooks room."""

from __future__ import annotations

from django.urls import path

from kizuki.notify import views

app_name = "webhooks"
urlpatterns = [
    path("", views.webhooks, name="webhooks"),
    path("new", views.new, name="new"),
    path("<int:pk>", views.webhook, name="webhook"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/switch", views.switch, name="switch"),
    path("<int:pk>/secret", views.secret, name="secret"),
    path("<int:pk>/try", views.try_it, name="try"),
    path("<int:pk>/<int:message>", views.message, name="message"),
    path("<int:pk>/<int:message>/again", views.again, name="again"),
]
