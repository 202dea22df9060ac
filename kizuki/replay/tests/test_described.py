"""A description of what hit somebody else as a case, and the assets that a case concerns."""

from __future__ import annotations

from random import Random
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.casebook.engine.format import Bears, Case
from kizuki.casebook.library import cases
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.library import vocabulary
from kizuki.replay.engine import described
from kizuki.replay.engine.affected import STANDINGS, affected, calls, listed
from kizuki.replay.engine.described import Described
from kizuki.replay.engine.heat import numbers
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.tests.strategies import random_case, random_register


def organisation(**more: Any) -> Organisation:
    raw = {
        "schema": "kizuki/organisation/1", "organisation": {"name": "x"},
        "complete": ["routes", "links", "realms", "internet_facing", "supplier_facing"],
        "zones": [{"id": "dmz", "name": "DMZ", "kind": "dmz"}, {"id": "lan", "name": "LAN", "kind": "office"}],
        "routes": [{"from": "dmz", "to": "lan"}],
        "assets": [
            {"id": "vpn", "name": "ゲートウェイ", "kind": "network-device", "zone": "dmz", "internet_facing": True,
             "make": "Ｅｘａｍｐｌｅ", "model": "VPN 9"},
            {"id": "www", "name": "Web", "kind": "web-server", "zone": "dmz", "internet_facing": True,
             "components": ["pkg:generic/exampled@9.1"]},
            {"id": "pc", "name": "PC", "kind": "pc", "zone": "lan", "count": 5},
        ],
    }  # fmt: skip
    return msgspec.convert(raw | more, Organisation)


def marked(org: Organisation, product: str) -> Compiled:
    matching = described.matching(described.texts(org), product)
    return described.compile_marked(org, catalogue(), vocabulary(), matching)


@pytest.mark.parametrize(
    ("product", "found"),
    [
        ("example vpn", ["vpn"]), ("ゲートウェイ", ["vpn"]), ("exampled", ["www"]), ("example", ["vpn", "www"]),
        ("vpn 8", []), ("nothing, exampled", ["www"]), ("VPN、Web", ["vpn", "www"]), (" ,, ", []),
    ],
)  # fmt: skip
def test_a_product_is_found_in_what_is_known_of_assets(product: str, found: list[str]) -> None:
    org = organisation()
    assert [org.assets[n].id for n in described.matching(described.texts(org), product)] == found
    wanted = described.alternatives(product)
    assert [asset.id for asset in org.assets if described.matched(asset, wanted)] == found


def test_only_what_matches_is_hit_first_and_the_rest_afterwards() -> None:
    what = Described("internet", product="example vpn", onward="network", reached=("pc",), lost=("encrypt",))
    nothing = [{"measure": m.id, "scope": {"all": True}, "state": "none"} for m in catalogue().measures]
    found = affected(described.sketch(what, cases()).case, marked(organisation(coverage=nothing), what.product))
    stands = {found.register.assets[n].id: word for n, word in listed(found)}
    assert stands == {"vpn": "open", "pc": "hit"}
    assert (found.replay.word, found.replay.step) == ("through", "S3")
    assert found.register.count(found.lost) == 6


def test_where_nothing_matches_nobody_is_concerned() -> None:
    what = Described("internet", product="another thing", lost=("leak",))
    found = affected(described.sketch(what, cases()).case, marked(organisation(), what.product))
    assert listed(found) == []
    assert found.replay.word == "not applicable"


def test_a_way_in_that_is_not_known_is_never_stopped() -> None:
    """However much is in force: what is not told cannot be ruled out."""
    everything = [{"measure": m.id, "scope": {"all": True}, "state": "full"} for m in catalogue().measures]
    org = organisation(coverage=everything)
    what = Described("not stated", kinds=("pc",), lost=("leak",))
    found = affected(described.sketch(what, cases()).case, marked(org, ""))
    assert found.register.count(found.standing["stopped"]) == 0
    assert found.register.count(found.standing["hindered"]) == 5


def test_two_measures_of_judgement_stop_and_one_does_not() -> None:
    what = Described("mail", kinds=("pc",), lost=("encrypt",))
    case = described.sketch(what, cases()).case
    first = case.attack[0]
    stops = [b.measure for b in first.prevent if catalogue().by_id()[b.measure].power.stops == "yes"]
    for n, word in ((1, "through"), (2, "stopped")):
        two = (*stops, "P01", "P02")[:n]
        step = msgspec.structs.replace(
            first, prevent=tuple(Bears(measure, False) for measure in dict.fromkeys((*stops, "P01", "P02")))
        )
        rows = [{"measure": measure, "scope": {"all": True}, "state": "full"} for measure in two]
        others = [
            {"measure": m.id, "scope": {"all": True}, "state": "none"} for m in catalogue().measures if m.id not in two
        ]
        changed = msgspec.structs.replace(case, attack=(step, *case.attack[1:]))
        assert affected(changed, marked(organisation(coverage=rows + others), "")).replay.word == word


def test_measures_come_from_steps_that_are_alike() -> None:
    made = described.sketch(Described("credentials", lost=("leak",)), cases())
    assert made.named
    steps = {step.id: step for case in cases() for step in case.attack}
    for one in made.named:
        bears = {step: {b.measure for b in getattr(steps[step], one.part)} for step in one.by}
        assert all(one.measure in named for named in bears.values())
        if one.step == "S1":
            assert all(described.shares(steps[step], [described.VALID_ACCOUNTS]) for step in one.by)
        else:
            assert all(steps[step].effect == "leak" for step in one.by)
    assert all(not b.stated for step in made.case.attack for b in (*step.prevent, *step.detect, *step.contain))


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 10**9))
def test_every_asset_stands_once_and_as_its_sets_say(seed: int) -> None:
    random = Random(seed)
    register = compile_register(random_register(random), catalogue(), vocabulary())
    case: Case = random_case(random, kind=random.choice(("casebook", "public-report")))
    found = affected(case, register)
    sets = [found.standing[word] for word in STANDINGS]
    for n, one in enumerate(sets):
        assert all(not one & other for other in sets[n + 1 :])
    assert found.standing["hit"] & ~found.lost == 0
    assert found.lost & ~found.concerned == 0
    rows = [number for number, _word in listed(found)]
    assert len(rows) == len(set(rows))
    assert set(rows) == set(numbers(found.register, found.concerned))
    if found.replay.none is not None and not found.replay.alone:
        assert found.register.count(found.lost) == found.replay.none.loss.assets


PEOPLE: dict[str, Any] = {
    "units": [
        {"id": "top", "name": "Top", "owner": "boss", "deputies": ["second"]}, {"id": "mid", "name": "Mid", "parent": "top"},
        {"id": "low", "name": "Low", "parent": "mid", "deputies": ["lower"]}, {"id": "alone", "name": "Alone"},
    ],
    "contacts": [{"id": id, "name": id} for id in ("boss", "second", "lower", "mine")],
    "assets": [
        {"id": "a", "name": "a", "kind": "pc", "unit": "low"}, {"id": "b", "name": "b", "kind": "pc", "unit": "mid"},
        {"id": "c", "name": "c", "kind": "pc", "unit": "mid", "owner": "mine"}, {"id": "d", "name": "d", "kind": "pc", "unit": "alone"},
        {"id": "e", "name": "e", "kind": "pc"},
    ],
}  # fmt: skip


def test_each_asset_is_called_about_once_and_with_whoever_answers_for_it() -> None:
    org = organisation(**PEOPLE)
    found = affected(described.sketch(Described("mail", kinds=("pc",), lost=("leak",)), cases()).case, marked(org, ""))
    made = calls(org, listed(found), found.register)
    assert {(c.contact.id if c.contact else "", c.unit): set(c.assets) for c in made} == {
        ("lower", ""): {"a"}, ("boss", ""): {"b"}, ("mine", ""): {"c"}, ("", "alone"): {"d"}, ("", ""): {"e"},
    }  # fmt: skip
    boss = next(c for c in made if c.contact and c.contact.id == "boss")
    assert [deputy.id for deputy in boss.deputies] == ["second"]
    assert sum(c.count for c in made) == len(listed(found))


def test_like_cases_share_what_they_are_said_to() -> None:
    what = Described("mail", techniques=("T1566",), lost=("encrypt",))
    made = described.sketch(what, cases()).case
    found = described.like(made, cases())
    assert found
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    for one in found:
        assert one.case.id != made.id
        for technique in one.techniques:
            assert any(described.shares(step, [technique]) for step in one.case.attack)
