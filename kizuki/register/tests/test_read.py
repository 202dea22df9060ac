"""Reading an organisation file: what hangs together and what does not, each fault with its line, also in very large files."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from kizuki.kit.document import BadFile
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary

HEAD = "schema: kizuki/organisation/1\norganisation: {name: X}\nzones:\n  - {id: lan, name: L, kind: office}\n"
ASSETS = "assets:\n  - {id: a, name: A, kind: pc, zone: lan}\n  - {id: b, name: B, kind: pc}\n"


def load(text: str) -> Organisation:
    return read("org.yaml", text.encode(), vocabulary=vocabulary(), measures=catalogue())


def faults(text: str) -> list[str]:
    with pytest.raises(BadFile) as caught:
        load(text)
    return [str(fault) for fault in caught.value.faults]


@pytest.mark.parametrize(
    ("tail", "told"),
    [
        ("coverage:\n  - {measure: P06, scope: {}, state: full}\n",
         ["9: the scope is empty; write all: true, or unit, zone, kind or asset"]),
        ("coverage:\n  - {measure: P06, scope: {all: true, zone: lan}, state: full}\n",
         ["9: “all” stands alone; leave it out, or leave out zone"]),
        ("backups:\n  - {of: c}\n", ["9: “c” is not an asset of this file; known are a, b"]),
        ("coverage:\n  - {measure: P06, scope: {zone: lab}, state: full, verified: 2026-13-01}\n",
         ["9: “2026-13-01” is a day that does not exist; correct the month or the day",
          "9: “lab” is not a zone of this file; did you mean “lan”?"]),
    ],
)  # fmt: skip
def test_each_fault_says_where_and_what_would_be_right(tail: str, told: list[str]) -> None:
    assert faults(HEAD + ASSETS + tail) == [f"org.yaml:{line}" for line in told]


def test_cycles_of_units_are_told_at_each_unit_that_lies_in_one() -> None:
    units = (
        "units:\n  - {id: u, name: U, parent: w}\n  - {id: v, name: V, parent: u}\n  - {id: w, name: W, parent: v}\n"
    )
    outside = "  - {id: x, name: X, parent: u}\n"
    found = faults(HEAD + units + outside)
    assert [fault.split(": ")[0] for fault in found] == ["org.yaml:6", "org.yaml:7", "org.yaml:8"]


def test_at_most_two_hundred_faults_are_told() -> None:
    rows = "".join(f"  - {{measure: X{n}, scope: {{all: true}}, state: full}}\n" for n in range(500))
    assert len(faults(HEAD + "coverage:\n" + rows)) == 200


def test_a_hundred_thousand_assets_are_checked_in_seconds() -> None:
    assets: list[dict[str, Any]] = [
        {"id": f"a{n}", "name": "A", "kind": "pc", "zone": "lan", "traits": ["reads-mail"]} for n in range(100_000)
    ]
    raw = {
        "schema": "kizuki/organisation/1",
        "organisation": {"name": "X"},
        "zones": [{"id": "lan", "name": "L", "kind": "office"}],
        "assets": assets,
    }
    start = time.process_time()
    assert len(load(json.dumps(raw)).assets) == 100_000
    assert time.process_time() - start < 10
