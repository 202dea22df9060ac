from __future__ import annotations

from django.urls import path

from kizuki.criteria import editing, views

app_name = "criteria"
urlpatterns = [
    path("", views.everything, name="all"),
    path("import", editing.bring_in, name="bring_in"),
    path("decisions/<int:pk>", views.decision, name="decision"),
    path("<slug:slug>", views.one, name="one"),
    path("<slug:slug>/decisions", views.decisions, name="decisions"),
    path("<slug:slug>/draft", editing.begin, name="begin"),
    path("<slug:slug>/<int:number>", views.version, name="version"),
    path("<slug:slug>/<int:number>/file", views.file, name="file"),
    path("<slug:slug>/<int:number>/try", views.try_it, name="try_it"),
    path("<slug:slug>/<int:number>/compare", views.compare, name="compare"),
    path("<slug:slug>/<int:number>/edit", editing.edit, name="edit"),
    path("<slug:slug>/<int:number>/rule/<str:rule>", editing.rule, name="rule"),
    path("<slug:slug>/<int:number>/text", editing.text, name="text"),
    path("<slug:slug>/<int:number>/propose", editing.propose, name="propose"),
    path("<slug:slug>/<int:number>/approve", editing.approve, name="approve"),
    path("<slug:slug>/<int:number>/withdraw", editing.withdraw, name="withdraw"),
]
