"""Everything that a report tells, read once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from kizuki.accounts import rules
from kizuki.casebook.models import Case
from kizuki.incidents import figures, reviewing, same_setting
from kizuki.incidents.closing import Known, known
from kizuki.incidents.engine import review as engine
from kizuki.incidents.engine.figures import Figure
from kizuki.incidents.models import AssetOf, Entry, FileOf, Incident, Indicator, Member, MilestoneAt
from kizuki.kit.text import Text
from kizuki.register.choices import names_of
from kizuki.tasks.models import Task as FollowUp


@dataclass(frozen=True, slots=True)
class Facts:
    """What a report draws on. `owners`: contacts by their key; `follow_ups`: tasks of the tasks room that the reader sees;
    `services`: what the affected assets serve, (name, customers), where the reader may read the register; `today` by the clock of the
    incident."""

    incident: Incident
    language: str
    zone: ZoneInfo
    now: dt.datetime
    about: Known
    spans: dict[Any, Figure]
    cases: list[Case]
    entries: list[Entry]
    milestones: dict[int, list[MilestoneAt]]
    assets: list[AssetOf]
    indicators: list[Indicator]
    files: list[FileOf]
    members: list[Member]
    owners: dict[str, Text]
    follow_ups: dict[int, FollowUp]
    services: list[tuple[str, str]]

    @property
    def affected(self) -> list[AssetOf]:
        return [row for row in self.assets if row.state in same_setting.CONCERNED and row.state != "suspected"]

    def when(self, at: dt.datetime | None, *, day: bool = False) -> str:
        """A moment by the incident's clock; "–" for none."""
        if at is None:
            return "–"
        return f"{at.astimezone(self.zone):{'%Y-%m-%d' if day else '%Y-%m-%d %H:%M'}}"


def gather(incident: Incident, person: Any, *, language: str) -> Facts:
    """Read it; at most fourteen questions, however much there is."""
    about = known(incident)
    marks: dict[int, list[MilestoneAt]] = {}
    for mark in incident.milestones.order_by("pk"):
        marks.setdefault(mark.entry_id, []).append(mark)
    assets = list(incident.assets.all())
    items = [item for _part, item in engine.items(about.parts)]
    numbers = [item.task for item in items if item.task]
    owners = names_of([("contact", item.owner) for item in items if item.owner])
    return Facts(
        incident, language, ZoneInfo(incident.zone), timezone.now(), about, figures.figures(about.marks),
        figures.cases_beside(person), list(reviewing.standing(incident)), marks, assets,
        list(incident.indicators.exclude(state="rejected")), list(incident.files.select_related("file")),
        list(incident.members.select_related("person")), {key: name for (_kind, key), name in owners.items()},
        {task.pk: task for task in FollowUp.objects.visible_to(person).filter(pk__in=numbers)} if numbers else {},
        _services(incident, assets, language) if rules.may_read_all(person) else [],
    )  # fmt: skip


def _services(incident: Incident, assets: list[AssetOf], language: str) -> list[tuple[str, str]]:
    """What the affected assets serve, and whom; each once."""
    keys = {row.key for row in assets if row.state in same_setting.CONCERNED}
    if not keys:
        return []
    register = incident.organisation.read
    services = {one.id: one for one in register.services}
    served = [id for asset in register.assets if asset.id in keys for id in asset.services if id in services]
    return [(_in(services[id].name, language), _in(services[id].customers, language)) for id in dict.fromkeys(served)]


def _in(name: Any, language: str) -> str:
    return "" if name is None else name if isinstance(name, str) else str(name.in_(language))
