"""Addresses of the jobs room."""

from __future__ import annotations

from django.urls import path

from kizuki.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.jobs, name="jobs"),
    path("<uuid:pk>/", views.job, name="job"),
    path("<uuid:pk>/cancel/", views.cancel, name="cancel"),
    path("verify-journal/", views.verify_journal, name="verify_journal"),
]
