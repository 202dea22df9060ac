"""What other parts learn of what happens in incidents: the search, and the webhooks of those who may know of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from kizuki.incidents import hooks
from kizuki.incidents.models import Incident
from kizuki.incidents.tasks import ask_for_indexing
from kizuki.notify import hooks as notify
from kizuki.notify.actions import announce

ROOM: Final = "incidents"
#: Types of events, with what they say.
EVENTS: Final = {
    "incident.opened": _("An incident was opened."),
    "incident.changed": _("Title, status or other particulars were changed."),
    "incident.severity": _("The severity was judged or set."),
    "incident.role": _("Somebody was given a role, or it ended; also another lead."),
    "incident.merged": _("The incident was merged into another one."),
    "incident.closed": _("The incident was closed."),
    "incident.reopened": _("The incident was taken up again."),
    "entry.added": _("Something was entered, or an entry was corrected."),
    "entry.withdrawn": _("An entry was taken back."),
    "milestone.marked": _("A milestone was marked at an entry."),
    "milestone.cleared": _("A milestone is not reached after all."),
    "procedure.begun": _("A procedure was begun; its steps are tasks now."),
    "task.added": _("A task was written down."),
    "task.changed": _("What a task says was changed."),
    "task.assigned": _("Tasks were given to somebody."),
    "task.doing": _("Somebody began a task."),
    "task.blocked": _("A task cannot go on."),
    "task.done": _("A task is done."),
    "task.dropped": _("A task was dropped."),
    "task.todo": _("A task was taken up again."),
    "decision.made": _("A decision was written down."),
    "decision.reviewed": _("Somebody looked at a decision again."),
    "escalation.judged": _("Whom to tell was judged by the criteria."),
    "authority.judged": _("Who may stop something was judged by the criteria."),
    "indicator.added": _("Indicators were noted."),
    "indicator.changed": _("An indicator was confirmed or rejected."),
    "asset.added": _("Assets were noted."),
    "asset.changed": _("The state of an asset was changed."),
    "step.dismissed": _("A next step that was proposed was put aside."),
    "file.kept": _("A file was kept."),
    "review.changed": _("The review was written on."),
}  # fmt: skip
#: What goes along of an event: numbers and states of the incident itself. Another incident's number may be one that nobody may know.
TOLD: Final = (
    "entry", "by", "fields", "severity", "was", "role", "milestone", "procedure", "task", "tasks", "decision", "holds", "indicator",
    "indicators", "asset", "assets", "file", "state",
)  # fmt: skip


def install() -> None:
    """Called once when the program starts."""
    notify.events.update(EVENTS)
    notify.sights[ROOM] = notify.Sight(_sees, _keys)
    hooks.after_event.append(_pass_on)


def _pass_on(incident: Incident, event: str, data: Mapping[str, Any]) -> None:
    ask_for_indexing()
    told = {"incident": incident.number, "exercise": incident.exercise, "restricted": incident.restricted}
    told |= {name: value for name, value in data.items() if name in TOLD and not isinstance(value, dict)}
    announce(type=event, room=ROOM, key=incident.number, data=told)


def _sees(person: Any, key: str) -> bool:
    return bool(Incident.objects.visible_to(person).filter(number=key).exists())


def _keys(person: Any) -> Any:
    return Incident.objects.visible_to(person).values("number")
