"""The catalogue of measures by API."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Router

from kizuki.measures import catalogue

router = Router(tags=["measures"])


@router.get("", response=dict[str, Any], summary="The catalogue in force as kizuki/measures/1")
def measures(request: HttpRequest) -> Any:
    return msgspec.to_builtins(catalogue.current())
