"""What was built but neither tested nor told: models, actions, settings, commands."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps

from kizuki.cli import app

ROOT = Path(__file__).resolve().parent.parent
KIZUKI = ROOT / "kizuki"
TESTS = [
    p for p in ROOT.rglob("test_*.py") if "kizuki" in p.parts[len(ROOT.parts) :] or p.parent.name in ("tests", "e2e")
]
#: What the tests build on counts as used by them: the cast, and the whole site of the tests of routes and pages.
SAID = "\n".join(
    p.read_text(encoding="utf-8") for p in [*TESTS, ROOT / "conftest.py", *(ROOT / "tests").glob("[a-z]*.py")]
)


def documents(language: str) -> str:
    return "\n".join(p.read_text(encoding="utf-8") for p in sorted((ROOT / "docs" / language).rglob("*.md")))


#: Called by signals and by the housekeeping task alone; the test that goes that way is named.
BY_WAY = {
    ("accounts", "note_second_factor"): "accounts/tests/test_me.py: add_second_factor",
    ("accounts", "prune_links"): "accounts/tests/test_prune.py: prune_entrance",
    ("incidents", "propose_indicators"): "incidents/tests/test_known.py: add_entry",
    ("register", "begin_organisation"): "register/tests/test_pages.py: /register/about",
}
WRITES = re.compile(r"@transaction\.atomic|\.(create|update|save|delete|bulk_create|bulk_update)\(|\bby: |record\(")


def actions() -> list[tuple[str, str]]:
    """(room, name) of every write: functions of an actions.py that are one transaction, or write rows by themselves; where the actions
    are a package, those that it offers."""
    found = []
    for path in sorted([*KIZUKI.glob("*/actions.py"), *KIZUKI.glob("*/actions/[a-z]*.py")]):
        package = path.parent.name == "actions"
        room, offered = (path.parent.parent.name, names_in(path.parent)) if package else (path.parent.name, None)
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            known = (
                isinstance(node, ast.FunctionDef) and node.name[0] != "_" and (offered is None or node.name in offered)
            )
            if isinstance(node, ast.FunctionDef) and known and WRITES.search(ast.unparse(node)):
                found.append((room, node.name))
    return found


def names_in(package: Path) -> set[str]:
    """What a package of actions offers to others."""
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    return {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}


def settings() -> list[str]:
    """Every KIZUKI_… variable that the program reads."""
    text = "\n".join(p.read_text(encoding="utf-8") for p in KIZUKI.rglob("*.py") if "tests" not in p.parts)
    return sorted(set(re.findall(r'"(KIZUKI_[A-Z_]+)"', text)))


def commands() -> list[str]:
    """Every command, with its group before it: "demo", "case list"."""
    found = [c.name or c.callback.__name__.replace("_", "-") for c in app.registered_commands if c.callback]
    for group in app.registered_groups:
        inner = group.typer_instance.registered_commands if group.typer_instance else []
        name = group.name or (group.typer_instance.info.name if group.typer_instance else "")
        found += [f"{name} {c.name or c.callback.__name__.replace('_', '-')}" for c in inner if c.callback]
    return sorted(str(name) for name in found)


def models() -> list[str]:
    return sorted(m.__name__ for m in apps.get_models() if m.__module__.startswith("kizuki."))


def test_there_is_something_to_look_at() -> None:
    assert len(actions()) > 20
    assert len(settings()) > 8
    assert len(models()) > 8
    assert {"demo", "serve"} <= set(commands())


@pytest.mark.parametrize(("room", "name"), actions(), ids=str)
def test_every_action_is_tested(room: str, name: str) -> None:
    if (room, name) in BY_WAY:
        path, word = BY_WAY[room, name].split(": ")
        assert word in (KIZUKI / path).read_text(encoding="utf-8")
    else:
        assert re.search(rf"\b{name}\b", SAID), f"no test calls {room}.actions.{name}"


@pytest.mark.parametrize("name", models())
def test_every_model_is_tested(name: str) -> None:
    assert re.search(rf"\b{name}\b", SAID), f"no test speaks of {name}"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", settings())
def test_every_setting_is_told(name: str, language: str) -> None:
    assert name in documents(language), f"docs/{language} does not speak of {name}"


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", commands())
def test_every_command_is_told(name: str, language: str) -> None:
    assert f"kizuki {name}" in documents(language), f"docs/{language} does not speak of kizuki {name}"


def test_every_module_and_function_is_of_a_size_that_can_be_read() -> None:
    """400 lines for a module, 40 for a function; migrations are written by Django."""
    long = []
    for path in sorted(KIZUKI.rglob("*.py")):
        if "migrations" in path.parts or "tests" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        lines = len(text.splitlines())
        long += [f"{path.relative_to(ROOT)}: {lines} lines"] * (lines > 400)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and (size := (node.end_lineno or 0) - node.lineno + 1) > 40:
                long.append(f"{path.relative_to(ROOT)}: {node.name} {size} lines")
    assert long == []
