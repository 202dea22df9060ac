"""Sightings of a file are handed to the devices room."""

from __future__ import annotations

from kizuki.accounts import rules
from kizuki.devices.actions import take_observations
from kizuki.files import storage
from kizuki.imports.models import Import
from kizuki.imports.reading import Given, options_of, sightings
from kizuki.journal.actions import By


def hand_over(*, imported: Import, by: By) -> dict[str, int] | None:
    """Give the devices room what a file saw, unless somebody said not to, or may not; how many were new, known, and outside of the
    time that is kept. None: nothing was given."""
    if not imported.told.get("sightings") or imported.options.get("no_sightings") or not may_hand_over(by):
        return None
    with storage.opened(imported.digest) as file:
        given = Given(file, imported.name, imported.format, imported.options)
        source = options_of(imported.options).source or f"{imported.format}:{imported.name}"
        taken = take_observations(
            source=source, observations=sightings(given), by=by, zone=imported.options.get("zone") or "",
            organisation=imported.organisation,
        )  # fmt: skip
    return {"new": taken.new, "same": taken.same, "outside": taken.outside}


def may_hand_over(by: By) -> bool:
    """Sightings are about the whole network: managers hand them over, and the command line."""
    return isinstance(by, str) or bool(rules.may_edit(by))
