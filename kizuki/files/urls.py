from __future__ import annotations

from django.urls import path

from kizuki.files import views

app_name = "files"
urlpatterns = [path("<str:digest>", views.file, name="file")]
