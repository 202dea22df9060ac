"""The front door, health, and pages for what went wrong."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The casebook is what a person comes for first."""
    return redirect("casebook:library")


@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 "ok" where the database answers; for load balancers, says nothing else."""
    connection.ensure_connection()
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keys and signs of the whole program, on one page."""
    return render(request, "ui/keys.html")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/403.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "ui/400.html", status=400)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/500.html", status=500)
