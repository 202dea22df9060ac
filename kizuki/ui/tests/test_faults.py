"""What is wrong in a file is told in the reader's language, whichever engine says it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from kizuki.casebook.engine.read import read as read_case
from kizuki.casebook.tests.malformed_files import BAD
from kizuki.kit.document import BadFile, Fault
from kizuki.measures.library import catalogue
from kizuki.register.engine.read import read as read_organisation
from kizuki.register.library import vocabulary
from kizuki.ui import faults

LIBRARY = Path(__file__).resolve().parents[3] / "library"
#: English words of a sentence. Words of the format and what a person wrote stand alone or in lists.
ENGLISH = re.compile(r"\b(?:the|is|are|not|write|of this|here|taken)\b")
BROKEN = [
    "",
    "\x00",
    "\x89PNG",
    "name,kind,zone\na,b,c",
    "- a\n- b",
    "schema: kizuki/case/1",
    "schema: kizuki/organisation/7\norganisation: {name: a, sector: other}",
    "a: b: c",
    "a: [1, 2",
    "a: 'x",
    "a: &x 1",
    "a: !!int 1",
    "a: 1\na: 2",
    "{'a': 1, }",
    "---\na: 1\n---\nb: 2",
    "\ta: 1",
]


def organisation_faults(text: str) -> list[Fault]:
    with pytest.raises(BadFile) as caught:
        read_organisation("o.yaml", text.encode(), vocabulary=vocabulary(), measures=catalogue())
    return list(caught.value.faults)


def in_japanese(found: list[Fault]) -> list[str]:
    with translation.override("ja"):
        return [faults.said(fault) for fault in found]


def assert_japanese(found: list[Fault]) -> None:
    for fault, line in zip(found, in_japanese(found), strict=True):
        said = re.sub(r"「[^」]*」", "", line.partition("次のいずれか")[0])
        assert line.startswith(f"{fault.file}:{fault.line}: ")
        assert re.search("[ぁ-ん]", said), f"{fault.message} → {line}"
        assert not ENGLISH.search(said), f"{fault.message} → {line}"


@pytest.mark.parametrize("text", BROKEN)
def test_a_file_that_cannot_be_read(text: str) -> None:
    assert_japanese(organisation_faults(text))


def spoilt(text: str, every: int) -> Iterator[str]:
    """A sound file with one line at a time cut, renamed, or given another value; every n-th line."""
    lines = text.splitlines()
    for n, line in list(enumerate(lines))[::every]:
        before, after = lines[:n], lines[n + 1 :]
        yield "\n".join((*before, *after))
        if ": " in line:
            key, _, value = line.partition(": ")
            yield "\n".join((*before, f"{key}x: {value}", *after))
            for other in ("[]", "{}", "999999999", "zzz", "''", "true"):
                yield "\n".join((*before, f"{key}: {other}", *after))


def collected(text: str, kind: str, every: int = 1) -> list[Fault]:
    found: dict[str, Fault] = {}
    for bad in spoilt(text, every):
        try:
            if kind == "case":
                read_case("c.yaml", bad.encode(), vocabulary=vocabulary(), measures=catalogue())
            else:
                read_organisation("o.yaml", bad.encode(), vocabulary=vocabulary(), measures=catalogue())
        except BadFile as error:
            found |= {fault.message: fault for fault in error.faults}
    return list(found.values())


def test_every_fault_of_a_spoilt_organisation() -> None:
    found = collected((LIBRARY / "templates" / "organisation.yaml").read_text(encoding="utf-8"), "organisation")
    assert len(found) > 60
    assert_japanese(found)


def test_every_fault_of_a_spoilt_case() -> None:
    found = collected((LIBRARY / "cases" / "nisc-a.yaml").read_text(encoding="utf-8"), "case", every=20)
    assert len(found) > 60
    assert_japanese(found)


def test_every_fault_of_the_files_that_are_wrong() -> None:
    told = [
        (int(line), text)
        for bad in BAD
        if bad.of != "measures"
        for line, _, text in (s.partition(": ") for s in bad.says)
    ]
    assert len(told) > 150
    assert_japanese([Fault("there.yaml", line, text) for line, text in told])


def test_in_english_a_fault_stays_what_the_command_prints() -> None:
    (fault, *_) = organisation_faults("schema: kizuki/organisation/1\nassets: 1")
    with translation.override("en"):
        assert faults.said(fault) == str(fault)


def test_what_a_person_wrote_is_not_translated() -> None:
    fault = Fault("a.yaml", 3, "sector: “text” is not a known sector; did you mean “test”?")
    assert in_japanese([fault]) == ["a.yaml:3: sector：「text」という業種はありません。「test」のことでしょうか。"]
