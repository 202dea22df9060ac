"""`kizuki org import|export` as a person types them, in one home of the module's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from kizuki.commands.tests.running import kizuki, warmed

ROOT = Path(__file__).resolve().parents[3]
COMPANY = ROOT / "library" / "templates" / "organisation.yaml"
TABLE = "Nummer,Bezeichnung,Art\nK-1,Kasse,PC\nK-2,Tor,Boot\n"


@pytest.fixture(scope="module")
def home(copied: Path) -> Iterator[Path]:
    with warmed(copied):
        begun = kizuki(copied, "org", "import", str(COMPANY))
        assert begun.returncode == 0, begun.stderr
        yield copied


def test_a_register_is_exported_and_comes_back_equal(home: Path, tmp_path: Path) -> None:
    for form in ("yaml", "json"):
        file = tmp_path / f"org.{form}"
        assert kizuki(home, "org", "export", str(file), "--format", form).returncode == 0
        again = json.loads(kizuki(home, "org", "import", str(file), "--json").stdout)
        assert set(again["counts"]) == {"same"}
        assert again["outcomes"] == {"done": 0, "same": 0, "refused": 0}
    assert kizuki(home, "org", "export").stdout == (tmp_path / "org.yaml").read_text(encoding="utf-8")
    tables = tmp_path / "tables"
    assert kizuki(home, "org", "export", str(tables), "--format", "csv").returncode == 0
    again = json.loads(kizuki(home, "org", "import", str(tables / "assets.csv"), "--json").stdout)
    assert (again["format"], set(again["counts"])) == ("register", {"same"})


def test_a_table_is_tried_brought_in_and_taken_back(home: Path, tmp_path: Path) -> None:
    before = kizuki(home, "org", "export").stdout
    table, columns = tmp_path / "list.csv", tmp_path / "columns.yaml"
    table.write_text(TABLE, encoding="utf-8")
    columns.write_text("Nummer: id\nBezeichnung: name\nArt: kind\n", encoding="utf-8")
    words = ("org", "import", str(table), "--mapping", str(columns))
    tried = kizuki(home, *words, "--dry-run")
    assert tried.returncode == 0, tried.stderr
    assert "“Boot” is not a kind that is known here" in " ".join(tried.stdout.split())
    assert kizuki(home, "org", "export").stdout == before
    done = json.loads(kizuki(home, *words, "--json").stdout)
    assert done["outcomes"]["done"] == 1
    assert "Kasse" in kizuki(home, "org", "export").stdout
    undone = kizuki(home, "org", "import", "--undo", done["batch"])
    assert undone.returncode == 0, undone.stderr
    assert kizuki(home, "org", "export").stdout == before
    assert kizuki(home, "org", "import", "--undo", done["batch"]).returncode == 2


def test_nothing_is_taken_out_unless_a_file_is_to_replace_the_register(home: Path, tmp_path: Path) -> None:
    file, table = tmp_path / "small.yaml", tmp_path / "list.csv"
    file.write_text(
        "schema: kizuki/organisation/1\norganisation: {name: X}\nunits: [{id: new, name: New}]\n", encoding="utf-8"
    )
    table.write_text(TABLE, encoding="utf-8")
    kept = kizuki(home, "org", "import", str(file), "--dry-run", "--json")
    assert (json.loads(kept.stdout)["counts"], kept.stderr) == ({"new": 1}, "")
    before = kizuki(home, "org", "export").stdout
    tried = kizuki(home, "org", "import", str(file), "--replace", "--dry-run", "--json")
    gone = json.loads(tried.stdout)["counts"]["gone"]
    assert gone > 5
    assert f"does not name them: {gone} records" in tried.stderr
    told = kizuki(home, "org", "import", str(file), "--replace", "--dry-run", "--lang", "ja").stderr
    assert f"ファイルに書かれていないため台帳から外す記録：{gone}件" in told
    assert kizuki(home, "org", "export").stdout == before
    refused = kizuki(home, "org", "import", str(table), "--replace")
    assert (refused.returncode, "leave out --replace" in refused.stderr) == (2, True)
    done = json.loads(kizuki(home, "org", "import", str(file), "--replace", "--json").stdout)
    assert kizuki(home, "org", "export").stdout.count("- id: ") == 1
    assert kizuki(home, "org", "import", "--undo", done["batch"]).returncode == 0
    assert kizuki(home, "org", "export").stdout == before


def test_bad_input_and_what_is_not_allowed(home: Path, tmp_path: Path) -> None:
    kizuki(home, "user", "reader@example.org", "--name", "Reader", "--role", "executive")
    bad = tmp_path / "bad.yaml"
    bad.write_text(
        "schema: kizuki/organisation/1\norganisation: {name: X}\nassets: [{id: a, name: A, kind: boat}]\n",
        encoding="utf-8",
    )
    odd = tmp_path / "odd.bin"
    odd.write_bytes(b"\x00\x01\x02\x03")
    for words, code, told in (
        ((), 2, "name the file"), ((str(bad),), 2, f"{bad}:3: "), ((str(odd),), 2, "is not known; name it with --format"),
        (("no-such-file.csv",), 2, "No such file"), ((str(bad), "--format", "boat"), 2, "not a kind of file"),
        (("--undo", "1"), 2, "not the batch"), ((str(bad), "--as", "nobody@example.org"), 2, "nobody's address"),
        ((str(bad), "--as", "reader@example.org"), 3, "may not write"),
    ):  # fmt: skip
        result = kizuki(home, "org", "import", *words)
        assert (result.returncode, told in result.stderr) == (code, True), (words, result.stderr)
    assert kizuki(home, "org", "export", "--format", "boat").returncode == 2
    assert kizuki(home, "org", "export", "--format", "csv").returncode == 2


def test_somebody_unknown_is_told_where_those_who_are_known_stand(home: Path) -> None:
    words = ("org", "import", str(COMPANY), "--as", "nobody@example.org", "--lang")
    english, japanese = (kizuki(home, *words, language) for language in ("en", "ja"))
    assert (english.returncode, japanese.returncode) == (2, 2)
    assert "nobody's address here. Who is known stands on the page “People”; kizuki user makes" in english.stderr
    assert "nobody@example.org は登録されていません。登録されている人は「利用者」のページ" in japanese.stderr
    assert kizuki(home, "user", "--help").returncode == 0
