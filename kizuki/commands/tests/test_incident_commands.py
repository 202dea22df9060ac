"""`kizuki incident list|show|new|entry|export` as a person types them, in one home of the module's own."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kizuki.commands.tests.running import kizuki, warmed

ROOT = Path(__file__).resolve().parents[3]
COMPANY = ROOT / "library" / "templates" / "organisation.yaml"
RESPONDER, READER, STRANGER = "r@example.org", "a@example.org", "s@example.org"


@pytest.fixture(scope="module")
def home(copied: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    nowhere = tmp_path_factory.mktemp("incidents") / "home"
    assert kizuki(nowhere, "org", "import", str(COMPANY)).returncode == 2, "nothing is made by the way"
    with warmed(copied):
        assert kizuki(copied, "org", "import", str(COMPANY)).returncode == 0
        for mail, role in ((RESPONDER, "responder"), (READER, "auditor"), (STRANGER, "manager")):
            assert kizuki(copied, "user", mail, "--name", mail[0].upper(), "--role", role).returncode == 0
        yield copied


def incident(home: Path, *words: str, acting: str = RESPONDER, code: int = 0, **settings: str) -> str:
    """What the command printed; with a code other than 0, what it said."""
    done: subprocess.CompletedProcess[str] = kizuki(
        home, "incident", *words, KIZUKI_AS=acting, LC_ALL="C.UTF-8", **settings
    )
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stderr if code else done.stdout


@pytest.fixture(scope="module")
def number(home: Path) -> str:
    made = incident(home, "new", "Odd sign-ins", "--kind", "account-takeover", "--once", "one").strip()
    assert incident(home, "new", "Odd sign-ins", "--once", "one").strip() == made, "sent twice"
    return made


def shown(home: Path, number: str, *words: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(incident(home, "show", number, "--json", *words))
    return told


def test_an_incident_is_opened_listed_and_shown(home: Path, number: str) -> None:
    assert number in incident(home, "list")
    assert "Odd sign-ins" in incident(home, "list", "--q", "odd", acting=READER)
    assert number not in incident(home, "list", "--status", "closed")
    [one] = json.loads(incident(home, "list", "--json"))
    assert (one["number"], one["kind"], one["lead"]["name"]) == (number, "account-takeover", "R")
    told = incident(home, "show", number.lower())
    assert "Odd sign-ins" in told
    assert shown(home, number)["title"] == "Odd sign-ins"


def test_a_line_is_entered_once(home: Path, number: str) -> None:
    seq = incident(home, "entry", number, "it", "contain", "isolated", "PC-123", "!contained", "--once", "e1").strip()
    assert incident(home, "entry", number, "it contain isolated PC-123", "--once", "e1").strip() == seq
    entry = next(one for one in shown(home, number)["timeline"] if one["seq"] == int(seq))
    assert (entry["lane"], entry["kind"], entry["text"], entry["milestones"]) == (
        "it",
        "contain",
        "isolated PC-123",
        ["contained"],
    )
    assert "isolated PC-123" in incident(home, "show", number)
    assert shown(home, number, "--as-of", "2020-01-01T00:00+09:00")["timeline"] == []


def test_what_the_line_leaves_out_is_asked_for(home: Path, number: str) -> None:
    told = incident(home, "entry", number, "something odd was seen", code=2)
    assert "--kind" in told
    assert (
        incident(home, "entry", number, "something odd was seen", "--kind", "detect", "--lane", "it").strip().isdigit()
    )
    assert "future" in incident(home, "entry", number, "2999-01-01 it detect x", code=2)


def test_who_acts_has_to_be_said_and_may_no_more_than_on_the_pages(home: Path, number: str) -> None:
    assert "--as" in incident(home, "list", acting="", code=2)
    assert "nobody" in incident(home, "list", acting="who@example.org", code=2)
    assert "not write" in incident(home, "entry", number, "it detect x", acting=READER, code=3)
    assert "not write" in incident(home, "new", "x", acting=READER, code=3)
    hidden = incident(home, "new", "Insider", "--restricted").strip()
    for words in (("show", hidden), ("entry", hidden, "it detect x"), ("export", hidden)):
        assert hidden in incident(home, *words, acting=STRANGER, code=2)
    assert "Insider" not in incident(home, "list", acting=STRANGER)
    assert "Insider" in incident(home, "list")


def test_a_report_and_a_timeline_are_written(home: Path, number: str, tmp_path: Path) -> None:
    assert "Odd sign" in incident(home, "export", number)
    assert number in json.dumps(
        json.loads(incident(home, "export", number, "--format", "json", "--audience", "executive"))
    )
    rows = list(csv.DictReader(io.StringIO(incident(home, "export", number, "--format", "csv").removeprefix("\ufeff"))))
    assert any(row["text"] == "isolated PC-123" for row in rows)
    file = tmp_path / "report.html"
    assert incident(home, "export", number, str(file), "--format", "html") == ""
    assert file.read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html")
    assert "wmf" in incident(home, "export", number, "--format", "wmf", code=2)
    assert "the press" in incident(home, "export", number, "--audience", "the press", code=2)
    assert "No such file" in incident(home, "export", number, str(tmp_path / "none" / "x.md"), code=2)


def test_words_are_in_the_readers_language(home: Path, number: str) -> None:
    told = incident(home, "list", "--lang", "ja")
    assert "重大度" in told
    refused = incident(home, "show", "INC-1999-001", "--lang", "ja", code=2)
    assert "INC-1999-001" in refused
    assert "There is" not in refused


@pytest.mark.parametrize(
    "words",
    [
        ("show", "INC-1999-001"),
        ("show", "\u3042"),
        ("list", "--status", "odd"),
        ("new", " "),
        ("new", "x", "--kind", "flood"),
    ],
)
def test_bad_input_is_answered_in_a_line(home: Path, words: tuple[str, ...]) -> None:
    told = incident(home, *words, code=2)
    assert 0 < len(told.strip().splitlines()) < 4
    assert "Traceback" not in told
