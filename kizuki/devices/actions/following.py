"""One task for each device that nobody knows: made when it is found, ended by itself when it is known."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Final

from django.utils import timezone

from kizuki.devices.actions.storing import ROWS, Store
from kizuki.devices.choices import RECOGNISED, State
from kizuki.devices.models import Device
from kizuki.jobs.worker import progress
from kizuki.kit.text import Text
from kizuki.register.columns import both
from kizuki.register.engine.format import Zone
from kizuki.register.models import TABLES, Organisation
from kizuki.tasks import actions as tasks
from kizuki.tasks.choices import FOLLOWED
from kizuki.tasks.models import Task

#: So many days to find out what a device is.
DAYS: Final = 14
#: Networks for what nobody registers: what is seen there is shown, but nobody has to look for it.
WITHOUT_TASKS: Final = ("guest", "internet")


def follow(organisation: Organisation, store: Store, zones: Mapping[str, Zone]) -> None:
    """Bring the tasks into line with the devices."""
    _close_gone(organisation, store)
    open_tasks = _open(organisation)
    owners = dict(TABLES["unit"].objects.filter(organisation=organisation, deleted_at=None).values_list("key", "owner"))
    pks = list(Device.objects.filter(organisation=organisation).open().values_list("pk", flat=True))
    for device in _by_portions([pk for pk in pks if f"device:{pk}" not in open_tasks]):
        zone = zones.get(device.zone)
        if zone is None or zone.kind not in WITHOUT_TASKS:
            find_out(device, zone, owners.get(device.unit, ""))
            _rest()
    for device in _by_portions(sorted(filter(None, map(_number, open_tasks)))):
        # Where only a person says so, another person verifies the task.
        proved = device.state == State.GONE or (device.state in RECOGNISED and not _only_said(device))
        if proved and tasks.settle(
            once=device.task_name, result=recognised(device), by=None, verified=True, organisation=organisation
        ):
            _rest()


def _only_said(device: Device) -> bool:
    """Whether a device is known because a person said so, and by nothing else."""
    return bool(device.reasons) and device.reasons[0][0] == "decided"


def _by_portions(pks: Sequence[int]) -> Iterator[Device]:
    for start in range(0, len(pks), ROWS):
        yield from Device.objects.filter(pk__in=pks[start : start + ROWS]).select_related("organisation").order_by("pk")


def find_out(device: Device, zone: Zone | None, owner: str) -> Task:
    """The task to find out what a device is; the one that there is, if there is one."""
    ja, en = both(zone.name if zone else None)
    ja, en = (f"（{ja or device.zone}）", f" in {en or device.zone}") if device.zone else ("", "")
    title = Text(ja=f"不明な機器 {device.name}{ja}が何かを調べる", en=f"Find out what {device.name}{en} is")
    text = Text(
        ja="台帳のどの資産とも一致しません。どの資産か、部門の機器か、来客のものかを確かめ、機器のページで決めてください。",
        en="No asset of the register fits it. Find out whether it is one of them, a unit's, or a guest's; decide on its page.",
    )
    return tasks.create_task(
        title=title, text=text, origin=tasks.Origin.DEVICE, about=tasks.About("device", str(device.pk)), unit=device.unit,
        owner=owner, due=timezone.localdate() + timedelta(days=DAYS), once=device.task_name, by=None,
        organisation=device.organisation,
    )  # fmt: skip


def recognised(device: Device) -> Text:
    """What a task says when its device has become known."""
    ja, en = asset_name(device.organisation, device.asset)
    return Text(ja=f"資産「{ja}」と分かりました。", en=f"It is the asset “{en}”.")


def asset_name(organisation: Organisation, key: str) -> tuple[str, str]:
    """An asset's name in both languages, its id where it has none."""
    from kizuki.register.models import Asset

    row = Asset.objects.filter(organisation=organisation, key=key).only("name_ja", "name_en").first()
    ja, en = (row.name_ja, row.name_en) if row else ("", "")
    return ja or en or key, en or ja or key


def _close_gone(organisation: Organisation, store: Store) -> None:
    """End the tasks of devices that are no more, and take those rows out."""
    pks = sorted(store.gone)
    for start in range(0, len(pks), ROWS):
        for pk in pks[start : start + ROWS]:
            heir = store.gone[pk]
            said = (
                Text(ja=f"{heir} と同じ機器と分かりました。", en=f"It turned out to be the same device as {heir}.")
                if heir
                else Text(
                    ja="もう観測されておらず、記録から外れました。", en="It is not seen any more and was forgotten."
                )
            )
            tasks.settle(once=f"device:{pk}", result=said, by=None, drop=True, organisation=organisation)
        store.let_go(pks[start : start + ROWS])


def _open(organisation: Organisation) -> set[str]:
    rows = Task.objects.filter(organisation=organisation, once__startswith="device:", state__in=FOLLOWED)
    return set(rows.values_list("once", flat=True))


def _number(once: str) -> int | None:
    rest = once.partition(":")[2]
    return int(rest) if rest.isdecimal() else None


def _rest() -> None:
    progress(90)
    # Each is a short transaction: a shorter pause is enough.
    time.sleep(0.005)
