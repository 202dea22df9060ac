"""What somebody says of the lines of a plan: take or leave, and which name means what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from kizuki.imports.actions.giving import describe_import
from kizuki.imports.actions.stale import NotNow
from kizuki.imports.choices import TAKEABLE, LineState, State
from kizuki.imports.models import Import, PlanLine
from kizuki.journal.actions import By

#: An import that was stopped can be gone on with, and its other lines be chosen before.
OPEN = (State.PLANNED, State.STOPPED)
#: Lines of one transaction.
TICKS = 2000


@transaction.atomic
def take_lines(*, imported: Import, take: Sequence[int], leave: Sequence[int]) -> int:
    """Take these lines and leave those, by number; of lines of which one can be taken, the last one said. Gives how many changed.
    Raises `NotNow`. The journal tells what was taken when it is entered."""
    _held(imported)
    rows = _takeable(imported)
    count: int = rows.filter(n__in=leave, take=True).update(take=False, chosen=True)
    groups = list(rows.filter(n__in=take).exclude(one_of="").values_list("n", "kind", "one_of"))
    for n, kind, one_of in groups:
        rows.filter(kind=kind, one_of=one_of).exclude(n=n).update(take=False, chosen=True)
    last = {(kind, one_of): n for n, kind, one_of in groups}
    wanted = [n for n in take if n not in {n for n, _kind, _one in groups} or n in last.values()]
    count += rows.filter(n__in=wanted, take=False).update(take=True, chosen=True)
    return count


def take_all(*, imported: Import, lines: Any, take: bool) -> int:
    """Take or leave all of these lines (a queryset of its plan), in portions. Of those of which one can be taken, none is taken by
    that. Raises `NotNow`."""
    rows = lines.filter(state__in=TAKEABLE, outcome="").exclude(take=take)
    rows = rows.exclude(document=None, state__in=(LineState.NEW, LineState.CHANGED, LineState.CONFLICT))
    pks = list((rows.filter(one_of="") if take else rows).values_list("pk", flat=True))
    count = 0
    for start in range(0, max(len(pks), 1), TICKS):
        with transaction.atomic():
            _held(imported)
            portion = PlanLine.objects.filter(pk__in=pks[start : start + TICKS], outcome="")
            count += portion.update(take=take, chosen=True)
    return count


def _held(imported: Import) -> None:
    """Hold the import, so that nothing of it is entered at the same time."""
    if not Import.objects.select_for_update().filter(pk=imported.pk, state__in=OPEN).exists():
        raise NotNow


def _takeable(imported: Import) -> Any:
    rows = PlanLine.objects.filter(of=imported, state__in=TAKEABLE, outcome="")
    return rows.exclude(document=None, state__in=(LineState.NEW, LineState.CHANGED, LineState.CONFLICT))


def set_names(*, imported: Import, names: Mapping[str, Mapping[str, str | None]], by: By) -> Import:
    """Say what names mean: kind → as the file writes it → key of the register, "" for leaving it out, None for a new record."""
    known = {kind: dict(found) for kind, found in imported.settings.get("names", {}).items()}
    for kind, chosen in names.items():
        of_kind = known.setdefault(kind, {})
        for written, key in chosen.items():
            if key is None:
                of_kind.pop(written, None)
            else:
                of_kind[written] = key
    settings = {**imported.settings, "names": known}
    return describe_import(
        imported=imported, format=imported.format, options=imported.options, settings=settings, by=by
    )
