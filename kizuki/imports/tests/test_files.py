"""Files as they come: from real programs, from the register itself, and broken in the ways in which files are broken."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest
from django.utils import timezone

from conftest import Cast
from kizuki.devices.actions import observing
from kizuki.devices.models import Observation
from kizuki.imports.choices import State
from kizuki.imports.engine import says
from kizuki.imports.models import PlanLine
from kizuki.imports.presenting import sentence
from kizuki.imports.tests.conftest import entered, line, planned, states
from kizuki.jobs.worker import drain
from kizuki.kit.document import dump
from kizuki.register import tables
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.kinds import KINDS, RecordKind, plain
from kizuki.register.engine.sources import says as read_says
from kizuki.register.fields import SECTIONS
from kizuki.register.models import TABLES, Asset, Organisation
from kizuki.register.tests.test_sources_programs import MAC_THERE, THERE, Wire, listener, run, wanted, wire

__all__ = ["listener", "wire"]

pytestmark = pytest.mark.django_db
SAMPLES = Path(tables.__file__).parent / "tests" / "samples"
#: Documents that hold every field that the register knows, and what a table could spoil.
FULL: list[Edit] = [
    Edit("zone", "z", {
        "id": "z", "name": {"ja": "区画"}, "kind": "plant", "ranges": ["10.2.0.0/16"], "addresses": "fixed", "isolates_clients": True,
    }),
    Edit("realm", "r", {
        "id": "r", "name": "R", "reused_passwords": True, "default_credentials": False, "privileged_with_mfa": 3, "accounts": 0,
    }),
    Edit("asset", "a", {
        "id": "a", "name": {"en": "=1+1", "ja": "'quoted"}, "kind": "iot", "zone": "z", "zones": ["lan"], "realm": "r", "count": 3,
        "importance": {"confidentiality": 3}, "holds": ["personal-data"], "traits": ["always-on"], "components": ["pkg:npm/a@1"],
        "notes": "line one\nline, two; “three”\ttab", "internet_facing": False, "supplier_facing": True, "macs": ["-x"],
        "hosts": ["a", "b"],
    }),
    Edit("contact", "c", {
        "id": "c", "name": "C", "channels": [{"kind": "phone", "address": "+81 3", "hours": "9-17"}], "roles": ["a, b", "c"],
    }),
    Edit("service", "s", {
        "id": "s", "name": "S", "agreement": {"availability": "99.9 %", "lost_hours": 0}, "needs": ["web"],
    }),
]  # fmt: skip


def home() -> Organisation:
    return Organisation.objects.get(is_home=True)


@pytest.fixture
def full(small: Organisation) -> Organisation:
    apply(organisation=small, edits=FULL, by="a test")
    return home()


def exported(kind: RecordKind, form: str) -> tuple[bytes, str]:
    """A list of the register as its page gives it."""
    documents = list(
        TABLES[kind].objects.filter(organisation__is_home=True, deleted_at=None).values_list("document", flat=True)
    )
    part = KINDS[kind].part
    if form == "csv":
        return "".join(tables.csv_lines(kind, documents)).encode(), f"{part}.csv"
    if form == "xlsx":
        return tables.xlsx(kind, part, documents), f"{part}.xlsx"
    return f'{{"{part}":['.encode() + b",\n".join(map(msgspec.json.encode, documents)) + b"\n]}\n", f"{part}.json"


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_what_is_exported_comes_back_equal(full: Organisation, form: str) -> None:
    before = full.read
    files = {kind: exported(kind, form) for kind in SECTIONS}
    for kind, (content, name) in files.items():
        made = planned(content, name)
        assert (made.format, set(made.counts)) == ("register", {"same"}), (kind, made.counts)
    bare = {"schema": "kizuki/organisation/1", "organisation": plain(before.organisation), "complete": ["routes"]}
    entered(planned(dump(bare), "bare.yaml", removes=True))
    assert plain(home().read) == bare
    for _round in range(3):  # units and contacts name each other: what was left out comes once the other is there
        for content, name in files.values():
            made = planned(content, name)
            if made.counts.keys() & {"new", "changed"}:
                entered(made)
    expected = {name: part for name, part in plain(before).items() if name != "coverage"}
    assert unordered(plain(home().read)) == unordered(expected)


def unordered(document: dict[str, Any]) -> dict[str, Any]:
    """A register whatever the order in which its records came."""
    return {name: sorted(part, key=str) if isinstance(part, list) else part for name, part in document.items()}


def test_a_change_in_an_exported_table_changes_that_alone(full: Organisation) -> None:
    content, name = exported("asset", "csv")
    made = planned(content.decode().replace("Web server", "Web shop server"), name)
    assert made.counts == {"same": 2, "changed": 1}
    assert line(made, "www").changes == [
        ["name", {"ja": "ウェブ", "en": "Web server"}, {"ja": "ウェブ", "en": "Web shop server"}]
    ]


def test_a_scan_by_nmap_goes_the_whole_way(small: Organisation, cast: Cast, wire: Wire, listener: None) -> None:
    wanted("nmap")
    scan = run(*wire.on(wire.here, "nmap", "-n", "-oX", "-", "-p", "8001", THERE))
    made = planned(scan, "scan.xml", by=cast.manager, settings={"defaults": {"kind": "server", "unit": "it"}})
    assert (made.format, made.counts, made.told["sightings"]) == ("nmap", {"new": 1}, 1)
    done = entered(made, by=cast.manager)
    asset = Asset.objects.get(document__name=THERE)
    assert asset.document == {
        "id": THERE,
        "name": THERE,
        "kind": "server",
        "unit": "it",
        "ips": [THERE],
        "macs": [MAC_THERE],
    }
    assert done.told["taken"] == {"new": 1, "same": 0, "outside": 0}
    drain()
    assert Observation.objects.count() == 1
    again = planned(scan, "scan.xml", by=cast.manager, settings={"defaults": {"kind": "server", "unit": "it"}})
    assert again.counts == {"same": 1}
    assert entered(again, by=cast.manager).told["taken"] == {"new": 0, "same": 1, "outside": 0}


def test_the_neighbours_of_a_machine_go_the_whole_way(
    small: Organisation, cast: Cast, wire: Wire, listener: None
) -> None:
    call = f"import socket; socket.create_connection(({THERE!r}, 8001), 5)"
    run(*wire.on(wire.here, sys.executable, "-c", call))
    table = run(*wire.on(wire.here, "ip", "-j", "neigh"))
    at = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    made = planned(table, "neigh.json", by=cast.manager, seen_at=at.isoformat(), zone="lan", source="switch 1")
    assert (made.format, made.counts, made.told["sightings"]) == ("neighbours", {}, 1)
    assert entered(made, by=cast.manager).told["taken"]["new"] == 1
    seen = Observation.objects.get()
    assert (seen.source.name, seen.zone, seen.at, seen.trace.mac) == ("switch 1", "lan", at, MAC_THERE)


@pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir() if path.name != "README.md"))
def test_every_known_format_goes_the_whole_way_and_back(
    name: str, small: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(observing, "_kept", lambda one: True)
    before = small.read
    said: dict[str, Any] = {"defaults": {"kind": "pc"}}
    at = timezone.now().isoformat()
    made = planned((SAMPLES / name).read_bytes(), name, settings=said, seen_at=at)
    assert made.state == State.PLANNED
    assert made.format
    assert made.counts or made.told["sightings"]
    done = entered(made)
    assert done.told["outcomes"]["refused"] == 0
    assert not planned((SAMPLES / name).read_bytes(), name, settings=said, seen_at=at).counts.keys() & {
        "new",
        "changed",
    }
    if done.told["outcomes"]["done"]:
        from kizuki.imports.actions import undo_import

        undo_import(imported=done, by="a test")
        assert home().read == before


# ── what is broken ──


def reasons(imported: Any) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for one in PlanLine.objects.filter(of=imported).exclude(reason=""):
        found.setdefault(one.place, set()).add(one.reason)
    return found


def test_formulas_are_told_and_never_calculated(small: Organisation) -> None:
    made = planned("Asset tag,Name,Type,OS\nA-1,Box,PC,=CMD()\nA-2,'=fine,PC,#REF!\n")
    assert reasons(made) == {2: {read_says.FORMULA}, 3: {read_says.CELL_ERROR}}
    assert line(made, "A-2").name == "=fine"
    assert made.counts == {"new": 2, "note": 2}


def test_several_encodings_in_one_file(small: Organisation) -> None:
    table = "管理番号,資産名,種別\nA-1,受付,PC\n".encode() + "A-2,会議室,PC\n".encode("cp932") + b"A-3,\x81\x20,PC\n"
    made = planned(table)
    assert {one.name for one in PlanLine.objects.filter(of=made, state="new")} == {"受付", "会議室"}
    assert reasons(made) == {4: {read_says.UNREADABLE}}
    assert planned("管理番号,資産名,種別\nB-1,受付,PC\n".encode("utf-16")).counts == {"new": 1}


def test_merged_cells_are_told_and_taken(small: Organisation) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in (("Asset tag", "Name", "Type", "OS"), ("A-1", "Box", "PC", "X"), ("A-2", "Case", "PC", None)):
        sheet.append(row)
    sheet.merge_cells("D2:D3")
    out = io.BytesIO()
    book.save(out)
    made = planned(out.getvalue(), "assets.xlsx")
    assert (line(made, "A-2").document or {})["os"] == "X"
    assert reasons(made) == {3: {read_says.MERGED_ROWS}}


def test_a_bomb_of_entities_is_refused_as_a_whole(small: Organisation) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><nmaprun scanner="nmap">&b;</nmaprun>'
    made = planned(bomb, "scan.xml")
    assert (made.state, made.fault[0][1]) == (State.GIVEN, read_says.ENTITIES)
    assert not PlanLine.objects.exists()


def test_contradictory_ids_and_circles_are_told_row_by_row(small: Organisation) -> None:
    entered(planned("Asset tag,Name,Type,Serial\nA-1,a,PC,S1\nA-2,b,PC,S2\n"))
    made = planned("Asset tag,Name,Type,Serial\nA-1,a,PC,S2\nA-3,c,PC,S3\nA-3,d,PC,S4\n")
    assert reasons(made) == {2: {says.CONTRARY}, 4: {read_says.REPEATED_ID}}
    assert line(made, "A-3").state == "new"
    units = planned(
        "部署コード,部署名,上位部署\n1,甲,乙\n2,乙,甲\n3,丙,甲\n", "units.csv", kind="unit", settings={"main": "unit"}
    )
    assert {key: state for (_kind, key), state in states(units).items()} == {
        "1": "conflict",
        "2": "conflict",
        "3": "new",
    }
    assert reasons(units)[2] == {read_says.CYCLE, says.CYCLE}
    assert all(sentence(one) for one in PlanLine.objects.filter(of=units).exclude(reason=""))


def test_more_rows_than_are_taken_are_told(small: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kizuki.imports.reading.MAX_FAULTS", 5)
    rows = "".join(f"A-{n},,,10.0.0.999\n" for n in range(20))
    made = planned(f"Asset tag,Name,Type,IP address\n{rows}")
    assert sum(made.counts.get(state, 0) for state in ("note", "bad")) >= 5
    assert made.told["left_out"] == 15


def test_json_of_the_register_that_is_broken_says_where(small: Organisation) -> None:
    made = planned('{"assets":[{"id": "a"', "assets.json", format="register")
    assert made.state == State.GIVEN
    records = [{"id": "a", "name": "A", "kind": "boat"}, {"id": "b", "name": "B", "kind": "pc"}]
    bad = planned(json.dumps({"assets": records}, separators=(",", ":")), "assets.json")
    assert bad.counts == {"bad": 1, "new": 1}
