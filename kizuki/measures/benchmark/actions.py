"""Every write about maturity: scores, added self-checks, figures of peers. Each is one transaction with one entry in the journal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

import msgspec
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.journal.actions import By, record
from kizuki.measures.benchmark.checks import checks
from kizuki.measures.benchmark.engine.format import Check, Checks, Peers
from kizuki.measures.benchmark.models import AddedCheck, PeerGroup, Sheet
from kizuki.register.models import Organisation

ROOM: Final = "benchmark"


@transaction.atomic
def enter_scores(
    *, organisation: Organisation, check: Check, day: date, scores: Mapping[str, float | None], note: str, by: Any
) -> Sheet:
    """Keep the scores of a day. A later entry for the same day counts instead of it, and both stay."""
    known = {section.id for section in check.sections}
    given = {section: score for section, score in scores.items() if score is not None}
    if not given:
        raise ValidationError(_("Enter a score for at least one section."))
    if day > timezone.localdate():
        raise ValidationError(_("The day lies in the future."))
    for section, score in given.items():
        if section not in known or not check.scale.min <= score <= check.scale.max:
            raise ValidationError(_("A score lies outside the scale."))
    kept = {section.id: scores.get(section.id) for section in check.sections}
    sheet: Sheet = Sheet.objects.create(
        organisation=organisation, key=check.id, release=check.version, day=day, scores=kept, note=note.strip(), by=by
    )
    record(by=by, room=ROOM, verb="scored", obj=sheet, data={"day": day.isoformat(), "scores": kept})
    return sheet


@transaction.atomic
def add_checks(*, found: Checks, by: By) -> list[AddedCheck]:
    """Add self-checks from a file. The same again changes nothing; another one under a known id and version is refused, since
    scores may already speak of it."""
    known = checks()
    made = []
    for check in found.checks:
        if check.key in known:
            if known[check.key] != check:
                raise ValidationError(
                    _("%(id)s %(version)s is known already, and different. Give yours another version."),
                    params={"id": check.id, "version": check.version},
                )
            continue
        row: AddedCheck = AddedCheck.objects.create(
            key=check.id, release=check.version, document=msgspec.to_builtins(check)
        )
        made.append(row)
    if made:
        record(by=by, room=ROOM, verb="added_check", obj=made[0], data={"checks": [str(row) for row in made]})
    return made


@transaction.atomic
def bring_peers(*, found: Peers, by: By) -> list[PeerGroup]:
    """Keep figures of peers. What the same source said before of the same check, sector and size goes out of sight."""
    now, made = timezone.now(), []
    for (key, release, sector, size), documents in peer_groups(found):
        values = {"key": key, "release": release, "sector": sector, "size": size, "source": found.source}
        PeerGroup.objects.filter(**values, dropped_at=None).update(dropped_at=now)
        made.append(PeerGroup.objects.create(**values, peers=documents))
    record(
        by=by, room=ROOM, verb="brought_peers", obj=made[0], data={"source": found.source, "groups": len(made), "rows": len(found.peers)}
    )  # fmt: skip
    return made


def peer_groups(found: Peers) -> list[tuple[tuple[str, str, str, str], dict[str, Any]]]:
    """(check, version, sector, size) and the figures of its sections, for each group of a file."""
    groups: dict[tuple[str, str, str, str], dict[str, Any]] = {}
    for peer in found.peers:
        place = (peer.check, peer.version, peer.sector, peer.size)
        groups.setdefault(place, {})[peer.section] = msgspec.to_builtins(peer)
    return list(groups.items())


@transaction.atomic
def drop_peers(*, group: PeerGroup, by: By) -> PeerGroup:
    """Take figures of peers out of sight."""
    if PeerGroup.objects.filter(pk=group.pk, dropped_at=None).update(dropped_at=timezone.now()):
        record(by=by, room=ROOM, verb="dropped_peers", obj=group)
    group.refresh_from_db()
    return group
