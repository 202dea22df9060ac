"""The tasks of an asset, for its page in the register."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from kizuki.tasks.queries import for_object


def asset_panel(person: Any, asset: Any) -> str | None:
    """The asset's tasks that the person may see; None where there are none."""
    tasks = list(for_object(person, "asset", asset.key)[:20])
    return render_to_string("tasks/of_object.html", {"tasks": tasks}) if tasks else None
