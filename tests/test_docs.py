"""The documents say what is there: settings, keys of files, commands, dependencies, links, and examples that can be read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import typer
from msgspec import inspect as shapes

from kizuki.casebook.engine import read as case_file
from kizuki.casebook.engine.format import Case
from kizuki.cli import app
from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.read import read_sound
from kizuki.incidents.engine import procedure as procedure_file
from kizuki.incidents.engine.procedure import Procedure
from kizuki.measures.engine import format as measures_file
from kizuki.measures.engine.format import Measures
from kizuki.measures.library import catalogue
from kizuki.measures.library import measures as of_library
from kizuki.register.engine import read as organisation_file
from kizuki.register.engine.format import Organisation
from kizuki.register.library import vocabulary

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("en", "ja")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def page(language: str, name: str) -> str:
    return (ROOT / "docs" / language / f"{name}.md").read_text(encoding="utf-8")


def settings() -> set[str]:
    source = (path for path in ROOT.glob("kizuki/**/*.py") if "tests" not in path.parts)
    return {name for path in source for name in re.findall(r'"(KIZUKI_[A-Z_]+)"', path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_setting_is_explained_and_none_is_made_up(language: str) -> None:
    told = set(re.findall(r"^\| `(KIZUKI_[A-Z_]+)` \|", page(language, "operating"), re.MULTILINE))
    assert told == settings()


def keys(kind: type) -> set[str]:
    """Every key that a file of this kind can have, at any depth."""
    found: set[str] = set()
    seen: set[type] = set()

    def walk(shape: Any) -> None:
        if isinstance(shape, shapes.StructType):
            if shape.cls not in seen:
                seen.add(shape.cls)
                found.update(field.encode_name for field in shape.fields)
                for field in shape.fields:
                    walk(field.type)
        elif isinstance(shape, shapes.UnionType):
            for one in shape.types:
                walk(one)
        elif isinstance(shape, shapes.VarTupleType):
            walk(shape.item_type)

    walk(shapes.type_info(kind))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [Case, Organisation, Measures, Criteria, Procedure])
def test_every_key_of_a_file_is_explained(language: str, kind: type[msgspec.Struct]) -> None:
    told = set(re.findall(r"`([a-z_]+)(?:: [^`]*)?`", page(language, "formats"))) | {"ja", "en"}
    assert keys(kind) - told == set()


def examples(language: str) -> list[str]:
    return re.findall(r"```yaml\n(.*?)```", page(language, "formats"), re.DOTALL)


@pytest.mark.parametrize("language", LANGUAGES)
def test_examples_can_be_read(language: str) -> None:
    readers = {
        "case": lambda raw: case_file.read("example", raw, vocabulary=vocabulary(), measures=catalogue()),
        "organisation": lambda raw: organisation_file.read(
            "example", raw, vocabulary=vocabulary(), measures=catalogue()
        ),
        "measures": lambda raw: measures_file.read("example", raw),
        "criteria": lambda raw: read_sound("example", raw),
        "procedure": lambda raw: procedure_file.read("example", raw, measures=frozenset(of_library())),
    }
    kinds = [text.split("/")[1] for text in examples(language)]
    assert sorted(kinds) == sorted(readers)
    for kind, text in zip(kinds, examples(language), strict=True):
        readers[kind](text.encode())


def commands(group: Any, before: str = "") -> Iterator[str]:
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_every_command_is_told_in_both_languages_and_none_is_made_up() -> None:
    known = set(commands(typer.main.get_command(app)))
    groups = {name.split()[0] for name in known if " " in name}
    for language in LANGUAGES:
        text = page(language, "guide") + page(language, "operating") + page(language, "formats")
        told = set()
        for first, second in re.findall(r"(?<![\w/@.])kizuki ([a-z]+)(?: ([a-z]+))?", text):
            told.add(f"{first} {second}" if first in groups else first)
        assert told == known, language


def links(path: Path) -> list[str]:
    text = re.sub(r"```.*?```", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(path: Path) -> None:
    for link in links(path):
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def direct() -> set[str]:
    listed = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    return {re.split(r"[<>=\[ ]", name)[0].lower() for name in listed}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_direct_dependency_has_its_reason(language: str) -> None:
    rows = re.findall(r"^\| ([a-z].*?) \|", page(language, "decisions/dependencies"), re.MULTILINE)
    told = {name.split("[")[0] for row in rows for name in re.split(", |、", row) if name != "package"}
    assert told == direct()


def test_every_direct_dependency_is_locked() -> None:
    locked = re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements-dev.lock").read_text(encoding="utf-8"), re.MULTILINE)
    assert direct() - set(locked) == set()


def test_locks_name_no_index() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (ROOT / name).read_text(encoding="utf-8")
