"""What a decision is about may be hidden from some people; the rooms above say so here, the criteria import none of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

#: By `about_type`: given a person, the ids (as text, in one column) of things of that type of which they may not even know.
hidden_from: dict[str, Callable[[Any], QuerySet[Any, Any]]] = {}
