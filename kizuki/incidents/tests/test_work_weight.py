"""Pages of work are whole, light, and ask few questions."""

from __future__ import annotations

import datetime as dt
import gzip
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents import actions
from kizuki.incidents.models import (
    Incident,
    Task,
)
from kizuki.incidents.procedures import library_ids
from kizuki.incidents.tests.test_work_pages import pages
from tests.test_pages import Reading

SignIn = Callable[[Person], Client]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_pages_are_whole_and_light(language: str, begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    """One h1, no heading left out, every id once, every jump with its place, no script inside, light."""
    client, base = signed_in(cast.manager), f"/incidents/{begun.number}"
    client.cookies["kizuki_language"] = language
    asked = next(task for task in Task.objects.filter(incident=begun) if "decision" in task.step)
    more = ["tasks/new", "tasks/1/edit", f"tasks/{asked.number}", "decisions/new", f"decisions/new?task={asked.number}"]
    paths = [*pages(begun), *(f"{base}/{path}" for path in more), "/incidents/mine", "/incidents/procedures/"]
    paths += ["/incidents/procedures/import", *(f"/incidents/procedures/{id}" for id in library_ids())]
    wrong: list[str] = []
    for path in paths:
        html = client.get(path).content.decode()
        read = Reading(html)
        wrong += [f"{path}: {fault}" for fault in read.faults]
        wrong += [f"{path}: id {one} twice" for one in {i for i in read.ids if read.ids.count(i) > 1}]
        steps = zip([1, *read.levels], read.levels, strict=False)
        wrong += [f"{path}: h{b} after h{a}" for a, b in steps if b > a + 1 or read.levels.count(1) != 1]
        wrong += [f"{path}: no {link}" for link in read.links if link.startswith("#") and link[1:] not in read.ids]
        wrong += [f"{path}: {size} bytes" for size in [len(gzip.compress(html.encode(), 6))] if size > 60_000]
    assert wrong == []


def test_few_queries_and_no_more_with_more_rows(begun: Incident, cast: Cast, signed_in: SignIn) -> None:
    actions.give_role(incident=begun, person=cast.reporter, role="it", by=cast.responder)
    base = f"/incidents/{begun.number}"
    task = next(task for task in Task.objects.filter(incident=begun) if "decision" in task.step)
    paths = [
        "/incidents/mine",
        "/incidents/procedures/",
        "/incidents/procedures/ransomware",
        *pages(begun),
        f"{base}/tasks/{task.number}",
        f"{base}/tasks/new",
        f"{base}/tasks/1/edit",
        f"{base}/decisions/new",
        f"{base}/decisions/new?task={task.number}",
    ]
    clients = [signed_in(person) for person in (cast.manager, cast.reporter)]
    few = [[_queries(client, path) for path in paths] for client in clients]
    for n in range(30):
        actions.add_task(incident=begun, title=f"t{n}", role="it", owner=cast.reporter, by=cast.responder)
        actions.add_entry(incident=begun, text=f"e{n}", lane="it", kind="analyse", by=cast.responder)
        soon = timezone.now() + dt.timedelta(hours=1)
        actions.add_decision(
            incident=begun, question=f"q{n}", options=["a", "b"], chosen=0, reason="x", decided_by="y", review_on=soon,
            by=cast.reporter,
        )  # fmt: skip
    many = [[_queries(client, path) for path in paths] for client in clients]
    assert max(max(row) for row in many) <= 15, list(zip(paths, *many, strict=True))
    grown = [
        (path, a, b)
        for row, more in zip(few, many, strict=True)
        for path, a, b in zip(paths, row, more, strict=True)
        if b > a
    ]
    # Where there was nothing, nothing had to be asked for what belongs to it.
    assert [one for one in grown if one[0] != "/incidents/mine"] == []


def _queries(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200, path
    return len(queries)
