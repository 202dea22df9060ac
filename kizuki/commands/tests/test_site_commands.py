"""The commands that run the site, as a person types them, each in a home of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kizuki.commands.tests.running import kizuki


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def test_a_new_installation_is_made_checked_and_entered(home: Path) -> None:
    made = kizuki(home, "init")
    assert made.returncode == 0, made.stderr
    assert "Cases: 8 added" in made.stderr
    again = kizuki(home, "init")
    assert "Cases: 0 added, 0 changed, 8 as they were" in " ".join(again.stderr.split())

    verified = kizuki(home, "verify")
    assert verified.returncode == 0
    assert re.match(r"\d+ entries, whole\. Hash of the last one: [0-9a-f]{64}", verified.stdout)

    told = json.loads(kizuki(home, "verify", "--json").stdout)
    assert told["whole"] is True
    assert told["fault"] is None
    assert f"{told['entries']} entries, whole. Hash of the last one: {told['hash']}" == verified.stdout.strip()

    checked = kizuki(home, "doctor")
    assert checked.returncode == 0
    assert "none needed" in checked.stdout
    assert "KIZUKI_URL is not set" in checked.stdout
    told = json.loads(kizuki(home, "doctor", "--json", KIZUKI_URL="http://127.0.0.1:9000").stdout)
    assert told["links"] == {"url": "http://127.0.0.1:9000", "set": True}
    assert (told["home"], told["waiting"]) == (str(home), 0)

    link = kizuki(home, "user", "a@example.org", "--name", "A", "--role", "manager")
    assert re.search(r"http://127\.0\.0\.1:8000/account/first/[\w-]{20,}/", link.stdout)
    wrong = kizuki(home, "user", "a@example.org", "--role", "king")
    assert wrong.returncode == 2
    assert "king" in wrong.stderr
    nobody = kizuki(home, "user", "notanemail")
    assert (nobody.returncode, nobody.stdout) == (2, "")
    assert re.fullmatch(r"“notanemail”: [^\n]+\n", nobody.stderr)


@pytest.mark.parametrize(
    "words", [("verify",), ("verify", "--json"), ("user", "a@example.org"), ("user", "notanemail")]
)
def test_where_there_is_no_installation_nothing_is_made(home: Path, words: tuple[str, ...]) -> None:
    stopped = kizuki(home, *words)
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert re.fullmatch(rf"{re.escape(str(home))}: there is no installation here; [^\n]+\n", stopped.stderr)
    assert not home.exists()


@pytest.mark.parametrize("words", [("verify",), ("user", "a@example.org"), ("doctor",)])
def test_a_database_that_does_not_answer_is_one_line(home: Path, words: tuple[str, ...]) -> None:
    home.mkdir()
    (home / "kizuki.sqlite3").write_text("no database at all " * 100)
    stopped = kizuki(home, *words)
    assert (stopped.returncode, stopped.stdout) == (2, "")
    assert stopped.stderr == "the database does not answer: file is not a database\n"


def test_a_language_that_is_none_of_kizukis_is_refused(home: Path) -> None:
    for stopped in (kizuki(home, "case", "list", KIZUKI_LANG="fr"), kizuki(home, "case", "list", "--lang", "fr")):
        assert (stopped.returncode, stopped.stdout) == (2, "")
        assert stopped.stderr == "“fr” is not a language of Kizuki; write ja or en (--lang or KIZUKI_LANG)\n"
    assert kizuki(home, "case", "list", KIZUKI_LANG="").returncode == 0


def test_the_key_is_made_once_and_for_its_owner_only(home: Path) -> None:
    kizuki(home, "doctor")
    key = home / "secret-key"
    first = key.read_text()
    assert len(first) > 50
    assert key.stat().st_mode & 0o077 == 0
    kizuki(home, "doctor")
    assert key.read_text() == first


def test_a_wrong_setting_stops_with_one_sentence(home: Path) -> None:
    environment = {**os.environ, "KIZUKI_HOME": str(home), "KIZUKI_UPLOAD_MB": "many"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    stopped = subprocess.run(
        [sys.executable, "-m", "kizuki.cli", "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert stopped.returncode == 2
    assert stopped.stderr.strip() == "KIZUKI_UPLOAD_MB: “many” is not a whole number from 1 to 512"


def plain(text: str) -> str:
    """What stands in the frames, lines joined."""
    return "".join(line.strip("│╭╰─╮╯ ") for line in text.splitlines())


@pytest.mark.parametrize("words", [("--help",), ("replay", "--help"), ("case",), ("org", "validate", "--help"), ()])
def test_help_speaks_japanese_where_the_terminal_does(home: Path, words: tuple[str, ...]) -> None:
    told = plain(kizuki(home, *words, KIZUKI_LANG="ja").stdout)
    assert "この説明を表示して終わる。" in told
    assert "…" not in told
    assert not re.findall(r"(?:[A-Za-z]+ ){3}", re.sub(r"Usage:[^ぁ-龠]*", "", told))  # no run of English words
    assert not home.exists()
    assert "この" not in kizuki(home, *words, KIZUKI_LANG="en").stdout


def test_what_help_cannot_say_is_not_read_for_it(home: Path) -> None:
    """A command that runs loads no catalogue and no frames: starting stays quick."""
    code = (
        "import sys; sys.argv = ['kizuki', 'schema', 'case']\n"
        "from kizuki import cli\ntry:\n    cli.main()\nexcept SystemExit: pass\n"
        "sys.exit('typer.rich_utils' in sys.modules or 'django' in sys.modules)\n"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", code], env={**os.environ, "KIZUKI_LANG": "ja"}, capture_output=True, check=False
        ).returncode
        == 0
    )
