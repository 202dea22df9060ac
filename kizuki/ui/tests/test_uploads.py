"""Uploads beyond the limit: refused with a clear message, at bounded memory, without a trace on disk."""

from __future__ import annotations

import http.client
import os
import re
import socket
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

MB = 2**20
BOUNDARY = "kizuki-test-boundary"
GROWTH = 80 * MB  # the limit of 16 MB, buffers that grow by doubling, the page itself


@pytest.mark.django_db
def test_a_file_over_the_limit_is_named_and_files_beside_it_are_not_stored(
    cast: Any, signed_in: Any, settings: Any
) -> None:
    settings.UPLOAD_LIMIT = MB
    files = [SimpleUploadedFile("small.yaml", b"a: 1\n"), SimpleUploadedFile("big.yaml", b"#" * (MB + 1))]
    answer = signed_in(cast.manager).post(reverse("casebook:bring_in"), {"files": files})
    assert answer.status_code == 422
    assert "big.yaml is larger than 1 MB. Nothing was stored." in answer.content.decode()


@pytest.mark.django_db
def test_many_files_are_bounded_together(cast: Any, signed_in: Any, settings: Any) -> None:
    settings.UPLOAD_LIMIT = MB
    files = [SimpleUploadedFile(f"{n}.yaml", b"#" * (MB // 2)) for n in range(3)]
    answer = signed_in(cast.manager).post(reverse("casebook:bring_in"), {"files": files})
    assert answer.status_code == 422
    assert "Together the files are larger than 1 MB. Nothing was stored." in answer.content.decode()


@pytest.mark.django_db
def test_a_file_of_just_the_limit_is_read(cast: Any, signed_in: Any, settings: Any) -> None:
    settings.UPLOAD_LIMIT = MB
    start = b"schema: kizuki/organisation/1\norganisation: {name: Shop}\n#"
    file = SimpleUploadedFile("o.yaml", start + b"x" * (MB - len(start)))
    assert signed_in(cast.manager).post(reverse("replay:try"), {"file": file}).status_code == 200


class Site(NamedTuple):
    """A running server, its folder for temporary files, and a signed-in session."""

    port: int
    pid: int
    home: Path
    temporary: Path
    session: str


_SESSION = """
    import django
    django.setup()
    from django.test import Client
    from kizuki.accounts.models import Person
    person = Person.objects.create(email="a@example.org", name="A", role="manager", language="en")
    client = Client()
    client.force_login(person)
    print(client.cookies["kizuki_session"].value)
"""


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`kizuki serve` on the loopback address, with a home and a folder for temporary files of its own."""
    home, temporary, port = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("tmp"), _free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("KIZUKI_")} | {
        "KIZUKI_HOME": str(home), "TMPDIR": str(temporary), "DJANGO_SETTINGS_MODULE": "kizuki.config.settings",
    }  # fmt: skip
    command = [sys.executable, "-c", f"from kizuki.commands.server import serve; serve(port={port})"]
    log = (home / "log").open("wb")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait(port, home / "log")
        session = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(_SESSION)],
            env=environment,
            check=True,
            text=True,
            stdout=subprocess.PIPE,
        ).stdout.strip()
        yield Site(port, server.pid, home, temporary, session)
    finally:
        server.terminate()
        server.wait(30)
        log.close()


def _wait(port: int, log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"the server did not come up: {log.read_text()[-2000:]}")


def _workers(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pid: int, what: str) -> int:
    """VmRSS or VmHWM (the most there ever was) of the workers together, in bytes."""
    told = [Path(f"/proc/{worker}/status").read_text() for worker in _workers(pid)]
    return sum(int(line.split()[1]) * 1024 for text in told for line in text.splitlines() if line.startswith(what))


def _on_disk(site: Site) -> int:
    """Bytes of temporary files, also of those that are open without a name."""
    found = sum(path.stat().st_size for path in site.temporary.rglob("*") if path.is_file())
    for worker in _workers(site.pid):
        for link in Path(f"/proc/{worker}/fd").iterdir():
            try:
                if "(deleted)" in os.readlink(link):
                    found += link.stat().st_size
            except FileNotFoundError:
                continue
    return found


def _rows(site: Site) -> list[int]:
    with sqlite3.connect(f"file:{site.home / 'kizuki.sqlite3'}?mode=ro", uri=True) as database:
        tables = ("casebook_case", "register_organisation", "journal_entry")
        return [database.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables]


def _send(site: Site, page: str, field: str, size: int) -> tuple[int, str, int]:
    """Send a file of `size` bytes piece by piece: the status, the answer, and the most that lay on disk meanwhile."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=120)
    cookie = f"kizuki_session={site.session}"
    connection.request("GET", reverse("casebook:bring_in"), headers={"Cookie": cookie})
    form = connection.getresponse()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form.read().decode())
    csrf = re.search(r"csrftoken=(\w+)", form.getheader("Set-Cookie") or "")
    assert token
    assert csrf
    disposition = 'Content-Disposition: form-data; name="'
    head = (
        f'--{BOUNDARY}\r\n{disposition}csrfmiddlewaretoken"\r\n\r\n{token[1]}\r\n'
        f'--{BOUNDARY}\r\n{disposition}{field}"; filename="huge.yaml"\r\nContent-Type: application/yaml\r\n\r\n'
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    connection.putrequest("POST", page)
    for name, value in (
        ("Cookie", f"{cookie}; csrftoken={csrf[1]}"),
        ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}"),
        ("Content-Length", str(len(head) + size + len(tail))),
    ):
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(head)
    piece, most = b"- a line of a file that never ends\n" * 29959, 0
    for start in range(0, size, len(piece)):
        connection.send(piece[: size - start])
        most = max(most, _on_disk(site)) if start // len(piece) % 20 == 0 else most
    connection.send(tail)
    answer = connection.getresponse()
    said = answer.read().decode()
    connection.close()
    return answer.status, said, most


@pytest.mark.slow
@pytest.mark.parametrize(("page", "field"), [("casebook:bring_in", "files"), ("replay:try", "file")])
def test_200_megabytes_are_refused_at_bounded_memory_and_nothing_on_disk(site: Site, page: str, field: str) -> None:
    _send(site, reverse(page), field, 1000)  # so that what is loaded only once is loaded
    before, rows = _memory(site.pid, "VmRSS"), _rows(site)
    status, said, most = _send(site, reverse(page), field, 200 * MB)
    assert status == 422
    assert "huge.yaml is larger than 16 MB. Nothing was stored." in said
    assert ("one row with a count" if page == "replay:try" else "Leave out what is not needed") in said
    assert "Split" not in said
    assert before > 20 * MB
    assert _memory(site.pid, "VmHWM") - before < GROWTH
    assert most < MB
    assert _rows(site) == rows
    assert _send(site, reverse(page), field, 1000)[0] == 422, "the server still answers"
