"""What the pages of one incident share: finding it, who may write, the head with how it stands, the parts of the room."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kizuki.accounts.access import get_visible
from kizuki.incidents import beside, rules, sides_known
from kizuki.incidents.models import Incident


class Part(NamedTuple):
    """One page of an incident: the name of its view and what it is called."""

    view: str
    name: Any


#: The pages of an incident in the order of their links.
PARTS = [
    Part("incident", _("Timeline")),
    Part("tasks", pgettext_lazy("of an incident", "Tasks")),
    Part("decisions", pgettext_lazy("of an incident", "Decisions")),
    Part("known", _("What is known")),
    Part("next", _("Next steps")),
    Part("severity", _("Severity")),
    Part("stop", _("Authority to stop")),
    Part("review", pgettext_lazy("of an incident", "Review")),
    Part("figures", _("Figures")),
    Part("report", pgettext_lazy("document", "Report")),
    Part("settings", _("Particulars and people")),
]


class Side(NamedTuple):
    """One block in the right-hand column of the incident's page: its template, and what that template finds as `side`. `give` may
    ask the database at most three times; None leaves the block out."""

    template: str
    give: Callable[[HttpRequest, Incident], dict[str, Any] | None]


#: The blocks beside the timeline, from the top.
SIDES: list[Side] = [
    Side("incidents/side_tasks.html", beside.tasks),
    Side("incidents/side_decisions.html", beside.decisions),
    Side("incidents/side_known.html", sides_known.known),
]
#: The blocks below the timeline.
BELOW: list[Side] = [Side("incidents/next_top.html", sides_known.steps)]


def sides(request: HttpRequest, incident: Incident, blocks: list[Side] = SIDES) -> list[dict[str, Any]]:
    """The blocks beside the timeline (or `BELOW` it), as the template draws them."""
    made = ((side.template, side.give(request, incident)) for side in blocks)
    return [{"template": template, "context": context} for template, context in made if context is not None]


def found(request: HttpRequest, number: str) -> Incident:
    """The incident of that number; 404 for whoever may not know of it."""
    rows = Incident.objects.select_related("lead", "organisation")
    incident: Incident = get_visible(rows, request.user, number=number)
    return incident


def found_to_write(request: HttpRequest, number: str) -> Incident:
    """The incident; 404 for strangers, 403 for those who only read."""
    incident = found(request, number)
    if not rules.may_write(request.user, incident):
        raise PermissionDenied
    return incident


def found_to_lead(request: HttpRequest, number: str) -> Incident:
    """The incident; 404 for strangers, 403 for those who do not lead it."""
    incident = found(request, number)
    if not rules.may_lead(request.user, incident):
        raise PermissionDenied
    return incident


def shell(request: HttpRequest, incident: Incident, here: str, **more: Any) -> dict[str, Any]:
    """The context of every page of an incident: templates extend `incidents/shell.html`."""
    may_lead = rules.may_lead(request.user, incident)
    return {
        "incident": incident,
        "parts": [(reverse(f"incidents:{part.view}", args=[incident.number]), part.name, part.view == here) for part in PARTS],
        "may_write": may_lead or rules.may_write(request.user, incident),
        "may_lead": may_lead,
        "parent": known(request, incident.parent_id),
        "merged_into": known(request, incident.merged_into_id),
        **more,
    }  # fmt: skip


def known(request: HttpRequest, pk: int | None) -> Incident | None:
    """Another incident, if the person may know of it. Most incidents have none, and ask nothing."""
    return Incident.objects.visible_to(request.user).filter(pk=pk).first() if pk is not None else None
