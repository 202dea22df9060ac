"""My work, and what stands beside the timeline."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from django.test import Client
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents import actions
from kizuki.incidents.models import (
    Decision,
    Incident,
    Indicator,
    Task,
)
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Organisation
from kizuki.tasks.actions import Origin, create_task

SignIn = Callable[[Person], Client]


def test_my_work(begun: Incident, cast: Cast, signed_in: SignIn, small: Organisation) -> None:
    """Also for a reporter, who has a role in one incident and sees nothing else."""
    client = signed_in(cast.reporter)
    assert "Nothing waits for you" in client.get("/incidents/mine").content.decode()
    actions.give_role(incident=begun, person=cast.reporter, role="legal", by=cast.responder)
    other = actions.open_incident(title="Elsewhere", by=cast.manager)
    actions.add_task(incident=other, title="Nobody tells me", by=cast.manager)
    actions.assign_tasks(incident=begun, tasks={2: 1}, owner=cast.reporter, by=cast.responder)
    Task.objects.filter(incident=begun, number=2).update(due=timezone.now() - dt.timedelta(hours=3))
    Indicator.objects.create(incident=begun, kind="ip", value="192.0.2.1")
    soon = timezone.now() + dt.timedelta(minutes=30)
    actions.review_decision(decision=Decision.objects.get(), holds=True, text="", review_on=soon, by=cast.responder)
    mail = {"id": "ken", "name": "Ken", "mail": cast.reporter.email}
    apply(organisation=small, edits=[Edit("contact", "ken", mail)], by="a test")
    create_task(title="Patch the printer", origin=Origin.OWN, unit="shop", owner="ken", by="a test")
    page = client.get("/incidents/mine").content.decode()
    step = Task.objects.get(incident=begun, number=2)
    assert step.title_en in page
    assert "overdue by 3 h" in page
    assert "Tasks of my role that nobody has taken" in page
    assert begun.title in page
    assert "Do we stop?" in page
    assert "1 found in text" in page
    assert "Patch the printer" in page
    assert "Elsewhere" not in page
    assert "Nobody tells me" not in page
    Incident.objects.filter(pk=begun.pk).update(status="closed", closed_at=timezone.now())
    page = client.get("/incidents/mine").content.decode()
    assert step.title_en not in page
    assert "Do we stop?" not in page


def test_my_work_is_a_room_of_its_own(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    for path, here in (
        ("/incidents/mine", "/incidents/mine"),
        ("/incidents/", "/incidents/"),
        ("/incidents/procedures/", "/incidents/"),
    ):
        page = signed_in(cast.manager).get(path).content.decode()
        assert re.findall(r'<a href="([^"]+)" aria-current="page">', page.split("<main")[0]) == [here]
    assert 'href="/incidents/mine"' in signed_in(cast.reporter).get("/cases/").content.decode()


def test_decisions_to_look_at_again_follow_their_last_review(begun: Incident, cast: Cast) -> None:
    from kizuki.incidents.mine import of_person

    def asked() -> int:
        return len(of_person(cast.responder).decisions)

    decision, far = Decision.objects.get(), timezone.now() + dt.timedelta(days=30)
    assert asked() == 0
    for review_on, wanted in ((timezone.now() + dt.timedelta(hours=1), 1), (far, 0), (None, 0)):
        actions.review_decision(decision=decision, holds=True, text="", review_on=review_on, by=cast.responder)
        assert asked() == wanted
    assert of_person(cast.manager).decisions == []


def test_the_timeline_has_tasks_and_decisions_beside_it(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    page = signed_in(cast.executive).get(f"/incidents/{begun.number}").content.decode()
    first = Task.objects.filter(incident=begun).order_by("due")[0]
    assert first.title_en in page
    assert "Do we stop?" in page
    assert f"/incidents/{begun.number}/tasks" in page
    assert "decisions/new" not in page, "an executive reads"
