"""Criteria files: what cannot be meant is told with its line, and what is read goes out again the same."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings

from kizuki.criteria.engine.format import Criteria
from kizuki.criteria.engine.read import read, read_sound
from kizuki.criteria.tests.policies import policies
from kizuki.kit.document import BadFile, dump
from kizuki.kit.library import library_path

LIBRARY = sorted((library_path() / "criteria").glob("*.yaml"))
SOUND = """\
schema: kizuki/criteria/1
id: small
title: {en: Small}
facts:
  - id: heat
    name: {en: Heat}
    monotone: true
    values: [{id: low, name: {en: Low}}, {id: mid, name: {en: Mid}}, {id: high, name: {en: High}}]
  - id: kind
    name: {en: Kind}
    monotone: false
    values: [{id: a, name: {en: A}}, {id: b, name: {en: B}}]
outcomes:
  - {id: fine, name: {en: Fine}}
  - {id: stop, name: {en: Stop}, data: {due_days: 3}}
rules:
  - {id: hot, when: {heat: at least mid, kind: a}, outcome: stop, because: {en: Hot}}
  - {id: rest, when: {}, outcome: fine, because: {en: Cool}}
"""
#: What is put in place of what, the line of the fault, and what it says.
BAD = [
    ("id: hot", "id: rest", 18, "the id “rest” is given twice"),
    ("id: kind", "id: heat", 9, "the id “heat” is given twice"),
    ("{id: b,", "{id: a,", 12, "the id “a” is given twice"),
    ("id: small", "id: import", 2, "the id “import” is the address of a page"),
    ("{id: low,", "{id: unknown,", 8, "“unknown” stands for what nobody knows"),
    ("name: {en: Heat}", "name: {}", 6, "the text is missing"),
    ("because: {en: Hot}", "because: {en: ' '}", 17, "the text is missing"),
    ("title: {en: Small}", f"title: {{en: {'x' * 401}}}", 3, "longer than 400 characters"),
    ("kind: a}", "colour: a}", 17, "the rule “hot” asks for “colour”, which is not a fact of this file; known are heat, kind"),
    ("kind: a}", "kind: c}", 17, "the rule “hot” names “c”, which is not a value of “kind”; known are a, b"),
    ("at least mid", "at least cold", 17, "names “cold”, which is not a value of “heat”"),
    ("kind: a}", "kind: at least a}", 17, "the values of “kind” have no order; name the values"),
    ("at least mid", "at least low", 17, "names every value of “heat”, which asks nothing"),
    ("kind: a}", "kind: [a, b]}", 17, "names every value of “kind”, which asks nothing"),
    ("kind: a}", "kind: [a, a]}", 17, "names the value “a” twice"),
    ("outcome: stop", "outcome: halt", 17, "the rule “hot” leads to “halt”, which is not an outcome of this file; known are fine, stop"),
    ("kind: a}", "kind: []}", 17, "at least 1 needed"),
    ("due_days: 3", "due_days: -3", 15, "out of range"),
    ("due_days: 3", "Due: 3", 15, "is not taken here"),
    ("monotone: true", "monotone: worse", 7, "“worse”"),
    ("rules:", "rulez:", 16, "unknown key “rulez”"),
    ("kizuki/criteria/1", "kizuki/case/1", 1, "this is a case file, but a criteria file is wanted here"),
    ("heat: at least mid, ", "", 17, None),
    ("when: {heat: at least mid, kind: a}", "when: {heat: low}", 18, "a worse value of “heat” gives a milder outcome"),
    ("when: {}", "when: {kind: a}", 16, "no rule decides 3 of 6 cells, the first one is: heat = low, kind = b"),
    ("when: {heat: at least mid, kind: a}", "when: {}", 18, "the rule “rest” never decides"),
]  # fmt: skip


def faults(text: str) -> list[tuple[int, str]]:
    try:
        read_sound("f.yaml", text.encode())
    except BadFile as error:
        return [(fault.line, fault.message) for fault in error.faults]
    return []


@pytest.mark.parametrize(("old", "new", "line", "says"), BAD, ids=[str(row[3])[:40] for row in BAD])
def test_each_fault_has_its_line_and_says_what_is_wrong(old: str, new: str, line: int, says: str | None) -> None:
    assert old in SOUND
    found = faults(SOUND.replace(old, new, 1))
    if says is None:
        assert found == []
    else:
        assert any(at == line and says in message for at, message in found), found


def test_a_sound_file_has_no_fault_and_one_with_a_hole_can_still_be_read_as_a_draft() -> None:
    assert faults(SOUND) == []
    holed = SOUND.replace("when: {}", "when: {kind: a}")
    assert read("f.yaml", holed.encode()).rules[1].when == {"kind": "a"}
    with pytest.raises(BadFile):
        read("f.yaml", SOUND.replace("kind: a}", "kind: c}").encode())


@settings(max_examples=100, deadline=None)
@given(policies())
def test_what_is_written_is_read_again_the_same(made: Criteria) -> None:
    assert read("f.yaml", dump(made).encode()) == made
    assert read("f.json", msgspec.json.encode(made)) == made


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
def test_the_library_is_sound_complete_in_both_languages_and_goes_round(path: Path) -> None:
    raw = path.read_bytes()
    made = read_sound("f.yaml", raw).criteria
    assert made.id == path.stem
    assert read("f.yaml", dump(made).encode()) == made
    texts: list[dict[str, str]] = []

    def walk(value: object) -> None:
        if isinstance(value, dict) and value.keys() & {"ja", "en"}:
            texts.append(value)
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            walk(part)

    walk(msgspec.json.decode(msgspec.json.encode(made)))
    assert len(texts) > 20
    assert [text for text in texts if not (text.get("ja") and text.get("en"))] == []
    assert all(fact.ask is not None and fact.help is not None for fact in made.facts)


def test_the_library_has_what_the_rooms_ask_for() -> None:
    assert {path.stem for path in LIBRARY} >= {
        "admission", "importance-availability", "importance-confidentiality", "importance-integrity",
    }  # fmt: skip
    for part in ("availability", "confidentiality", "integrity"):
        path = library_path() / "criteria" / f"importance-{part}.yaml"
        made = read(path.name, path.read_bytes())
        assert [outcome.data["importance"] for outcome in made.outcomes] == [0, 1, 2, 3]
