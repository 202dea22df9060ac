"""What is reached next from what an attacker holds, and which assets a pasted word means."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest

from benchmarks.replay import organisation as generated
from kizuki.incidents.engine.naming import Index, sorted_out, words
from kizuki.incidents.engine.onward import Onward, Way, onward
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.library import vocabulary
from kizuki.replay.engine.register import Compiled, compile_register

ALL_COMPLETE = ["routes", "links", "realms", "internet_facing"]


def register(assets: list[dict[str, Any]], *, complete: list[str] = ALL_COMPLETE, **more: Any) -> Compiled:
    raw = {
        "schema": "kizuki/organisation/1", "organisation": {"name": "Test"}, "complete": complete,
        "zones": [{"id": zone, "name": zone, "kind": "office"} for zone in ("a", "b", "c")]
        + [{"id": "guest", "name": "guest", "kind": "guest", "isolates_clients": True}],
        "realms": [{"id": "ad", "name": "AD"}], "assets": [{"kind": "server", "name": one["id"], **one} for one in assets], **more,
    }  # fmt: skip
    return compile_register(msgspec.convert(raw, Organisation), catalogue(), vocabulary())


def weight(value: int) -> dict[str, int]:
    return {"availability": value}


def keys(found: Onward) -> list[str]:
    return [row.asset for row in found.rows]


def test_by_network_link_and_account() -> None:
    made = register(
        [
            {"id": "pc", "zone": "a", "realm": "ad"}, {"id": "beside", "zone": "a"}, {"id": "routed", "zone": "b"},
            {"id": "linked", "zone": "c"}, {"id": "mail", "zone": "c", "realm": "ad", "internet_facing": True},
            {"id": "far", "zone": "c"},
        ],
        routes=[{"from": "a", "to": "b"}], links=[{"from": "pc", "to": "linked", "kind": "admin"}],
    )  # fmt: skip
    found = onward(made, ["pc"])
    ways = {row.asset: row.ways for row in found.rows}
    assert ways == {
        "linked": (Way("link", "pc", word="admin"),), "mail": (Way("account", "ad"),), "beside": (Way("network", "a", "a"),),
        "routed": (Way("network", "a", "b"),),
    }  # fmt: skip
    assert (found.known, found.assumed, found.sources, found.unknown) == (4, 0, ("pc",), ())
    assert found.by == {"link": 1, "account": 1, "network": 2}


def test_the_whole_reach_goes_on_step_by_step() -> None:
    made = register(
        [{"id": "pc", "zone": "a"}, {"id": "hop", "zone": "b"}, {"id": "crown", "zone": "c", "importance": weight(3)}],
        routes=[{"from": "a", "to": "b"}, {"from": "b", "to": "c"}],
    )
    assert keys(onward(made, ["pc"])) == ["hop"]
    whole = onward(made, ["pc"], whole=True)
    assert [(row.asset, row.step) for row in whole.rows] == [("crown", 2), ("hop", 1)]
    assert whole.known == 2
    assert whole.rows[0].ways == (Way("network", "b", "c"),)


def test_nothing_is_reached_from_an_isolating_zone_but_over_what_leads_out() -> None:
    made = register([{"id": "phone", "zone": "guest"}, {"id": "other", "zone": "guest"}, {"id": "pc", "zone": "a"}])
    assert onward(made, ["phone"]).known == 0
    assert keys(onward(made, ["pc"])) == []


def test_what_the_register_leaves_open_is_assumed() -> None:
    assets = [{"id": "pc", "zone": "a"}, {"id": "far", "zone": "b"}, {"id": "nowhere"}]
    known = onward(register(assets), ["pc"])
    # What stands in no recorded zone may be anywhere.
    assert [(row.asset, row.assumed, row.ways) for row in known.rows] == [("nowhere", True, ())]
    open_ = onward(register(assets, complete=["links", "realms", "internet_facing"]), ["pc"])
    assert (open_.known, open_.assumed) == (0, 2)


def test_alike_assets_are_counted_and_the_one_that_is_held_is_not() -> None:
    made = register([{"id": f"pc-{n}", "zone": "a"} for n in range(50)])
    found = onward(made, ["pc-7"], most=100)
    assert found.known == 49 == len(found.rows)
    assert "pc-7" not in keys(found)
    several = onward(made, ["pc-7", "pc-8", "pc-7", "gone"], most=10)
    assert (several.known, len(several.rows), several.unknown) == (48, 10, ("gone",))


def test_the_most_important_come_first() -> None:
    made = register(
        [
            {"id": "pc", "zone": "a"}, {"id": "x", "zone": "a", "importance": weight(1)}, {"id": "y", "zone": "a"},
            {"id": "z", "zone": "a", "importance": weight(3)}, {"id": "w", "zone": "a", "importance": weight(0)},
        ]
    )  # fmt: skip
    assert [(row.asset, row.importance) for row in onward(made, ["pc"]).rows] == [
        ("z", 3),
        ("x", 1),
        ("y", None),
        ("w", 0),
    ]


def test_from_nothing_nothing_is_reached() -> None:
    made = register([{"id": "pc", "zone": "a"}])
    for held in ([], ["gone"]):
        found = onward(made, held, whole=True)
        assert (found.rows, found.known, found.assumed) == ((), 0, 0)


@pytest.mark.parametrize("whole", [False, True])
def test_twenty_thousand_assets_within_half_a_second(whole: bool) -> None:
    made = compile_register(generated(20_000), catalogue(), vocabulary())
    held = [asset.id for asset in made.assets[::400]]
    onward(made, held, whole=whole)
    start = time.perf_counter()
    found = onward(made, held, whole=whole)
    taken = time.perf_counter() - start
    assert found.known > 1000
    assert len(found.rows) == 50
    assert taken < 0.5


def test_what_a_word_means() -> None:
    document = msgspec.convert(
        {
            "schema": "kizuki/organisation/1", "organisation": {"name": "Test"},
            "assets": [
                {"id": "fs-01", "name": {"ja": "ファイルサーバ", "en": "File server"}, "kind": "file-server",
                 "hosts": ["FS01.corp.example"], "ips": ["10.0.0.5"], "macs": ["AA-BB-CC-DD-EE-0F"], "serials": ["SN 9"]},
                {"id": "pc-1", "name": "PC", "kind": "pc"}, {"id": "pc-2", "name": "PC", "kind": "pc"},
                {"id": "10.0.0.5", "name": "Odd", "kind": "pc"},
            ],
        },
        Organisation,
    )  # fmt: skip
    index = Index(document)
    for word in (
        "fs-01",
        "FS-01",
        "ファイルサーバ",
        "file  server",
        "fs01",
        "fs01.corp.example.",
        "aabb.ccdd.ee0f",
        "sn 9",
    ):
        assert index.meant(word).keys == ("fs-01",), word
    # An id is meant before an address.
    assert index.meant("10.0.0.5").keys == ("10.0.0.5",)
    assert index.meant("PC").keys == ("pc-1", "pc-2")
    assert index.meant("fs01.other.example").keys == ("fs-01",)
    clear, unclear, missing = sorted_out([index.meant(word) for word in ("fs-01", "fs01", "PC", "ghost")])
    assert (clear, [one.word for one in unclear], missing) == (["fs-01"], ["PC"], ["ghost"])


def test_words_of_a_pasted_text() -> None:
    assert words('a, b\n\n"c"\td、e;f\r\na') == (["a", "b", "c", "d", "e", "f"], 0)
    many, left_out = words("\n".join(f"h{n}" for n in range(700)))
    assert (len(many), left_out) == (500, 200)
    assert words(" \n,,") == ([], 0)
