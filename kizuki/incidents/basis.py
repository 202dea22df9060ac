"""What was known at a moment: frozen with a decision, and set beside what has become known since."""

from __future__ import annotations

from typing import Any, Final

from django.utils import timezone

from kizuki.incidents.choices import UNDONE, IndicatorState
from kizuki.incidents.models import Entry, Incident, Task

#: So many of each kind are kept with a decision; how many there were is kept as a number.
MOST: Final = 200
#: The newest entries that stood there, by which the decision was taken.
LAST_ENTRIES: Final = 20


def frozen(incident: Incident) -> dict[str, Any]:
    """What is known of the incident now, as JSON holds it: `at` the moment, `seq` the newest entry; how it stands; milestones, assets,
    indicators that nobody rejected, undone tasks; `entries`: the numbers of the newest entries that people wrote and nothing has
    replaced. `counts`: how many there are of what was cut to `MOST`. The incident must be held."""
    assets = incident.assets.values("key", "label", "state")
    indicators = incident.indicators.exclude(state=IndicatorState.REJECTED).values("kind", "value", "state")
    tasks = incident.tasks.filter(state__in=UNDONE)
    milestones = incident.milestones.select_related("entry")
    return {
        "at": timezone.now().isoformat(), "seq": incident.last_seq, "status": incident.status, "severity": incident.severity,
        "kind": incident.kind, "title": incident.title, "stand": incident.stand, "tlp": incident.tlp,
        "lead": incident.lead.name if incident.lead else "",
        "milestones": [{"name": row.name, "seq": row.entry.seq, "at": row.entry.at} for row in milestones],
        "assets": list(assets[:MOST]), "indicators": list(indicators[:MOST]),
        "tasks": [_task(task) for task in tasks.select_related("owner")[:MOST]],
        "entries": last_entries(incident),
        "counts": {"assets": assets.count(), "indicators": indicators.count(), "tasks": tasks.count()},
    }  # fmt: skip


def last_entries(incident: Incident) -> list[int]:
    """The numbers of the newest entries that tell something and stand as they are, in their order."""
    standing = Entry.objects.filter(incident=incident, corrections=None, withdrawn=False).exclude(text="")
    newest = standing.order_by("-seq").values_list("seq", flat=True)[:LAST_ENTRIES]
    return sorted(newest)


def _task(task: Task) -> dict[str, Any]:
    return {
        "number": task.number, "title_ja": task.title_ja, "title_en": task.title_en, "state": task.state, "role": task.role,
        "owner": task.owner.name if task.owner else "", "due": task.due.isoformat() if task.due else None,
    }  # fmt: skip
