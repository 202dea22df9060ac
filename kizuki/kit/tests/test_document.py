"""Files from outside: what is read, what is refused and at which line, and that what is written is read back the same."""

from __future__ import annotations

import json
import tracemalloc
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.kit import document, events
from kizuki.kit.document import MAX_BYTES, MAX_DEPTH, BadFile


def faults(text: str | bytes, file: str = "f.yaml") -> list[str]:
    """The lines that a file is refused with."""
    with pytest.raises(BadFile) as caught:
        document.load(file, text.encode() if isinstance(text, str) else text)
    return [str(fault) for fault in caught.value.faults]


def value(text: str) -> Any:
    return document.load("f.yaml", text.encode())[0]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("no", "no"), ("yes", "yes"), ("on", "on"), ("off", "off"), ("y", "y"), ("No", "No"),
        ("true", True), ("True", True), ("TRUE", True), ("tRUE", "tRUE"), ("false", False),
        ("null", None), ("~", None), ("", None), ("nULL", "nULL"), ("NULL", None),
        ("2026-11-22", "2026-11-22"), ("2026-11-22T14:02:00Z", "2026-11-22T14:02:00Z"), ("12:30:00", "12:30:00"),
        ("0", 0), ("-0", 0), ("+7", 7), ("-12", -12), ("014", "014"), ("0o14", "0o14"), ("0x1F", "0x1F"), ("0b1", "0b1"),
        ("1_000", "1_000"), ("1.5", 1.5), ("-0.25", -0.25), ("1.5e3", 1500.0), ("1e3", "1e3"), (".5", ".5"), ("1.", "1."),
        (".inf", ".inf"), (".nan", ".nan"), ("1" * 18, int("1" * 18)), ("1" * 19, "1" * 19), ("<<", "<<"), ("=", "="),
        ("'no'", "no"), ("'1'", "1"), ('"true"', "true"), ("'null'", "null"), ('"\\u3042"', "あ"), ("１２", "１２"),
    ],
)  # fmt: skip
def test_a_word_means_what_the_core_schema_says_and_nothing_older(written: str, meant: Any) -> None:
    found = value(f"k: {written}")["k"]
    assert found == meant
    assert type(found) is type(meant)


def test_keys_are_always_text() -> None:
    assert value("{1: a, true: b, null: c, 2026-11-22: d}") == {"1": "a", "true": "b", "null": "c", "2026-11-22": "d"}


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: &x 1\nb: *x", 1, "anchors and aliases"),
        ("a: 1\nb: *x", 2, "anchors and aliases"),
        ("a: 1\nb: &x [1]", 2, "anchors and aliases"),
        ("a: !!python/object/apply:os.system [ls]", 1, "tag"),
        ("a: !!binary aGk=", 1, "tag"),
        ("a: 1\nb: !x 1", 2, "tag"),
        ("a: ! 1", 1, "tag"),
        ("a: 1\nb: 2\na: 3", 3, "the key “a” stands here twice; keep one of them"),
        ("a:\n  b: 1\n  'b': 2", 3, "the key “b” stands here twice; keep one of them"),
        ("? [a, b]\n: 1", 1, "a key must be a plain word"),
        ("a: 1\n? {x: 1}\n: 2", 2, "a key must be a plain word"),
        ("a: 1\n---\nb: 2", 2, "a second document begins here"),
        ("a: b: c", 1, "a colon stands where none can"),
        ("a:\n\t- b", 2, "indent with spaces"),
        ("a: [1, 2\nb: 3", 2, "bracket"),
        ('a: "open', 1, "a quotation mark or bracket is not closed"),
        ('a: "\\q"', 1, "a backslash stands in double quotes"),
        ('a: "\\0"', 1, "no character"),
        ("a:\n  b: 1\n c: 2", 3, "the indentation does not fit"),
        ("a: 1\nplain\nb: 2", 3, "a key without a colon"),
        ("a: \x1b$B", 1, "a control character"),
        ("", 1, "the file is empty"),
        ("  \n\n# only a remark\n", 1, "the file is empty"),
        ("---\n", 1, "the file is empty"),
        ("a: @x", 1, "put the text in quotes"),
    ],
)
def test_what_is_refused_is_refused_with_its_line(text: str, line: int, says: str) -> None:
    (fault,) = faults(text)
    assert fault.startswith(f"f.yaml:{line}: "), fault
    assert says in fault
    assert "\n" not in fault


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("題: 名".encode("utf-16"), "f.yaml:1: the file is UTF-16; save it as UTF-8"),
        ("題: 名".encode("utf-16-be"), "f.yaml:1: the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8"),
        (
            "a: 1".encode("utf-16-le"),
            "f.yaml:1: a NUL character stands here: this is not a text file; give YAML or JSON",
        ),
        ("a: 1\n題: 名".encode("shift_jis"), "f.yaml:2: the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8"),
        ("a: 1\n\n題: 名".encode("euc_jp"), "f.yaml:3: the file is not UTF-8 (perhaps Shift_JIS); save it as UTF-8"),
        (b"a: 1\nb: \x00", "f.yaml:2: a NUL character stands here: this is not a text file; give YAML or JSON"),
        (b"\x89PNG\r\n\x1a\n\x00", "f.yaml:1: this is a PNG picture; choose a YAML or JSON file"),
        (b"%PDF-1.7\n", "f.yaml:1: this is a PDF; choose a YAML or JSON file"),
        (
            b"PK\x03\x04\x14\x00",
            "f.yaml:1: this is a ZIP archive, or an Excel or Word file; choose a YAML or JSON file",
        ),
    ],
)
def test_another_encoding_or_kind_of_file_is_named(raw: bytes, says: str) -> None:
    assert faults(raw) == [says]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    value, lines = document.load("f.yaml", "\ufeffa: 1\r\nb: 題\r\n".encode())
    assert value == {"a": 1, "b": "題"}
    assert lines.at(("b",)) == 2
    assert document.load("f.json", '\ufeff{"a":\r\n 1}'.encode())[0] == {"a": 1}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"a": 1, "a": 2}', "the key “a” stands here twice"),
        ('{"a": "\\u0000"}', "no character"),
        ('{"a": "\\ud800"}', "no character"),
        ('{"a": 1', "bracket is not closed"),
    ],
)
def test_json_is_held_to_the_same_rules(text: str, says: str) -> None:
    assert says in faults(text)[0]


def test_a_json_file_with_a_slip_is_told_as_json_with_its_line() -> None:
    says = "f.json:2: not readable as JSON; look for a missing comma, quotation mark or bracket"
    assert faults('{"a": 1,\n b: 2}', "f.json") == [says]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1" * 40])
def test_a_number_that_cannot_be_kept_is_no_number_in_json_either(number: str) -> None:
    assert faults(f'{{"a": {number}}}', "f.json")[0].startswith("f.json:1: not readable as JSON")
    assert value(f'{{"a": {number}}}') == {"a": number}, "in a YAML file it is text"


@pytest.mark.parametrize("name", ["f.yaml", "f.json"])
@pytest.mark.parametrize("text", ["[" * 100_000, "[" * 60 + "]" * 60, '{"a":' * 50 + "1" + "}" * 50])
def test_deep_nesting_is_refused_before_anything_is_built(text: str, name: str) -> None:
    assert faults(text, name) == [f"{name}:1: nested deeper than {MAX_DEPTH} levels; make it flatter"]


def test_forty_levels_are_taken_in_both_forms() -> None:
    text = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert document.load("f.json", text.encode())[0] == document.load("f.yaml", f" {text}".encode())[0]
    deep = "\n".join("  " * n + "a:" for n in range(MAX_DEPTH + 1)) + " 1"
    assert faults(deep) == [f"f.yaml:{MAX_DEPTH + 1}: nested deeper than {MAX_DEPTH} levels; make it flatter"]


def test_a_bomb_of_aliases_is_refused_at_its_first_anchor() -> None:
    bomb = "a: &a [x, x, x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{('*' + chr(97 + n) + ',') * 9}]" for n in range(9)
    )
    assert faults(bomb) == ["f.yaml:1: anchors and aliases (&, *) are not taken; write the value out"]


def test_very_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MAX_VALUES", 1000)
    assert faults("- 1\n" * 2000) == ["f.yaml:999: more than 1,000 values; give the file as JSON"]


def test_a_file_over_the_limit_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.yaml"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    tracemalloc.start()
    with pytest.raises(BadFile) as caught:
        document.read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "is larger than 64 MB" in str(caught.value)
    assert peak < 2**20


def test_what_says_nothing_of_its_size_is_read_up_to_the_limit_only() -> None:
    with pytest.raises(BadFile) as caught:
        document.read(Path("/dev/zero"))
    assert str(caught.value).startswith("/dev/zero:0: the file is larger than 64 MB")


def test_bytes_over_the_limit_are_refused() -> None:
    assert faults(b"#" * (MAX_BYTES + 1))[0].startswith("f.yaml:0: the file is larger than 64 MB")


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    for path, says in ((tmp_path / "none.yaml", "No such file"), (tmp_path, "Is a directory")):
        with pytest.raises(BadFile) as caught:
            document.read(path)
        assert str(caught.value).startswith(f"{path}:0: cannot be read: {says}")


def test_values_take_little_more_memory_than_they_need() -> None:
    raw = b"a: [" + b"1," * 200_000 + b"1]"
    tracemalloc.start()
    document.load("f.yaml", raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12 * len(raw), f"{peak / len(raw):.0f} bytes for each byte of the file"


# What is written is read back the same -------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
HARD = st.sampled_from(
    [
        "no", "No", "yes", "on", "true", "TRUE", "null", "~", "", "1", "01", "0o7", "0x1f", "1.5", "1e3", "1.0e5", ".inf", ".nan",
        "2026-11-22", "12:30:00", "- a", "? b", "a: b", "#x", " x", "x ", "\tx", "\n", "a\n", "a\n\nb\n\n", "  a\n b", "|", "%a",
        "@a", "`a", "&a", "*a", "!a", "---", "...", "\x85", "\u2028", "\u2029", "\ufeff", "\x7f", "\x1b", "😀", "{a}", "[b]",
        "a #b", "'", '"', "\\", "=", "<<", "a\r\nb", "\r", "-", "?", ":", "1_000", "+1", "-0", "１２", "あ\u3000", "\u3000い",
        "👩\u200d👩\u200d👧", "a" * 5000, "あ" * 3000, "word " * 900, "1" * 25,
    ]
)  # fmt: skip
KEY = st.one_of(ANY_TEXT, HARD)
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**17), 10**17), st.floats(allow_nan=False, allow_infinity=False),
    ANY_TEXT, HARD, st.text("a \n:#-'\"", max_size=40),
)  # fmt: skip
VALUES = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEY, inner, max_size=4), max_leaves=12
).filter(lambda made: made is not None)


@settings(max_examples=400, deadline=None)
@given(VALUES)
def test_what_dump_writes_load_reads(made: Any) -> None:
    assert document.load("f.yaml", document.dump(made).encode())[0] == made


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEY, VALUES, max_size=4), st.booleans())
def test_json_is_read_as_it_was_meant(made: dict[str, Any], ascii: bool) -> None:
    raw = json.dumps(made, ensure_ascii=ascii).encode()
    assert document.load("f.json", raw)[0] == made


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(KEY, VALUES, max_size=4), st.sampled_from([None, 1]))
def test_lines_of_yaml_and_json_are_those_of_the_text(made: dict[str, Any], indent: int | None) -> None:
    for file, text in (
        ("f.yaml", document.dump(made)),
        ("f.json", json.dumps(made, indent=indent, ensure_ascii=False)),
    ):
        _, lines = document.load(file, text.encode())
        last = 1
        for key in made:
            line = lines.at((key,), key=True)
            assert last <= line <= text.count("\n") + text.count("\x85") + 1
            last = line


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200) | st.text("{}[]:,-#&*!|>'\"%@`\n\t ab1\\", max_size=60).map(str.encode))
def test_any_bytes_give_values_or_one_line_faults_and_nothing_else(raw: bytes) -> None:
    told = ["f.yaml:1: fine"]
    try:
        document.load("f.yaml", raw)
    except BadFile as error:
        told = [str(fault) for fault in error.faults]
    assert told
    assert all(line.startswith("f.yaml:") and "\n" not in line for line in told)


@pytest.mark.parametrize("bad", ["a\0b", "\ud800", float("nan"), float("inf")])
def test_what_no_file_can_hold_is_not_written(bad: Any) -> None:
    with pytest.raises(ValueError, match=r"no character|not a number"):
        document.dump({"a": bad})


# Formats -------------------------------------------------------------------------------------------------------------


class Part(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    size: int = 0
    kind: Literal["large", "small"] = "small"


class Whole(msgspec.Struct, forbid_unknown_fields=True, rename={"schema_": "schema"}):
    schema_: Literal["kizuki/whole/1"]
    parts: tuple[Part, ...] = ()
    note: str | Literal["not stated"] | None = None


def refused(text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        document.parse("f.yaml", text.encode(), Whole)
    return [str(fault) for fault in caught.value.faults]


def test_every_fault_is_told_at_its_own_line_and_sound_rows_are_passed_over() -> None:
    text = "schema: kizuki/whole/1\nparts:\n- {id: a}\n- {id: b, kind: smal}\n- {id: 3}\n- {sze: 1}\n"
    assert refused(text) == [
        "f.yaml:4: kind: “smal” is not one of large, small; did you mean “small”?",
        "f.yaml:5: id: “3” is not taken here; write text",
        "f.yaml:6: parts: the key “id” is missing; add it",
        "f.yaml:6: unknown key “sze”; did you mean “size”?",
    ]


def test_one_point_nought_is_no_whole_number() -> None:
    (fault,) = refused("schema: kizuki/whole/1\nparts:\n- id: a\n  size: 1.0\n")
    assert fault.startswith("f.yaml:4: size: ")
    assert fault.endswith("write a whole number")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "schema: kizuki/whole/2\nparts: 3",
            "f.yaml:1: this file has version 2 of its format, and version 1 is read here",
        ),
        ("parts: []\nschema: kizuki/case/1", "f.yaml:2: this is a case file, but a whole file is wanted here"),
        ("schema: whole", "f.yaml:1: “whole” is not a format that is read here; write “schema: kizuki/whole/1”"),
        ("schema: 1", "f.yaml:1: “1” is not a format that is read here"),
        ("some: thing\nother: thing\nthird: 3", "f.yaml:1: this is not a whole file; a whole file begins with"),
        ("- a\n- b", "f.yaml:1: this is a list, not a whole file"),
        ("a,b,c\n1,2,3", "f.yaml:1: this is a table (CSV), not a whole file"),
        ("<html><body>", "f.yaml:1: this is a web page or XML, not a whole file"),
        ("Dear all", "f.yaml:1: this is plain text, not a whole file"),
        ("{}", "f.yaml:1: this is not a whole file"),
    ],
)
def test_a_file_of_another_kind_is_told_in_one_line(text: str, says: str) -> None:
    (fault,) = refused(text)
    assert fault.startswith(says)


def test_a_missing_schema_is_one_fault_among_others_where_the_rest_fits() -> None:
    assert refused("parts:\n- {id: a, size: x}\n") == [
        "f.yaml:1: the key “schema” is missing; add it",
        "f.yaml:2: size: “x” is not taken here; write a whole number",
    ]


def test_no_report_is_longer_than_two_hundred_lines() -> None:
    text = "schema: kizuki/whole/1\nparts:\n" + "- {id: 1}\n" * 500
    assert len(refused(text)) == document.MAX_FAULTS


def test_a_text_that_is_never_closed_is_gone_through_once() -> None:
    """Of an unclosed text every later quotation mark began another look at the rest: 80 kB took 40 seconds."""
    pieces = Counter(match[0][:1] for match in events._SIGN.finditer('["' + '\\"' * 40_000))
    assert pieces == {"[": 1, '"': 1}
    assert not events.json_too_deep('{"a": "[[[' + '\\"[' * 100)
    assert events.json_too_deep('["\\"[",' + "[" * 50)
