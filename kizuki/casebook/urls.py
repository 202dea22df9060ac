from __future__ import annotations

from django.urls import path

from kizuki.casebook import views

app_name = "casebook"
urlpatterns = [
    path("", views.library, name="library"),
    path("glossary", views.glossary, name="glossary"),
    path("import", views.bring_in, name="bring_in"),
    path("for/<slug:reader>", views.way_in, name="way_in"),
    path("<str:slug>", views.case, name="case"),
    path("<str:slug>/pdf", views.case_pdf, name="case_pdf"),
    path("<str:slug>/file", views.case_file, name="case_file"),
    path("<str:slug>/remove", views.remove, name="remove"),
    path("<str:slug>/restore", views.restore, name="restore"),
]
