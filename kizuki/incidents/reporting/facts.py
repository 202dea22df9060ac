"""Everything that a report tells, read once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils import timezone

from kizuki.accounts import rules
from kizuki.casebook.models import Case
from kizuki.incidents import reviewing, same_setting
from kizuki.incidents.choices import Auto, IndicatorState
from kizuki.incidents.closing import Known, known
from kizuki.incidents.engine import review as engine
from kizuki.incidents.engine.figures import Figure, figures
from kizuki.incidents.figures import cases_beside
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


def gather(incident: Incident, person: Any, *, language: str, whole: bool) -> Facts:
    """Read it; at most twelve questions, however much there is. `whole` False: without what only the technical report tells."""
    about = known(incident, settings=False, review=incident._state.fields_cache.get("review"))
    assets = list(incident.assets.all())
    marks: dict[int, list[MilestoneAt]] = {}
    for mark in about.milestones:
        marks.setdefault(mark.entry_id, []).append(mark)
    items = [item for _part, item in engine.items(about.parts)]
    numbers = [item.task for item in items if item.task] if whole else []
    reads = rules.may_read_all(person)
    return Facts(
        incident, language, ZoneInfo(incident.zone), timezone.now(), about, figures(about.marks), cases_beside(person),
        list(_told(incident)) if whole else [], marks, assets,
        list(incident.indicators.exclude(state=IndicatorState.REJECTED)) if whole else [],
        list(incident.files.select_related("file")) if whole else [],
        list(incident.members.select_related("person")) if whole else [],
        _owners(incident, {item.owner for item in items if item.owner}, reads=reads),
        {task.pk: task for task in FollowUp.objects.visible_to(person).filter(pk__in=numbers)} if numbers else {},
        _services(incident, assets, language) if reads else [],
    )  # fmt: skip


def _told(incident: Incident) -> QuerySet[Entry]:
    """The entries of the timeline that a reader of a report wants: what people wrote, and what changed how it stands."""
    wanted = ~Q(text="") | Q(auto__in=(Auto.OPENED, Auto.SEVERITY, Auto.CHANGED, Auto.CLOSED, Auto.MERGED))
    return reviewing.standing(incident).filter(wanted).exclude(auto=Auto.REVIEW).prefetch_related("links")


def _owners(incident: Incident, keys: set[str], *, reads: bool) -> dict[str, Text]:
    """What contacts are called; from the register as it is kept in memory, where the reader may read it."""
    if not keys:
        return {}
    if not reads:
        return {key: name for (_kind, key), name in names_of([("contact", key) for key in keys]).items()}
    known = {one.id: one.name for one in incident.organisation.read.contacts if one.id in keys}
    return {key: Text(ja=name, en=name) if isinstance(name, str) else name for key, name in known.items()}


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
