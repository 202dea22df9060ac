"""Self-checks and figures of peers: what is taken, what is refused and why, where scores stand."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kizuki.kit.document import BadFile, dump
from kizuki.measures.benchmark.checks import of_library
from kizuki.measures.benchmark.engine.format import Check, Checks, Peer, Peers, read_checks, read_peers
from kizuki.measures.benchmark.engine.position import nearest, positions
from kizuki.measures.benchmark.engine.table import read_table

HEADINGS = "check,version,section,n,q1,median,q3,sector,size\n"


def test_the_library_has_frames_without_questions() -> None:
    found = {check.id: check for check in of_library()}
    assert len(found["meti-ipa-visualisation"].sections) == 10
    assert (found["meti-ipa-visualisation"].scale.min, found["meti-ipa-visualisation"].scale.max) == (1, 5)
    assert [section.id for section in found["nist-csf"].sections] == ["gv", "id", "pr", "de", "rs", "rc"]
    for check in found.values():
        for section in check.sections:
            assert not isinstance(section.name, str)
            assert section.name.ja
            assert section.name.en


def test_a_file_of_checks_survives_export() -> None:
    given_ = Checks("kizuki/self-checks/1", of_library())
    assert read_checks("f.yaml", dump(given_).encode()) == given_


def peers(*rows: Peer) -> Peers:
    return Peers("kizuki/peers/1", "A survey", rows)


def peer(**changes: object) -> Peer:
    values = {"check": "nist-csf", "version": "2.0", "section": "gv", "n": 48, "q1": 1.5, "median": 2.0, "q3": 2.5}
    return msgspec.convert({**values, **changes}, Peer)


def test_figures_of_peers_survive_export_as_json_and_csv() -> None:
    found = peers(peer(), peer(section="id", sector="manufacturing", size="hundreds", n=7))
    assert read_peers("f.json", msgspec.json.encode(found), of_library()) == found
    lines = [",".join(str(getattr(p, name)) for name in HEADINGS.strip().split(",")) for p in found.peers]
    raw = ("\ufeff" + HEADINGS + "\n".join(lines)).encode()
    assert read_table("f.csv", raw, "A survey", of_library()) == found


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("nist-csf,1.1,gv,5,1,2,3,,", "not a self-check that is known here"),
        ("nist-csf,2.0,zz,5,1,2,3,,", "not a section of nist-csf"),
        ("nist-csf,2.0,gv,5,3,2,1,,", "quartiles rise"),
        ("nist-csf,2.0,gv,5,1,2,9,,", "1 to 4"),
        ("nist-csf,2.0,gv,0,1,2,3,,", "n"),
        ("nist-csf,2.0,gv,many,1,2,3,,", "“many” is not a number"),
        ("nist-csf,2.0,gv,5,nan,2,3,,", "quartiles rise"),
        ("nist-csf,2.0,gv,5,1,2,3,,\nnist-csf,2.0,gv,6,1,2,3,,", "given twice"),
        ("", "no rows"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(row: str, said: str) -> None:
    with pytest.raises(BadFile) as caught:
        read_table("f.csv", (HEADINGS + row).encode(), "A survey", of_library())
    assert said in str(caught.value)
    assert str(caught.value).startswith("f.csv:")


@pytest.mark.parametrize("raw", [b"\x83\x80", b"check,version\n", b""])
def test_files_that_are_no_table(raw: bytes) -> None:
    with pytest.raises(BadFile):
        read_table("f.csv", raw, "A survey", of_library())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("scale: {min: 3, max: 3}", "the least score must be below the most"),
        ("sections: [{id: a, name: A}, {id: a, name: B}]", "given twice"),
        ("sections: []", "sections"),
        ("questions: [x]", "questions"),
    ],
)
def test_self_checks_that_cannot_be_meant(change: str, said: str) -> None:
    fields = {"scale": "scale: {min: 0, max: 3}", "sections": "sections: [{id: a, name: A}]"}
    fields[change.split(":", maxsplit=1)[0]] = change
    raw = "schema: kizuki/self-checks/1\nchecks:\n  - id: own\n    version: '1'\n    name: N\n    publisher: P\n"
    raw += "".join(f"    {field}\n" for field in fields.values())
    with pytest.raises(BadFile, match=said):
        read_checks("f.yaml", raw.encode())


scores = st.one_of(st.none(), st.floats(1, 5))


@given(st.lists(st.dictionaries(st.sampled_from(["d1", "d2", "d3"]), scores), max_size=5), scores)
def test_a_position_says_what_stands_in_the_sheets(sheets: list[dict[str, float | None]], at: float | None) -> None:
    check: Check = next(check for check in of_library() if check.id.startswith("meti"))
    known = {} if at is None else {"d1": Peer(check.id, check.version, "d1", 9, at, at, at)}
    rows = positions(check, sheets, known)
    assert [row.section.id for row in rows] == [section.id for section in check.sections]
    for row in rows:
        assert row.scores == tuple(sheet.get(row.section.id) for sheet in sheets)
        if row.last is None or row.peer is None:
            assert row.beside is None
        else:
            assert row.beside == (
                "below" if row.last < row.peer.q1 else "above" if row.last > row.peer.q3 else "within"
            )
        if row.change is not None:
            assert row.before is not None
            assert row.last == row.before + row.change or abs(row.last - row.before - row.change) < 1e-9  # type: ignore[operator]


def test_the_nearest_peers_are_never_those_of_another_sector() -> None:
    groups = [
        ("all", "all"),
        ("health", "all"),
        ("manufacturing", "tens"),
        ("all", "thousands"),
        ("manufacturing", "all"),
    ]
    assert nearest(groups, "manufacturing", "thousands") == 4
    assert nearest(groups, "manufacturing", "tens") == 2
    assert nearest(groups, "finance", "thousands") == 3
    assert nearest(groups, "finance", "tens") == 0
    assert nearest(groups[1:3], "finance", "thousands") is None
