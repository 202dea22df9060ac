"""Keeping what a matching found: rows that stay the same thing from day to day, and where each trace belongs."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from kizuki.devices.actions.observing import digest
from kizuki.devices.choices import Ended
from kizuki.devices.engine.carry import Carried, carry
from kizuki.devices.models import Device, DeviceDecision, Part, Trace
from kizuki.jobs.pace import rest
from kizuki.register.engine.matching import Matching
from kizuki.register.engine.matching.fold import key_of_trace
from kizuki.register.models import Organisation

#: Rows of one transaction.
ROWS: Final = 300


class Row(NamedTuple):
    """A device as it is to be kept. `needless`: why its decision counts no longer."""

    key: str
    values: dict[str, Any]
    needless: str = ""


class _Before(NamedTuple):
    """A row as it is kept: what a change of is news to people, and the digest of all of it."""

    pk: int
    key: str
    digest: str
    news: tuple[str, str, str]
    version: int


class Store:
    """One matching of an organisation, and the rows of the matchings before. `keys`: of its devices, those of missing assets
    excepted. `gone`: rows that are no more, with the key of the device that took their place, "" where nothing did."""

    def __init__(self, organisation: Organisation, traces: Sequence[Trace], result: Matching) -> None:
        self.organisation, self.result = organisation, result
        self.keys = frozenset(device.id for device in result.devices)
        named = {digest(key_of_trace(one)): n for n, one in enumerate(result.state.traces)}
        self._traces = [(row, result.placed[named[row.digest]]) for row in traces]
        self._before = {row.key: row for row in self._read()}
        self._parts: dict[int, list[Part]] = defaultdict(list)
        for part in Part.objects.filter(trace__organisation=organisation):
            self._parts[part.trace_id].append(part)
        self._keys = {row.pk: row.key for row in self._before.values()}
        self.gone: dict[int, str] = {}
        self.rows: dict[str, int] = {}

    def _read(self) -> Iterator[_Before]:
        columns = ("pk", "key", "digest", "state", "asset", "decided", "version")
        rows = Device.objects.filter(organisation=self.organisation).order_by().values_list(*columns)
        for pk, key, known, state, asset, decided, version in rows.iterator(chunk_size=2000):
            yield _Before(pk, key, known, (state, asset, decided), version)

    def key_of(self, pk: int | None) -> str:
        """How the device of a row is called now; "" where there is none."""
        return self._keys.get(pk, "") if pk is not None else ""

    # ── what became of the rows there were ──

    def carry(self) -> None:
        """Give rows their new keys, and let go of those that are no more, with what was decided about them."""
        seen = {key: row.pk for key, row in self._before.items() if not key.startswith("asset:")}
        carried = carry(seen, self.keys, self._votes())
        pairs = list(carried.renamed.items())
        for start in range(0, len(pairs), ROWS):
            self._rename(pairs[start : start + ROWS])
        self._note(carried)

    def _votes(self) -> Iterator[tuple[int, str]]:
        devices = self.result.devices
        for row, numbers in self._traces:
            if row.device_id is not None:
                for number in numbers if len(numbers) > 1 else numbers * len(row.stays):
                    yield row.device_id, devices[number].id
            for part in self._parts.get(row.pk, ()):
                for stay in part.stays:
                    if stay < len(row.stays):
                        yield part.device_id, devices[numbers[stay % len(numbers)]].id

    @transaction.atomic
    def _rename(self, pairs: Sequence[tuple[int, str]]) -> None:
        for pk, key in pairs:
            Device.objects.filter(pk=pk).update(key=key, changed_at=timezone.now())
            DeviceDecision.objects.counting().filter(device=pk).update(key=key)
            before = self._before.pop(self._keys[pk])
            self._before[key] = before._replace(key=key)
            self._keys[pk] = key

    def _note(self, carried: Carried) -> None:
        for pk in (*carried.merged, *carried.lost):
            self.gone[pk] = carried.merged.get(pk, "")
            del self._before[self._keys[pk]]
            self._keys[pk] = self.gone[pk]

    # ── writing ──

    def write(self, rows: Sequence[Row]) -> None:
        """Keep these devices, and where the traces belong; what is not among them goes."""
        wanted = {row.key for row in rows}
        for key in [key for key in self._before if key not in wanted]:
            self.gone[self._before.pop(key).pk] = ""
        changed = [made for row in rows if (made := self._made(row)) is not None]
        for start in range(0, len(changed), ROWS):
            self._upsert(changed[start : start + ROWS])
        pairs = Device.objects.filter(organisation=self.organisation).order_by().values_list("key", "pk")
        self.rows = {key: pk for key, pk in pairs.iterator(chunk_size=2000) if key in wanted}
        self._place()

    def _made(self, row: Row) -> Device | None:
        """The row to write; None where nothing has changed."""
        told = json.dumps(row.values, sort_keys=True, ensure_ascii=False)
        name = hashlib.sha256(told.encode()).hexdigest()
        before = self._before.get(row.key)
        if before is not None and before.digest == name:
            return None
        news = (row.values["state"], row.values["asset"], row.values["decided"])
        version = 1 if before is None else before.version + (before.news != news)
        return Device(organisation=self.organisation, key=row.key, digest=name, version=version, **row.values)

    def _upsert(self, rows: Sequence[Device]) -> None:
        fields = [f.name for f in Device._meta.concrete_fields if f.name not in ("id", "organisation", "key")]
        now = timezone.now()
        for row in rows:
            row.changed_at = now
        with transaction.atomic():
            Device.objects.bulk_create(
                rows, update_conflicts=True, unique_fields=["organisation", "key"], update_fields=fields
            )
        rest()

    def _place(self) -> None:
        """Say of every trace to which device it belongs, stay by stay where that is more than one."""
        changed: list[Trace] = []
        for row, numbers in self._traces:
            pks = [self.rows[self.result.devices[number].id] for number in numbers]
            whole = pks[0] if len(set(pks)) == 1 else None
            wanted = _by_device(pks) if whole is None else {}
            there = {part.device_id: part.stays for part in self._parts.get(row.pk, ())}
            if row.device_id != whole or wanted != there:
                row.device_id = whole
                row.wanted = wanted  # type: ignore[attr-defined]
                changed.append(row)
        for start in range(0, len(changed), ROWS):
            self._place_some(changed[start : start + ROWS])

    def _place_some(self, rows: Sequence[Trace]) -> None:
        with transaction.atomic():
            Part.objects.filter(trace__in=rows).delete()
            self._point(rows)
            made = [
                Part(trace=row, device_id=device, stays=stays)
                for row in rows
                for device, stays in row.wanted.items()  # type: ignore[attr-defined]
            ]
            Part.objects.bulk_create(made)
        rest()

    def keep_decisions(self, decisions: Mapping[str, DeviceDecision]) -> None:
        """See to it that these decisions, by the key of their device, stand with the row of that device."""
        for key, decision in decisions.items():
            if decision.device_id != (pk := self.rows[key]):
                with transaction.atomic():
                    DeviceDecision.objects.counting().filter(device=pk).update(
                        ended=Ended.REPLACED, ended_at=timezone.now()
                    )
                    DeviceDecision.objects.filter(pk=decision.pk).update(device=pk, key=key)

    def _point(self, rows: Sequence[Trace]) -> None:
        """Write the device of many traces; many times quicker than `bulk_update`."""
        statement = f"UPDATE {Trace._meta.db_table} SET device_id = %s WHERE id = %s"  # noqa: S608 - a name of our own
        with connection.cursor() as cursor:
            cursor.executemany(statement, [(row.device_id, row.pk) for row in rows])

    def let_go(self, pks: Sequence[int]) -> None:
        """Take out rows that are no more; a decision goes on with the device that took their place, if that has none of its own."""
        with transaction.atomic():
            for decision in DeviceDecision.objects.counting().filter(device__in=pks):
                heir = self.rows.get(self.gone[decision.device_id or 0])
                if heir is None:
                    continue
                if DeviceDecision.objects.counting().filter(device=heir).exists():
                    decision.ended, decision.ended_at = Ended.REPLACED, timezone.now()
                decision.device_id = heir
                decision.save(update_fields=["device", "ended", "ended_at"])
            Device.objects.filter(pk__in=pks).delete()
        rest()


def _by_device(pks: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for stay, pk in enumerate(pks):
        found[pk].append(stay)
    return dict(found)
