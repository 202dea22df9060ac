"""The one answer to "may this person?": strangers get 404, readers who may not write get 403."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from kizuki.accounts.models import Person
from kizuki.accounts.rules import Predicate


def who(request: HttpRequest) -> Person:
    """The person who has signed in, or for whom the request's key acts; 403 for anyone else."""
    if not isinstance(request.user, Person):
        raise PermissionDenied
    return request.user


def require(person: Any, predicate: Predicate) -> None:
    """Answer 403 unless the predicate holds for the person."""
    if not predicate(person):
        raise PermissionDenied


def require_seen(person: Any, predicate: Predicate) -> None:
    """Answer 404 unless the predicate holds: for rooms that a person does not even learn of."""
    if not predicate(person):
        raise Http404


def get_visible(queryset: Any, person: Any, **lookup: Any) -> Any:
    """The one object of `queryset.visible_to(person)` that fits, else 404 – whether it is hidden or does not exist."""
    visible = queryset.visible_to(person)
    if any("\x00" in value for value in lookup.values() if isinstance(value, str)):
        raise Http404  # no text that is stored has one, and PostgreSQL would not even look
    try:
        return visible.get(**lookup)
    except (visible.model.DoesNotExist, ValueError, OverflowError):
        raise Http404 from None
