"""`kizuki replay` and `kizuki priorities` as a person at a terminal uses them: tables, JSON, exit codes, no Django."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner

from kizuki.cli import app
from kizuki.replay.engine.ranked import Priorities
from kizuki.replay.engine.result import Replay

FIDELITY = Path(__file__).parent / "fidelity"
ORG = str(FIDELITY / "h-after.yaml")
run = CliRunner()


def told(*words: str) -> Any:
    found = run.invoke(app, list(words))
    assert found.exit_code == 0, found.output
    return json.loads(found.stdout)


def test_replay_gives_whole_results_as_json() -> None:
    made = told("replay", "H", "--org", ORG, "--json")
    assert made["schema"] == "kizuki/replay/1"
    result = msgspec.convert(made["results"], list[Replay])[0]
    assert (result.case, result.word, result.questions[0].asks[0].measure) == ("nisc-h", "depends", "P06")
    assert result.none is not None
    assert [step.id for step in result.none.steps] == ["H1", "H2", "H3", "H4", "H5", "H6", "H7"]


def test_all_replays_every_case_of_the_library() -> None:
    made = told("replay", "--all", "--org", ORG, "--json")
    assert [result["case"] for result in made["results"]] == [f"nisc-{letter}" for letter in "abcdefgh"]


@pytest.mark.parametrize(
    ("lang", "word", "question"),
    [("en", "depends", "P06 (wherever not recorded)"), ("ja", "条件次第", "P06 (記録のない範囲)")],
)
def test_tables_in_both_languages(lang: str, word: str, question: str) -> None:
    found = run.invoke(app, ["replay", "nisc-h", "--org", ORG, "--lang", lang])
    assert found.exit_code == 0
    assert word in found.stdout
    assert question in found.stdout


@pytest.mark.parametrize(
    ("case", "org", "limit", "code"),
    [
        ("H", "h-after", "depends", 1),
        ("H", "h-after", "through", 0),
        ("H", "h-before", "through", 1),
        ("H", "h-before", "depends", 1),
        ("D", "d-before", "depends", 0),
    ],
)
def test_fail_on(case: str, org: str, limit: str, code: int) -> None:
    words = ["replay", case, "--org", str(FIDELITY / f"{org}.yaml"), "--fail-on", limit]
    assert run.invoke(app, words).exit_code == code


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["replay", "--org", ORG], "name the cases to replay, or write --all"),
        (
            ["replay", "nisc-x", "--org", ORG],
            "“nisc-x” is neither a case of the library nor a file; did you mean “nisc-",
        ),
        (["replay", "H", "--org", ORG, "--fail-on", "never"], "--fail-on takes through or depends, not “never”"),
        (["replay", "H", "--org", "missing.yaml"], "missing.yaml:0: cannot be read"),
    ],
)
def test_bad_input_ends_with_2_and_says_what_would_be_right(words: list[str], message: str) -> None:
    found = run.invoke(app, words)
    assert found.exit_code == 2
    assert message in found.stderr
    assert found.stdout == ""


def test_a_bad_organisation_file_is_told_line_by_line(tmp_path: Path) -> None:
    bad = tmp_path / "org.yaml"
    bad.write_text(
        "schema: kizuki/organisation/1\norganisation: {name: X}\nassets:\n  - {id: a, name: A, kind: pc, zone: nowhere}\n"
        "coverage:\n  - {measure: P6, scope: {asset: b}, state: full, verified: 2026-02-30}\n",
        encoding="utf-8",
    )
    found = run.invoke(app, ["replay", "H", "--org", str(bad)])
    assert found.exit_code == 2
    places = [line.removeprefix(f"{bad}:").split(":")[0] for line in found.stderr.splitlines()]
    assert places == ["4", "6", "6", "6"]


def test_priorities_as_json_and_table() -> None:
    org = str(FIDELITY / "h-before.yaml")
    made = msgspec.convert(told("priorities", "H", "--org", org, "--json")["priorities"], Priorities)
    assert made.cases == ("nisc-h",)
    assert made.do.rows
    gains = [row.total for row in made.do.rows]
    assert gains == sorted(gains)
    found = run.invoke(app, ["priorities", "H", "--org", org, "--lang", "en"])
    assert made.do.rows[0].asks[0].measure in found.stdout


def test_replay_needs_no_django() -> None:
    code = (
        "import sys\nfrom typer.testing import CliRunner\nfrom kizuki.cli import app\n"
        f"found = CliRunner().invoke(app, ['replay', 'H', '--org', {ORG!r}, '--json'])\n"
        "sys.exit(found.exit_code or ('django' in sys.modules) * 9)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_scopes_are_told_in_words_with_the_organisation_s_names() -> None:
    words = ["priorities", "E", "--org", str(FIDELITY / "e-before.yaml")]
    english = run.invoke(app, [*words, "--lang", "en"]).stdout
    assert "P05 (zone Service A)" in english
    assert "P05 (区画「Service A」)" in run.invoke(app, [*words, "--lang", "ja"]).stdout
    whole = run.invoke(app, ["replay", "E", "--org", str(FIDELITY / "e-after.yaml"), "--lang", "en"]).stdout
    assert "D05 (whole organisation)" in whole
    assert "=" not in english + whole


def test_what_would_change_it_says_what_changes() -> None:
    """A measure that only lets the attack be seen sooner says so; what stays is told once."""
    words = ["replay", "E", "--org", str(FIDELITY / "e-after.yaml"), "--lang", "en"]
    rows = [line.split("  ") for line in run.invoke(app, words).stdout.splitlines()]
    line = next([cell.strip() for cell in row if cell.strip()] for row in rows if row[0].startswith("D05 ("))
    assert line == ["D05 (whole organisation)", "through", "E7", "3", "9", "E7 D06 hours → E2 D05 hours"]
    line = next([cell.strip() for cell in row if cell.strip()] for row in rows if row[0].startswith("P07 ("))
    assert line == ["P07 (zone Service A)", "stopped", "E2", "3 → 0", "9 → 0", "E7 D06 hours → not seen"]


def test_the_terminal_uses_the_words_of_the_pages() -> None:
    """Where a page has a message of the same English, its Japanese is the one of the terminal too."""
    from babel.messages.pofile import read_po

    from kizuki.commands.replaying import JAPANESE

    with (Path(__file__).parents[2] / "locale" / "parts" / "pages.po").open("rb") as file:
        pages = {str(message.id): message.string for message in read_po(file, locale="ja") if not message.context}
    shared = {
        word: pages[word] for word in JAPANESE if word in pages and word != "Where"
    }  # there: where a measure holds
    assert len(shared) > 25
    assert {word: JAPANESE[word] for word in shared} == shared
    assert JAPANESE["Lost"] == pages["Assets lost"]
