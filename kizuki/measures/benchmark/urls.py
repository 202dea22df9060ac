from __future__ import annotations

from django.urls import path

from kizuki.measures.benchmark import views

app_name = "benchmark"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("add", views.add, name="add"),
    path("peers", views.peers, name="peers"),
    path("peers/<int:pk>/drop", views.drop_peers, name="drop_peers"),
    path("<slug:key>/<str:release>/", views.check, name="check"),
    path("<slug:key>/<str:release>/enter", views.enter, name="enter"),
]
