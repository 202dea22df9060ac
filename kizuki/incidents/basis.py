"""What was known at a moment: frozen with a decision, and set beside what has become known since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from kizuki.casebook.words import MILESTONES
from kizuki.incidents.choices import UNDONE, AssetState, IndicatorState, Role, Severity, Status, TaskState
from kizuki.incidents.engine import fold
from kizuki.incidents.engine.defang import defanged
from kizuki.incidents.models import Entry, Incident, Indicator, Task
from kizuki.incidents.naming import named, text_of
from kizuki.ui.templatetags.kizuki import language

#: So many of each kind are kept with a decision; how many there were is kept as a number.
MOST: Final = 200
#: The newest entries that stood there, by which the decision was taken.
LAST_ENTRIES: Final = 20


def frozen(incident: Incident) -> dict[str, Any]:
    """What is known of the incident now, to be kept as JSON: as `known`, and `entries`: the numbers of the newest entries that tell
    something and that nothing has replaced. The incident must be held."""
    return {**known(incident), "entries": last_entries(incident)}


def known(incident: Incident) -> dict[str, Any]:
    """What is known now: `at` the moment, `seq` the newest entry; how it stands; milestones, assets, indicators that nobody rejected,
    undone tasks. `counts`: how many there are of what was cut to `MOST`. Four questions."""
    tasks = incident.tasks.filter(state__in=UNDONE).select_related("owner")
    stands, undone = standing(incident), [_task(task) for task in tasks[:MOST]]
    return {
        **stands, "at": timezone.now().isoformat(), "seq": incident.last_seq, "kind": incident.kind, "title": incident.title,
        "stand": incident.stand, "tlp": incident.tlp, "tasks": undone,
        "counts": {
            "assets": _count(stands["assets"], incident.assets), "indicators": _count(stands["indicators"], _held(incident)),
            "tasks": _count(undone, tasks),
        },
    }  # fmt: skip


def standing(incident: Incident) -> dict[str, Any]:
    """How the incident stands now: the part of the above that can have changed when a decision is looked at again. Three questions."""
    milestones = incident.milestones.select_related("entry")
    return {
        "status": incident.status, "severity": incident.severity, "lead": incident.lead.name if incident.lead else "",
        "milestones": [{"name": row.name, "seq": row.entry.seq, "at": row.entry.at} for row in milestones],
        "assets": list(incident.assets.values("key", "label_ja", "label_en", "state")[:MOST]),
        "indicators": list(_held(incident).values("kind", "value", "state")[:MOST]),
    }  # fmt: skip


def _held(incident: Incident) -> QuerySet[Indicator]:
    """The indicators that nobody has rejected."""
    return Indicator.objects.filter(incident=incident).exclude(state=IndicatorState.REJECTED)


def _count(kept: Sequence[Any], rows: Any) -> int:
    """How many there are, of which no more than `MOST` were kept."""
    return len(kept) if len(kept) < MOST else int(rows.count())


def frozen_at(incident: Incident, moment: dt.datetime) -> dict[str, Any]:
    """The same as it was known at a moment of the past: what had been written down by then, whenever it had happened. For decisions that
    are entered later than they were taken."""
    rows = Entry.objects.filter(incident=incident, recorded_at__lte=moment)
    state = fold.state_at((fold.Row(*values) for values in rows.values_list(*fold.COLUMNS)), moment)
    told = rows.filter(seq__in=[reached.entry for reached in state.milestones.values()]).values_list("seq", "at")
    times = dict(told)
    lead = next((member.name for member in state.members if member.role == Role.LEAD), "")
    fields = {name: state.fields.get(name, "") for name in ("status", "severity", "kind", "title", "stand", "tlp")}
    lists: dict[str, list[dict[str, Any]]] = {
        "assets": [
            {"key": key, **named(text_of(one, "label")), "state": one["state"]} for key, one in sorted(state.assets.items())
        ],
        "indicators": _indicators_at(incident, state, moment),
        "tasks": [_task_at(number, one) for number, one in state.tasks.items() if one.get("state") in UNDONE],
    }  # fmt: skip
    standing_then = rows.filter(seq__in=state.timeline).exclude(text="").order_by("-seq")
    return {
        **fields, **{name: kept[:MOST] for name, kept in lists.items()}, "at": moment.isoformat(), "seq": state.seq, "lead": lead,
        "milestones": [
            {"name": name, "seq": reached.entry, "at": times[reached.entry]} for name, reached in state.milestones.items()
        ],
        "entries": sorted(standing_then.values_list("seq", flat=True)[:LAST_ENTRIES]),
        "counts": {name: len(kept) for name, kept in lists.items()},
    }  # fmt: skip


def _indicators_at(incident: Incident, state: fold.State, moment: dt.datetime) -> list[dict[str, Any]]:
    """What had been judged by then, and what stood in entries without being judged."""
    found = Indicator.objects.filter(incident=incident, entry__recorded_at__lte=moment).values_list("kind", "value")
    words: dict[str, str] = {f"{kind}:{value}": IndicatorState.PROPOSED.value for kind, value in found}
    words |= {key: str(one["state"]) for key, one in state.indicators.items()}
    held = sorted((key, word) for key, word in words.items() if word != IndicatorState.REJECTED)
    return [{"kind": key.partition(":")[0], "value": key.partition(":")[2], "state": word} for key, word in held]


def _task_at(number: str, one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "number": int(number), "title_ja": one.get("title_ja", ""), "title_en": one.get("title_en", ""), "state": one["state"],
        "role": one.get("role", ""), "owner": one.get("owner_name", ""), "due": one.get("due"),
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


class Change(NamedTuple):
    """One thing that is not what it was: its kind and name, how it was then ("" new), how it is now."""

    kind: str
    name: str
    was: str
    now: str


def shown(basis: Mapping[str, Any]) -> dict[str, Any]:
    """The frozen basis with the words of the reader's language."""
    return {
        **basis, "at": dt.datetime.fromisoformat(basis["at"]), "status_name": _word(Status, basis["status"]),
        "severity_name": _word(Severity, basis["severity"]),
        "milestones": [{**one, "name": MILESTONES.get(one["name"], one["name"])} for one in basis["milestones"]],
        "assets": [{"label": label, "state": state} for label, state in map(_asset, basis["assets"])],
        "indicators": [
            {"value": defanged(one["kind"], one["value"]), "state": _word(IndicatorState, one["state"])}
            for one in basis["indicators"]
        ],
        "tasks": [
            {**one, "title": text_of(one, "title"), "state": _word(TaskState, one["state"])}
            for one in basis["tasks"]
        ],
        "more": {name: max(0, count - len(basis[name])) for name, count in basis["counts"].items()},
    }  # fmt: skip


def changes(basis: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """What is different now from what a decision was taken on; as `frozen` and `standing` give them."""
    made = [
        Change("status", "", _word(Status, basis["status"]), _word(Status, now["status"])),
        Change("severity", "", _word(Severity, basis["severity"]), _word(Severity, now["severity"])),
        Change("lead", "", basis["lead"], now["lead"]),
    ]
    made += _pairs("milestone", basis["milestones"], now["milestones"], _milestone)
    made += _pairs("asset", basis["assets"], now["assets"], _asset)
    made += _pairs("indicator", basis["indicators"], now["indicators"], _indicator)
    return [change for change in made if change.was != change.now]


def _pairs(
    kind: str,
    then: Sequence[Mapping[str, Any]],
    now: Sequence[Mapping[str, Any]],
    read: Callable[[Mapping[str, Any]], tuple[str, str]],
) -> list[Change]:
    before, after = dict(map(read, then)), dict(map(read, now))
    return [Change(kind, name, before.get(name, ""), after.get(name, "")) for name in {**before, **after}]


def _milestone(one: Mapping[str, Any]) -> tuple[str, str]:
    return str(MILESTONES.get(one["name"], one["name"])), str(one["seq"])


def _asset(one: Mapping[str, Any]) -> tuple[str, str]:
    return text_of(one, "label").in_(language()) or one["key"], _word(AssetState, one["state"])


def _indicator(one: Mapping[str, Any]) -> tuple[str, str]:
    return defanged(one["kind"], one["value"]), _word(IndicatorState, one["state"])


def _word(choices: Any, value: Any) -> str:
    return str(choices(value).label) if value in choices.values else str(value)
