"""Looking for the same setting on other assets: finding them, ticking them off, asking their owners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from kizuki.incidents import hooks
from kizuki.incidents.actions.tasks import plain
from kizuki.incidents.actions.timeline import ROOM, hold, must_be_open, note
from kizuki.incidents.choices import Auto, SettingState
from kizuki.incidents.models import Incident, SameSetting
from kizuki.incidents.naming import named
from kizuki.incidents.same_setting import concerned, like_affected
from kizuki.journal.actions import By, record
from kizuki.kit.text import Text
from kizuki.measures import catalogue
from kizuki.register.models import Asset, Unit
from kizuki.tasks import actions as tasks
from kizuki.tasks.models import Task

#: As many assets are written down for one measure; with more, the measure is not one to check asset by asset.
MOST: Final = 500
#: So many owners are asked at once.
MOST_ASKED: Final = 100
MOST_NOTE: Final = 300


class Found(NamedTuple):
    """How many assets were written down, and how many more there would be."""

    new: int
    more: int


@transaction.atomic
def find_same_setting(*, incident: Incident, measure: str, by: By) -> Found:
    """Write down the assets of the register that are like the affected ones and lack this measure too, or of which nobody knows. Those
    that stand there already stay as they are."""
    hold(incident)
    must_be_open(incident)
    if catalogue.find(measure) is None:
        raise ValidationError({"measure": _("There is no measure “%(id)s”.") % {"id": measure[:40]}})
    if not concerned(incident):
        raise ValidationError({"measure": _("Say first which assets of the register the incident concerns.")})
    there = set(SameSetting.objects.filter(incident=incident, measure=measure).values_list("key", flat=True))
    found = [one for one in like_affected(incident, measure) if one.asset.id not in there]
    room = max(0, MOST - len(there))
    rows = SameSetting.objects.bulk_create(
        SameSetting(incident=incident, measure=measure, key=one.asset.id, **named(one.asset.name))
        for one in found[:room]
    )
    if rows:
        values = {"setting": measure, "found": len(rows)}
        note(incident, Auto.REVIEW, by=by, kind="analyse", id=measure, values=values)
        _record(incident, by, {"measure": measure, "found": len(rows)})
    return Found(len(rows), len(found) - len(rows))


@transaction.atomic
def mark_same_setting(*, incident: Incident, rows: Collection[int], state: str, by: By, note_: str = "") -> int:
    """Tick assets off: the measure holds there, or it is missing there too. Gives how many were ticked; those that were given to their
    owners stay with them."""
    hold(incident)
    must_be_open(incident)
    if state not in (SettingState.OPEN, SettingState.HOLDS, SettingState.LACKS):
        raise ValidationError({"state": _("Choose what was found.")})
    said = " ".join(plain(note_).split())
    if len(said) > MOST_NOTE:
        raise ValidationError(
            {"note": _("At most %(most)d characters; these are %(n)d.") % {"most": MOST_NOTE, "n": len(said)}}
        )
    chosen = SameSetting.objects.filter(incident=incident, pk__in=rows).exclude(state=SettingState.TASK)
    changed = list(chosen.exclude(state=state, note=said))
    _update(incident, changed, by, state=state, note=said)
    return len(changed)


@transaction.atomic
def ask_owners(*, incident: Incident, rows: Collection[int], due: dt.date | None, by: By) -> int:
    """Make a task for whoever answers for each of these assets, to look at it; gives how many. The task is about the asset and says
    nothing of the incident, which its owner may not know of."""
    hold(incident)
    must_be_open(incident)
    chosen = list(
        SameSetting.objects.filter(incident=incident, pk__in=rows, state__in=(SettingState.OPEN, SettingState.LACKS))
    )
    if len(chosen) > MOST_ASKED:
        raise ValidationError(_("At most %(most)d at once; these are %(n)d.") % {"most": MOST_ASKED, "n": len(chosen)})
    if due is not None and due < timezone.localdate():
        raise ValidationError({"due": _("This day has passed.")})
    assets: dict[str, Any] = {
        asset.key: asset
        for asset in Asset.objects.filter(
            organisation=incident.organisation_id, deleted_at=None, key__in={row.key for row in chosen}
        )
    }
    rows_of_units = Unit.objects.filter(organisation=incident.organisation_id, deleted_at=None)
    of_units: Any = rows_of_units.values_list("key", "owner", "parent")  # type: ignore[misc]  # columns of units only
    units = {key: (owner, parent) for key, owner, parent in of_units}
    asked = [row for row in chosen if row.key in assets]
    for row in asked:
        asset = assets[row.key]
        row.task = _ask(incident, row, asset, owner=asset.owner or _owner(units, asset.unit), due=due, by=by)
    _update(incident, asked, by, state=SettingState.TASK)
    return len(asked)


def _owner(units: Mapping[str, tuple[str, str]], unit: str) -> str:
    """Who answers for a unit, or for the next one above that has somebody; "" where none has. `units`: unit → (owner, the one above)."""
    seen: set[str] = set()
    while unit in units and unit not in seen:
        seen.add(unit)
        owner, above = units[unit]
        if owner:
            return owner
        unit = above
    return ""


def _ask(incident: Incident, row: SameSetting, asset: Asset, *, owner: str, due: dt.date | None, by: By) -> Task:
    measure = catalogue.find(row.measure)
    title, text = {}, {}
    for here in ("ja", "en"):
        with override(here):
            words = {
                "measure": f"{row.measure} {measure.name.in_(here)}" if measure else row.measure,
                "asset": asset.name.in_(here),
            }
            title[here] = (_("Check “%(measure)s” at %(asset)s") % words)[:200]
            text[here] = _(
                "It was missing on an asset like this one. See whether it is in force here, write down what you found, and enter it"
                " as coverage."
            )
    # Where nobody may know of the incident, nothing says that the question comes of one.
    origin = tasks.Origin.OWN if incident.restricted else tasks.Origin.REVIEW
    return tasks.create_task(
        title=Text(**title), text=Text(**text), origin=origin, about=tasks.About("asset", asset.key), unit=asset.unit,
        owner=owner, due=due, once=f"same:{row.measure}:{asset.key}"[:200],
        by=None if incident.restricted else by, organisation=incident.organisation,
    )  # fmt: skip


def _update(incident: Incident, rows: list[SameSetting], by: By, **values: Any) -> None:
    """Write the rows, one entry for all of them, and the journal."""
    if not rows:
        return
    person, now = None if by is None or isinstance(by, str) else by.pk, timezone.now()
    for row in rows:
        row.by_id, row.by_name, row.changed_at = person, "" if by is None else str(by)[:200], now
        for name, value in values.items():
            setattr(row, name, value)
    SameSetting.objects.bulk_update(rows, ["by", "by_name", "changed_at", "task", *values], batch_size=200)
    state = str(values["state"])
    told = {"setting": rows[0].measure, "state": state, "assets": [row.key for row in rows]}
    note(incident, Auto.REVIEW, by=by, kind="analyse", id=rows[0].measure, values=told)
    _record(incident, by, {"same_setting": [row.pk for row in rows], "state": state})


def _record(incident: Incident, by: By, data: dict[str, Any]) -> None:
    record(by=by, room=ROOM, verb="reviewed", obj=incident, data=data)
    hooks.happened(incident, "review.changed", data)
