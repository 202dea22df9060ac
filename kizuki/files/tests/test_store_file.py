"""Files are kept whole under their hash, told by their content, and shown to those to whom a room shows them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from conftest import Cast
from kizuki.files import hooks, storage
from kizuki.files.actions import store_file
from kizuki.files.engine.sniff import clean_name, media_type
from kizuki.files.models import File
from kizuki.journal.models import Entry

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


@pytest.fixture
def shown() -> Iterator[set[tuple[Any, str]]]:
    """(person, digest) pairs that a pretended room shows."""
    pairs: set[tuple[Any, str]] = set()

    def may_see(person: Any, digest: str) -> bool:
        return (person.pk, digest) in pairs

    hooks.may_see_by.append(may_see)
    yield pairs
    hooks.may_see_by.remove(may_see)


def stored(name: str, content: bytes) -> File:
    return store_file(upload=SimpleUploadedFile(name, content, content_type="text/html"), by="a test")


def test_the_same_bytes_are_kept_once(db: None) -> None:
    first, again = stored("a.png", PNG), stored("b.png", PNG)
    assert first == again
    assert (first.name, first.size, first.media_type) == ("a.png", len(PNG), "image/png")
    assert Entry.objects.filter(room="files", verb="stored").count() == 1
    with storage.opened(first.digest) as file:
        assert file.read() == PNG


def test_nothing_half_written_stays(db: None, settings: Any, tmp_path: Path) -> None:
    settings.HOME = tmp_path

    def broken() -> Iterator[bytes]:
        yield b"half"
        raise OSError("the line is cut")

    with pytest.raises(OSError, match="cut"):
        storage.keep(broken())
    assert list((tmp_path / "files").iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"x" * 200])
def test_empty_and_large_files_are_refused(db: None, settings: Any, content: bytes) -> None:
    settings.UPLOAD_LIMIT = 100
    with pytest.raises(ValidationError):
        stored("a.txt", content)
    assert not File.objects.exists()


def test_what_the_disk_lost_is_told_and_repaired(cast: Cast, signed_in: Any, shown: set[Any], settings: Any) -> None:
    file = stored("a.txt", b"evidence")
    shown.add((cast.manager.pk, file.digest))
    client, address = signed_in(cast.manager), reverse("files:file", args=[file.digest])
    storage.path_of(file.digest).write_bytes(b"another")
    response = client.get(address)
    assert response.status_code == 500
    assert b"damaged" in response.content
    stored("a.txt", b"evidence")
    assert b"".join(client.get(address).streaming_content) == b"evidence"
    storage.path_of(file.digest).unlink()
    assert client.get(address).status_code == 500


def test_strangers_get_404_and_others_a_download(cast: Cast, signed_in: Any, shown: set[Any]) -> None:
    file = stored("picture<script>.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>")
    address = reverse("files:file", args=[file.digest])
    assert signed_in(cast.administrator).get(address).status_code == 404
    shown.add((cast.reporter.pk, file.digest))
    response = signed_in(cast.reporter).get(address)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert signed_in(cast.manager).get(address).status_code == 404


@pytest.mark.parametrize("digest", ["0" * 64, "x", "..%2f..%2fetc%2fpasswd", "A" * 64])
def test_no_address_leads_elsewhere(cast: Cast, signed_in: Any, shown: set[Any], digest: str) -> None:
    shown.add((cast.manager.pk, digest))
    assert signed_in(cast.manager).get(f"/files/{digest}").status_code == 404
    if len(digest) != 64 or digest[0] == "A":
        with pytest.raises(ValueError, match="SHA-256"):
            storage.path_of(digest)


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"), (b"GIF89a", "image/gif"), (b"<!doctype html>", "text/plain"),
        (b"PK\x03\x04....xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (b"PK\x03\x04a", "application/zip"), ("日本".encode()[:4], "text/plain"), (b"a\x00b", "application/octet-stream"),
        (b"\x83\x65\x83\x58", "application/octet-stream"), (b"RIFF....WEBP", "image/webp"),
    ],
)  # fmt: skip
def test_the_content_tells_what_a_file_is(head: bytes, kind: str) -> None:
    assert media_type(head) == kind


def test_names_are_shown_as_they_are() -> None:
    assert clean_name("C:\\tmp\\証跡.pdf") == "証跡.pdf"
    assert clean_name("evil\u202efdp.exe\n") == "evilfdp.exe"
    assert clean_name("../..") == "file"
    assert clean_name("a" * 300 + ".xlsx").endswith("a.xlsx")


@given(st.text(max_size=400))
def test_any_name_can_be_kept(name: str) -> None:
    made = clean_name(name)
    assert 0 < len(made) <= 200
    assert "/" not in made
    assert "\n" not in made
