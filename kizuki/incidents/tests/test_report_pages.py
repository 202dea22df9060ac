"""The pages of reports: files, the PDF as a job, few questions, and who may have them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents.actions import (
    add_decision,
    add_entry,
    add_task,
    change_incident,
    open_incident,
    save_item,
)
from kizuki.incidents.models import Incident
from kizuki.incidents.reporting import files
from kizuki.incidents.tests.live import LIVE
from kizuki.incidents.tests.test_report import JAPANESE, told
from kizuki.jobs.models import Job
from kizuki.jobs.worker import drain
from kizuki.register.models import Organisation

SignIn = Callable[[Person], Client]


def path(incident: Incident, rest: str = "report") -> str:
    return f"/incidents/{incident.number}/{rest}"


def test_pages_and_files(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    told(incident, cast.responder, LIVE[0])
    client = signed_in(cast.responder)
    for query in ("", "?audience=technical", "?language=ja", "?audience=nonsense&language=xx"):
        page = client.get(path(incident) + query)
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
    for ending, kind in files.FORMATS.items():
        answer = client.get(path(incident, f"report/file.{ending}?audience=technical&language=ja"))
        assert answer.status_code == 200
        assert answer["Content-Type"] == kind.media_type
        assert answer["Content-Disposition"] == f'attachment; filename="{incident.number}-technical-ja.{ending}"'
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert client.get(path(incident, "report/file.exe")).status_code == 404


def test_the_pdf_is_drawn_as_a_job(
    incident: Incident, cast: Cast, signed_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    pytest.importorskip("weasyprint", exc_type=OSError)  # type: ignore[arg-type]  # its libraries may be missing
    settings.HOME = tmp_path
    told(incident, cast.responder, JAPANESE)
    client = signed_in(cast.responder)
    sent = client.post(path(incident, "report/pdf"), {"audience": "executive", "language": "ja"})
    assert sent.status_code == 302
    assert drain() >= 1
    result: Any = Job.objects.latest("pk").result
    address = result["url"]
    answer: Any = client.get(address)
    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == f'attachment; filename="{incident.number}-executive-ja.pdf"'
    other = open_incident(title="Other", by=cast.responder)
    assert client.get(address.replace(incident.number, other.number)).status_code == 302
    assert client.get(path(incident, "report/pdf?file=../../x")).status_code == 302
    change_incident(incident=incident, version=incident.version, by=cast.responder, restricted=True)
    assert signed_in(cast.manager).get(address).status_code == 404


def test_a_job_for_who_may_no_longer_see_it_fails(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    signed_in(cast.manager).post(path(incident, "report/pdf"), {"audience": "executive"})
    change_incident(incident=incident, version=incident.version, by=cast.responder, restricted=True)
    drain()
    job = Job.objects.latest("pk")
    assert job.state == "failed"
    assert incident.title not in str(job.args)


def test_few_questions(incident: Incident, small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    for n in range(6):
        add_entry(incident=incident, text=f"e{n}", lane="it", kind="contain", by=cast.responder)
        add_task(incident=incident, title=f"t{n}", by=cast.responder)
        save_item(
            incident=incident, part="lessons", text=f"l{n}", measures=["P01"], owner="ken", due=dt.date(2030, 1, 1), by=cast.responder
        )  # fmt: skip
        add_decision(
            incident=incident,
            question=f"q{n}",
            options=["a", "b"],
            chosen=0,
            reason="r",
            decided_by="d",
            by=cast.responder,
        )
    client = signed_in(cast.responder)
    for query in ("", "?audience=technical"):
        client.get(path(incident) + query)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(path(incident) + query).status_code == 200
        told_ = "\n".join(one["sql"][:120] for one in queries)
        assert len(queries) <= 15, f"{query}: {len(queries)}\n{told_}"
