from __future__ import annotations

from django.urls import path

from kizuki.tasks import views

app_name = "tasks"
urlpatterns = [
    path("", views.tasks, name="tasks"),
    path("new", views.new, name="new"),
    path("<int:pk>", views.task, name="task"),
    path("<int:pk>/edit", views.edit, name="edit"),
    path("<int:pk>/<slug:word>", views.act, name="act"),
]
