from __future__ import annotations

from django.urls import path

from kizuki.devices import views

app_name = "devices"
urlpatterns = [
    path("", views.devices, name="devices"),
    path("match", views.match, name="match"),
    path("observations", views.observations, name="observations"),
    path("sources", views.sources, name="sources"),
    path("<int:pk>", views.device, name="device"),
    path("<int:pk>/decisions/<int:decision>/undo", views.undo, name="undo"),
    path("<int:pk>/<slug:word>", views.act, name="act"),
    path("admissions/", views.admissions, name="admissions"),
    path("admissions/ask", views.ask, name="ask"),
    path("admissions/<int:pk>", views.admission, name="admission"),
    path("admissions/<int:pk>/decide", views.decide, name="decide"),
    path("admissions/<int:pk>/<slug:word>", views.speak, name="speak"),
]
