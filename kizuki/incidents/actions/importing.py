"""Bringing in a timeline that was taken along as a table: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kizuki.casebook.words import MILESTONES
from kizuki.incidents.actions.timeline import MOST_TEXT, About, New, add_entries, hold, mark_milestone, must_be_open
from kizuki.incidents.engine import moment as moments
from kizuki.incidents.engine.moment import BadMoment
from kizuki.incidents.engine.timeline_file import Row
from kizuki.incidents.models import Entry, Incident
from kizuki.incidents.people import who_see
from kizuki.incidents.words import bad_moment
from kizuki.journal.actions import By
from kizuki.register.models import Asset


class Trouble(NamedTuple):
    """What keeps a row from being brought in. `line`: where it stands in the file; `column`: which of its cells."""

    line: int
    column: str
    message: str


class NotBroughtIn(ValidationError):
    """Nothing was entered. `troubles`: what is wrong, row by row."""

    def __init__(self, troubles: Sequence[Trouble]) -> None:
        super().__init__(_("Nothing was entered. Mend the rows that are named, and send the file again."))
        self.troubles = troubles


class Known(NamedTuple):
    """What the rows may speak of here: id → name of assets, name → number of people, milestones that are marked."""

    assets: dict[str, str]
    people: dict[str, int]
    marked: dict[str, int]


@transaction.atomic
def import_timeline(*, incident: Incident, rows: Sequence[Row], by: By, once: str) -> list[Entry]:
    """Enter these rows in their order, with their milestones; sent twice with the same `once`, they are entered once. NotBroughtIn where
    anything is wrong with any of them."""
    hold(incident)
    there = Entry.objects.filter(incident=incident, once__startswith=f"{once}-").order_by("seq") if once else ()
    if found := list(there):
        return found
    must_be_open(incident)
    here = known(incident, rows, by)
    if troubles := list(_troubles(incident, rows, here)):
        raise NotBroughtIn(troubles)
    new = [New(row.text, row.lane, row.kind, row.at, row.handover, _about(row, here)) for row in rows]
    made = add_entries(incident=incident, entries=new, by=by, once=once)
    for row, entry in zip(rows, made, strict=True):
        for name, until in row.milestones:
            mark_milestone(entry=entry, name=name, by=by, until=until)
    return made


def troubles(incident: Incident, rows: Sequence[Row], by: By) -> list[Trouble]:
    """What would keep these rows from being brought in."""
    return list(_troubles(incident, rows, known(incident, rows, by)))


def known(incident: Incident, rows: Sequence[Row], by: By) -> Known:
    """What the rows speak of, as far as it is known here; three questions for any number of rows."""
    keys = {key for row in rows for key in row.assets}
    assets = Asset.objects.filter(organisation=incident.organisation_id, deleted_at=None, key__in=keys)
    if by is not None and not isinstance(by, str):
        assets = Asset.objects.visible_to(by).filter(key__in=keys)
    here = get_language() or "ja"
    names = {asset.key: asset.name.in_(here) for asset in assets.only("key", "name_ja", "name_en")} if keys else {}
    people: dict[str, list[int]] = {}
    if any(row.people for row in rows):
        for name, pk in who_see(incident).values_list("name", "pk"):
            people.setdefault(name, []).append(pk)
    marked = dict(incident.milestones.values_list("name", "entry__seq"))
    return Known(names, {name: pks[0] for name, pks in people.items() if len(pks) == 1}, marked)


def _troubles(incident: Incident, rows: Sequence[Row], here: Known) -> Iterator[Trouble]:
    now = timezone.now()
    for row in rows:
        yield from _of_times(incident, row, now)
        plain = row.text.replace("\x00", "").strip()
        if not plain:
            yield Trouble(row.line, "text", _("Say what happened."))
        if len(plain) > MOST_TEXT:
            words = {"most": f"{MOST_TEXT:,}", "n": f"{len(plain):,}"}
            yield Trouble(row.line, "text", _("At most %(most)s characters; these are %(n)s.") % words)
        for name in (name for name, _until in row.milestones if name in here.marked):
            words = {"name": str(MILESTONES[name]), "n": str(here.marked[name])}
            yield Trouble(
                row.line, "milestone", _("“%(name)s” is marked here already (entry %(n)s). Clear the cell.") % words
            )
        for key in row.assets:
            if key not in here.assets:
                yield Trouble(row.line, "assets", _("The register has no asset “%(key)s”.") % {"key": key[:60]})
        for name in row.people:
            if name not in here.people:
                yield Trouble(
                    row.line, "people", _("Nobody who sees this incident is called “%(name)s”.") % {"name": name[:60]}
                )


def _of_times(incident: Incident, row: Row, now: Any) -> Iterator[Trouble]:
    if not row.at:
        yield Trouble(row.line, "at", _("Say when it happened; “undated” where nobody knows."))
        return
    try:
        moment = moments.check(moments.placed(row.at, zone=incident.zone, day_one=incident.day_one), now)
        for until in (until for _name, until in row.milestones if until):
            latest = moments.check(moments.placed(until, zone=incident.zone, day_one=incident.day_one), now)
            if latest.high is None or (moment.low is not None and latest.high < moment.low):
                yield Trouble(row.line, "until", _("This has to be a time after the entry."))
    except BadMoment as error:
        column = "at" if error.written == row.at else "until"
        yield Trouble(row.line, column, bad_moment(error))


def _about(row: Row, here: Known) -> list[About]:
    return [
        *(About("asset", key, here.assets[key]) for key in dict.fromkeys(row.assets)),
        *(About("person", str(here.people[name]), name) for name in dict.fromkeys(row.people)),
    ]
