"""Pages of the queue, and the verification of the journal on demand."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from kizuki.jobs.actions import claim, enqueue
from kizuki.jobs.choices import State
from kizuki.jobs.models import Job
from kizuki.jobs.tests import sample_tasks as tasks
from kizuki.jobs.views import STOP_POLLING
from kizuki.jobs.worker import drain
from kizuki.journal import triggers
from kizuki.journal.actions import record
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("role", "see", "stop"),
    [("reporter", 404, 404), ("responder", 404, 404), ("executive", 404, 404), ("auditor", 200, 403),
     ("administrator", 200, 302), ("manager", 200, 302)],
)  # fmt: skip
def test_whose_jobs_one_sees_and_stops(role: str, see: int, stop: int, cast: Any, signed_in: Any) -> None:
    job = enqueue(tasks.add, 1, by=cast.manager)
    client = signed_in(getattr(cast, role))
    assert client.get(f"/jobs/{job.pk}/").status_code == see
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == stop
    assert client.get("/jobs/").status_code == 200


def test_the_list_holds_only_ones_own_unless_all_are_asked_for(cast: Any, signed_in: Any) -> None:
    enqueue(tasks.add, 1, by=cast.manager)
    assert signed_in(cast.administrator).get("/jobs/").context["jobs"] == []
    assert len(signed_in(cast.administrator).get("/jobs/?all").context["jobs"]) == 1
    assert signed_in(cast.reporter).get("/jobs/?all").context["jobs"] == []


def test_the_page_shows_progress_and_stops_asking_at_the_end(cast: Any, signed_in: Any) -> None:
    job = enqueue(tasks.tell, by=cast.manager)
    client = signed_in(cast.manager)
    part = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert b"hx-get" in part.content
    assert b"<html" not in part.content
    drain()
    part = client.get(f"/jobs/{job.pk}/", headers={"HX-Request": "true"})
    assert part.status_code == STOP_POLLING
    assert b"hx-get" not in part.content
    assert b'href="/cases/"' in part.content


def test_get_changes_nothing(cast: Any, signed_in: Any) -> None:
    job = enqueue(tasks.add, 1, by=cast.manager)
    client = signed_in(cast.manager)
    assert client.get(f"/jobs/{job.pk}/cancel/").status_code == 405
    assert client.get("/jobs/verify-journal/").status_code == 405
    job.refresh_from_db()
    assert job.state == State.WAITING


@pytest.mark.parametrize(
    ("role", "status"),
    [("reporter", 404), ("responder", 404), ("manager", 404), ("executive", 404), ("auditor", 302),
     ("administrator", 302)],
)  # fmt: skip
def test_who_may_have_the_journal_verified(role: str, status: int, cast: Any, signed_in: Any) -> None:
    response = signed_in(getattr(cast, role)).post("/jobs/verify-journal/")
    assert response.status_code == status
    assert Job.objects.exists() is (status == 302)


def test_verification_of_a_whole_journal_is_written_into_it(cast: Any, signed_in: Any) -> None:
    record(by="test", room="journal", verb="try")
    page = signed_in(cast.auditor).post("/jobs/verify-journal/", follow=False)
    drain()
    job = Job.objects.get()
    assert job.state == State.DONE
    assert job.result is not None
    assert job.result["entries"] == 1
    assert page["Location"] == f"/jobs/{job.pk}/"
    assert Entry.objects.get(verb="verify").actor_name == "Auditor"


def test_verification_of_a_changed_journal_names_the_place(cast: Any, signed_in: Any) -> None:
    for _ in range(3):
        record(by="test", room="journal", verb="try")
    triggers.remove_all(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_entry SET verb = 'forged' WHERE seq = 2")
    triggers.install_all(connection)
    client = signed_in(cast.auditor)
    client.post("/jobs/verify-journal/")
    drain()
    job = Job.objects.get()
    assert job.state == State.FAILED
    assert "Entry 2" in job.reason["en"]
    assert "2番" in job.reason["ja"]
    assert b"Entry 2" in client.get(f"/jobs/{job.pk}/").content


def test_a_running_job_shows_its_share(cast: Any, signed_in: Any) -> None:
    job = enqueue(tasks.add, 1, by=cast.manager)
    claim(worker="test")
    Job.objects.update(percent=42)
    assert b'value="42"' in signed_in(cast.manager).get(f"/jobs/{job.pk}/").content
