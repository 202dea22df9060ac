"""Two hundred files that are wrong: told in one line for each fault, on every way in, and nothing of them is stored."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.html import escape
from typer.testing import CliRunner

from kizuki.casebook.engine import read as cases
from kizuki.casebook.tests.malformed_files import BAD, GOOD, Bad
from kizuki.cli import app
from kizuki.kit.document import BadFile
from kizuki.measures.engine import format as measures
from kizuki.measures.library import catalogue
from kizuki.register.engine import read as organisations
from kizuki.register.library import vocabulary

READ: dict[str, Any] = {
    "case": lambda file, raw: cases.read(file, raw, vocabulary=vocabulary(), measures=catalogue()),
    "organisation": lambda file, raw: organisations.read(file, raw, vocabulary=vocabulary(), measures=catalogue()),
    "measures": measures.read,
}
COMMANDS = {"case": ["case", "validate"], "organisation": ["org", "validate"]}
PAGES = {"case": ("casebook:bring_in", "files"), "organisation": ("replay:try", "file")}


def names(files: tuple[Bad, ...]) -> list[str]:
    return [bad.name.encode("unicode_escape").decode() for bad in files]


def test_the_files_that_are_spoilt_are_sound_before() -> None:
    assert {kind: READ[kind](f"{kind}.yaml", raw).schema_ for kind, raw in GOOD.items()} == {
        "case": "kizuki/case/1", "organisation": "kizuki/organisation/1", "measures": "kizuki/measures/1",
    }  # fmt: skip
    assert len({bad.raw for bad in BAD}) > 190


@pytest.mark.parametrize("bad", BAD, ids=names(BAD))
def test_every_fault_is_one_line_with_its_place(bad: Bad) -> None:
    with pytest.raises(BadFile) as caught:
        READ[bad.of]("there.yaml", bad.raw)
    told = [str(fault) for fault in caught.value.faults]
    assert told == [f"there.yaml:{line}" for line in bad.says]
    assert all("\n" not in line and len(line) < 400 for line in told)


@pytest.mark.parametrize("kind", COMMANDS)
def test_the_command_line_says_the_same_and_ends_with_two(kind: str, tmp_path: Path) -> None:
    files = [bad for bad in BAD if bad.of == kind]
    paths = []
    for n, bad in enumerate(files):
        paths.append(tmp_path / f"{n}.yaml")
        paths[-1].write_bytes(bad.raw)
    done = CliRunner().invoke(app, [*COMMANDS[kind], *map(str, paths)])
    assert done.exit_code == 2
    assert done.stderr.splitlines() == [
        f"{path}:{line}" for path, bad in zip(paths, files, strict=True) for line in bad.says
    ]
    assert done.stdout == ""
    single = CliRunner().invoke(app, [*COMMANDS[kind], str(paths[0])])
    assert single.exit_code == 2


def stored() -> dict[str, int]:
    """How many rows each table holds; sign-in sessions aside."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
        if model._meta.label != "sessions.Session"
    }


@pytest.mark.django_db
@pytest.mark.parametrize("kind", PAGES)
def test_the_pages_refuse_them_say_why_and_store_nothing(kind: str, cast: Any, signed_in: Any) -> None:
    page, field = PAGES[kind]
    client = signed_in(cast.manager)
    before = stored()
    for bad in (bad for bad in BAD if bad.of == kind):
        answer = client.post(reverse(page), {field: SimpleUploadedFile("there.yaml", bad.raw)})
        assert answer.status_code == 422, bad.name
        said = answer.content.decode()
        if bad.raw:
            for line in bad.says[:20]:
                assert escape(f"there.yaml:{line}") in said, bad.name
        else:
            assert "The file is empty" in said
    assert stored() == before


@pytest.mark.django_db
def test_one_bad_file_among_good_ones_keeps_all_out(cast: Any, signed_in: Any) -> None:
    before = stored()
    good = SimpleUploadedFile("good.yaml", GOOD["case"])
    bad = SimpleUploadedFile("bad.yaml", GOOD["case"].replace(b"tlp: clear", b"tlp: white"))
    answer = signed_in(cast.manager).post(reverse("casebook:bring_in"), {"files": [good, bad]})
    assert answer.status_code == 422
    assert "bad.yaml:5: " in answer.content.decode()
    assert stored() == before


@pytest.mark.django_db
def test_the_same_id_in_two_files_keeps_both_out(cast: Any, signed_in: Any) -> None:
    files = [SimpleUploadedFile(name, GOOD["case"]) for name in ("one.yaml", "two.yaml")]
    before = stored()
    answer = signed_in(cast.manager).post(reverse("casebook:bring_in"), {"files": files})
    assert answer.status_code == 422
    assert "try-one" in answer.content.decode()
    assert stored() == before
