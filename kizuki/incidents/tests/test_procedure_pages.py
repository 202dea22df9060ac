"""The pages of procedures: read by everyone, brought in by managers, offered where none is begun."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conftest import Cast
from kizuki.accounts.models import Person
from kizuki.incidents import actions
from kizuki.incidents.models import (
    Incident,
    OwnProcedure,
    Task,
)
from kizuki.incidents.procedures import of_library
from kizuki.incidents.tests.test_procedures import own
from kizuki.kit.document import dump
from kizuki.register.models import Organisation

SignIn = Callable[[Person], Client]


@pytest.mark.parametrize("role", ["reporter", "responder", "manager"])
def test_everyone_reads_procedures_and_managers_bring_them_in(
    role: str, small: Organisation, cast: Cast, signed_in: SignIn
) -> None:
    client = signed_in(getattr(cast, role))
    listed = client.get("/incidents/procedures/").content.decode()
    assert listed.count("/incidents/procedures/") >= 9
    page = client.get("/incidents/procedures/lost-device").content.decode()
    found = of_library("lost-device")
    assert found is not None
    for step in found.steps():
        for text in (step.text, step.check, *step.how):
            assert text.in_("en").replace("'", "&#x27;").replace('"', "&quot;") in page
    raw = client.get("/incidents/procedures/lost-device/file").content
    assert b"schema: kizuki/procedure/1" in raw
    for path in ("missing", "missing/file", "%00"):
        assert client.get(f"/incidents/procedures/{path}").status_code == 404
    may = role == "manager"
    assert client.get("/incidents/procedures/import").status_code == (200 if may else 403)
    assert client.post("/incidents/procedures/missing/retire", {"version": 1}).status_code == 404


def upload(title: str = "Ours", name: str = "ours.yaml") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, dump(own(title=title)).encode())


def test_an_own_procedure_from_file_to_undo(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), "/incidents/procedures/import"
    answer = client.post(path, {"file": upload(), "base": 0})
    assert answer["Location"] == "/incidents/procedures/ransomware"
    assert ">Ours</h1>" in client.get("/incidents/procedures/ransomware").content.decode()
    taken = client.get("/incidents/procedures/ransomware/file").content
    assert client.post(path, {"file": SimpleUploadedFile("a.yaml", taken), "base": 0}).status_code == 302, "as it is"
    assert OwnProcedure.objects.get().version == 1

    page = client.get("/incidents/procedures/ransomware").content.decode()
    assert "/incidents/procedures/ransomware/retire" in page
    client.post("/incidents/procedures/ransomware/retire", {"version": 1})
    page = client.get("/incidents/procedures/ransomware").content.decode()
    assert ">Ours</h1>" not in page
    assert "/incidents/procedures/ransomware/restore" in page
    assert "/incidents/procedures/ransomware/restore" in client.get("/incidents/procedures/").content.decode()
    late = client.post("/incidents/procedures/ransomware/restore", {"version": 1}, follow=True).content.decode()
    assert "Somebody changed this in the meantime" in late
    client.post("/incidents/procedures/ransomware/restore", {"version": 2})
    assert ">Ours</h1>" in client.get("/incidents/procedures/ransomware").content.decode()


def test_a_clash_shows_what_differs_and_keeps_the_file(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), "/incidents/procedures/import"
    client.post(path, {"file": upload(), "base": 0})
    answer = client.post(path, {"file": upload("Mine"), "base": 0})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "version 1. Nothing was stored yet" in page
    assert '<th scope="row">title</th>' in page
    kept = re.search(r'<textarea name="kept"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert kept is not None
    from html import unescape

    sent = {"kept": unescape(kept[1]), "name": "ours.yaml", "base": 1}
    assert client.post(path, sent).status_code == 302
    row = OwnProcedure.objects.get()
    assert (row.version, row.read.title.en) == (2, "Mine")


def test_faults_of_a_file_are_told_with_their_line(small: Organisation, cast: Cast, signed_in: SignIn) -> None:
    client, path = signed_in(cast.manager), "/incidents/procedures/import"
    bad = dump(own()).replace("within: 15", "within: soon").encode()
    line = bad[: bad.index(b"within: soon")].count(b"\n") + 1
    answer = client.post(path, {"file": SimpleUploadedFile("bad.yaml", bad), "base": 0})
    assert answer.status_code == 422
    assert f"bad.yaml:{line}:" in answer.content.decode()
    for sent in ({"base": 0}, {"base": "x", "file": upload()}, {"base": 0, "file": SimpleUploadedFile("e.yaml", b"")}):
        assert client.post(path, sent).status_code == 422
    other = {"file": SimpleUploadedFile("b.yaml", dump(own("at-sea")).encode()), "base": 1}
    client.post(path, {"file": upload(), "base": 0})
    answer = client.post(f"{path}?id=ransomware", other)
    assert answer.status_code == 422
    assert "at-sea" in answer.content.decode()
    assert OwnProcedure.objects.count() == 1


def test_a_procedure_that_is_retired_cannot_be_begun(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    row = actions.store_procedure(procedure=own("at-sea"), base=0, by=cast.manager)
    actions.retire_procedure(row=row, version=1, by=cast.manager)
    client, base = signed_in(cast.responder), f"/incidents/{incident.number}/tasks"
    client.post(f"{base}/begin", {"procedure": "at-sea"})
    assert not Task.objects.exists()
    assert "it cannot be begun any more" in client.get("/incidents/procedures/at-sea").content.decode()


def test_a_procedure_is_offered_openly_until_one_is_begun(incident: Incident, cast: Cast, signed_in: SignIn) -> None:
    """Tasks that were made otherwise, such as the calls of an escalation, do not hide it."""
    actions.add_task(incident=incident, title="Call the CISO", by=cast.responder)
    client, base = signed_in(cast.responder), f"/incidents/{incident.number}/tasks"
    page = client.get(base).content.decode()
    assert 'href="#begin"' in page
    assert "Begin another procedure" not in page
    client.post(f"{base}/begin", {"procedure": "account-takeover"})
    page = client.get(base).content.decode()
    assert 'href="#begin"' not in page
    assert "Begin another procedure" in page
