"""What other rooms show of devices: an asset's sightings on its page, and what a task is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse

from kizuki.devices import picture
from kizuki.devices.choices import ADMITTED
from kizuki.devices.models import Admission, Device
from kizuki.tasks.hooks import Thing

#: An asset that is many machines has many devices; so many are drawn.
MOST = 12


def asset_panel(person: Any, asset: Any) -> str | None:
    """Where and when the asset was seen, and until when it may be connected; None where nothing is known of it."""
    seen = list(Device.objects.visible_to(person).filter(asset=asset.key)[: MOST + 1])
    admissions = Admission.objects.visible_to(person).filter(asset=asset.key, state__in=ADMITTED)
    admission = admissions.order_by("-until").first()
    if not seen and admission is None:
        return None
    context = {
        "devices": seen[:MOST],
        "more": len(seen) > MOST,
        "drawing": picture.of_devices(seen[:MOST]),
        "admission": admission,
    }
    return render_to_string("devices/of_asset.html", context)


def devices_by_pk(keys: Sequence[str]) -> dict[str, Thing]:
    """The devices that tasks are about."""
    rows = Device.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    return {str(row.pk): Thing(row.name, reverse("devices:device", args=[row.pk])) for row in rows}


def admissions_by_pk(keys: Sequence[str]) -> dict[str, Thing]:
    """The requests that tasks are about."""
    rows = Admission.objects.filter(pk__in=[key for key in keys if key.isdecimal()])
    return {str(row.pk): Thing(row.what, reverse("devices:admission", args=[row.pk])) for row in rows}
