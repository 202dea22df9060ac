"""The same setting elsewhere: which assets of the register are like the affected ones and lack a measure too."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from django.utils import timezone

from kizuki.incidents.choices import AssetState
from kizuki.incidents.engine.alike import Alike, alike, states_at
from kizuki.incidents.models import Incident
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.models import Organisation

#: The incident concerns them, whatever was done since.
CONCERNED: Final = (AssetState.SUSPECTED, AssetState.AFFECTED, AssetState.CONTAINED, AssetState.RECOVERED)


def concerned(incident: Incident) -> frozenset[str]:
    """The assets that were hit, or may have been, by their ids in the register."""
    return frozenset(incident.assets.filter(state__in=CONCERNED).values_list("key", flat=True))


def like_affected(incident: Incident, measure: str) -> list[Alike]:
    """Where the same could happen. The organisation is asked for anew: it knows by its digest which state it is in."""
    home = Organisation.objects.get(pk=incident.organisation_id)
    return alike(_today(home), concerned(incident), measure)


def coverage(incident: Incident, measures: Collection[str], assets: Collection[str]) -> dict[str, frozenset[str]]:
    """How measures stand at the assets of an incident; nothing is read where none is asked for."""
    return states_at(_today(incident.organisation), assets, measures) if measures else {}


def _today(organisation: Organisation) -> Document:
    """The register as it counts today."""
    return organisation.standing(timezone.localdate().isoformat())
