"""What pages of tasks and decisions show in one word: when, how late, whose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils import timezone

from kizuki.casebook.words import KINDS, MILESTONES
from kizuki.incidents import times, worklist
from kizuki.incidents.choices import Role
from kizuki.incidents.models import DecisionReview, Task

register = template.Library()


@register.filter
def clock(moment: dt.datetime | None) -> str:
    """A moment by the reader's clock, as short as it can be read today: 14:30, 11-28 14:30, 2025-11-28 14:30."""
    if moment is None:
        return ""
    here, today = timezone.localtime(moment), timezone.localdate()
    if here.date() == today:
        return f"{here:%H:%M}"
    return f"{here:%m-%d %H:%M}" if here.year == today.year else f"{here:%Y-%m-%d %H:%M}"


@register.filter
def late(task: Task) -> str:
    """How long a task is overdue, in words; "" where it is not."""
    return worklist.late_by(task)


@register.filter
def role_name(role: str) -> Any:
    """The word for a role in an incident; "" for none."""
    return Role(role).label if role in Role.values else ""


@register.filter
def kind_name(kind: str) -> Any:
    """The word for a kind of entry."""
    return KINDS.get(kind, kind)


@register.filter
def milestone_name(name: str) -> Any:
    return MILESTONES.get(name, name)


@register.filter
def lasting(minutes: int) -> str:
    """Minutes as a length of time: 1 h 30 min."""
    return times.length(minutes)


@register.filter
def named(people: dict[str, list[Any]], role: str) -> str:
    """The names of those who are in a role, from `people.in_roles`."""
    return ", ".join(person.name for person in people.get(role, ()))


@register.filter
def last_review(reviews: Iterable[DecisionReview]) -> DecisionReview | None:
    """The newest of the reviews of a decision."""
    return max(reviews, key=lambda one: (one.at, one.pk), default=None)


@register.filter
def review_due(last: DecisionReview | None, first: dt.datetime | None) -> dt.datetime | None:
    """When to look at a decision again: as its last review says, else as the decision says (`first`)."""
    return last.review_on if last else first


@register.filter
def item(found: Mapping[str, Any], key: str) -> Any:
    """What a mapping has under a key; None for nothing."""
    return found.get(key)
