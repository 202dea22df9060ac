"""Addresses of the register."""

from __future__ import annotations

from django.urls import path

from kizuki.register import views

app_name = "register"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("about", views.about, name="about"),
    path("organisation.yaml", views.organisation_file, name="organisation_file"),
    path("batches/<uuid:batch>", views.batch, name="batch"),
    path("batches/<uuid:batch>/undo", views.undo_batch, name="undo_batch"),
    path("<slug:part>/", views.records, name="records"),
    path("<slug:part>/new", views.new, name="new"),
    path("<slug:part>/find/<path:key>", views.find, name="find"),
    path("<slug:part>/export.<str:form>", views.export, name="export"),
    path("<slug:part>/bulk", views.bulk, name="bulk"),
    path("<slug:part>/filters", views.keep_filter, name="keep_filter"),
    path("<slug:part>/filters/<int:pk>", views.drop_filter, name="drop_filter"),
    path("<slug:part>/<int:pk>/", views.record, name="record"),
    path("<slug:part>/<int:pk>/edit", views.edit, name="edit"),
    path("<slug:part>/<int:pk>/judge", views.judge, name="judge"),
    path("<slug:part>/<int:pk>/remove", views.remove, name="remove"),
    path("<slug:part>/<int:pk>/restore", views.restore, name="restore"),
    path("<slug:part>/<int:pk>/undo", views.undo, name="undo"),
]
