"""What is claimed against what the register knows: each check alone, and which claim a fact speaks against."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.kit.library import library_path
from kizuki.measures import words
from kizuki.measures.engine.contradictions import CHECKS, Contradiction, contradictions
from kizuki.measures.engine.holding import Holding, Place, place_of
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.engine.read import read
from kizuki.register.engine.standing import standing
from kizuki.register.library import vocabulary

DAY = "2026-11-28"
BASE: dict[str, Any] = {
    "schema": "kizuki/organisation/1",
    "organisation": {"name": "O"},
    "units": [{"id": "hq", "name": "HQ"}, {"id": "shop", "name": "Shop", "parent": "hq", "owner": "ann"}],
    "contacts": [{"id": "ann", "name": "Ann", "channels": [{"kind": "phone", "address": "1"}]}],
    "zones": [
        {"id": "lan", "name": "LAN", "kind": "office"}, {"id": "line", "name": "Line", "kind": "plant"},
    ],
    "realms": [{"id": "ad", "name": "AD"}],
    "assets": [
        {"id": "pc", "name": "PCs", "kind": "pc", "unit": "shop", "zone": "lan", "realm": "ad"},
        {"id": "nas", "name": "NAS", "kind": "file-server", "unit": "hq", "zone": "lan", "realm": "ad"},
        {"id": "robot", "name": "Robot", "kind": "plant-system", "unit": "hq", "zone": "line"},
    ],
}  # fmt: skip


def organisation(coverage: list[dict[str, Any]], **changes: Any) -> Organisation:
    return msgspec.convert({**BASE, **changes, "coverage": coverage}, Organisation)


def claimed(measure: str, **scope: Any) -> dict[str, Any]:
    return {"measure": measure, "scope": scope or {"all": True}, "state": "full"}


def found(org: Organisation, **more: Any) -> list[tuple[str, str, str, str, tuple[str, ...]]]:
    made: tuple[Contradiction, ...] = contradictions(standing(org, DAY), DAY, **more)
    return [(c.claim.key, c.kind or "", c.key, c.why, c.assets) for c in made]


def realm(**facts: Any) -> dict[str, Any]:
    return {"realms": [{"id": "ad", "name": "AD", **facts}]}


def asset(id: str, **changes: Any) -> dict[str, Any]:
    return {"assets": [{**a, **changes} if a["id"] == id else a for a in BASE["assets"]]}


def backup(**facts: Any) -> dict[str, Any]:
    return {"backups": [{"of": "nas", **facts}]}


BOTH = ("pc", "nas")


@pytest.mark.parametrize(
    ("measure", "register", "kind", "key", "why", "assets"),
    [
        ("P06", realm(mfa="none"), "realm", "ad", "mfa-none", BOTH),
        ("P06", realm(mfa="partial"), "realm", "ad", "mfa-partial", BOTH),
        ("P06", realm(accounts=9, accounts_with_mfa=8), "realm", "ad", "mfa-count", BOTH),
        ("P06", realm(privileged_accounts=3, privileged_with_mfa=0), "realm", "ad", "mfa-privileged", BOTH),
        ("P07", realm(default_credentials=True), "realm", "ad", "default-credentials", BOTH),
        ("P07", realm(reused_passwords=True), "realm", "ad", "reused-passwords", BOTH),
        ("P08", realm(shared_accounts=4), "realm", "ad", "shared-accounts", BOTH),
        ("C02", backup(apart=False), "backup", "nas", "backup-within-reach", ("nas",)),
        ("C02", backup(apart=True, generations=1), "backup", "nas", "backup-one-generation", ("nas",)),
        ("C03", backup(), "backup", "nas", "restore-never", ("nas",)),
        ("C03", backup(last_restore_test="2025-11-26"), "backup", "nas", "restore-old", ("nas",)),
        ("P01", asset("robot", traits=["unpatchable"]), "asset", "robot", "unpatchable", ("robot",)),
        ("P02", asset("robot", traits=["unpatchable"], zone="lan"), "asset", "robot", "among-others", ("robot",)),
        ("I06", asset("pc", admitted_until="2026-11-27"), "asset", "pc", "admission-over", ("pc",)),
        ("I02", {"information": [{"id": "i", "name": "I"}]}, "information", "i", "not-rated", ()),
        (
            "I02",
            {
                "information": [{"id": "i", "name": "I", "importance": {}, "keep_in": ["line"]}],
                **asset("nas", information=["i"]),
            },
            "information", "i", "kept-elsewhere", ("nas",),
        ),
        (
            "G10",
            {
                "suppliers": [{"id": "s", "name": "S", "kind": "contractor"}],
                "services": [{"id": "w", "name": "W", "suppliers": ["s"]}],
            },
            "service", "w", "no-boundary", (),
        ),
        (
            "G10",
            {"suppliers": [{"id": "s", "name": "S", "kind": "supplier", "contract_until": "2026-01-31"}]},
            "supplier", "s", "contract-over", (),
        ),
        ("R04", {"contacts": [{"id": "ann", "name": "Ann"}]}, "contact", "ann", "no-channel", ()),
        (
            "R04",
            {"contacts": [{"id": "ann", "name": "Ann", "channels": [{"kind": "chat", "address": "@a"}]}]},
            "contact", "ann", "network-only", (),
        ),
    ],
)  # fmt: skip
def test_each_check_speaks_when_the_register_knows_better_and_is_silent_else(
    measure: str, register: dict[str, Any], kind: str, key: str, why: str, assets: tuple[str, ...]
) -> None:
    assert found(organisation([claimed(measure)], **register)) == [(f"{measure} all", kind, key, why, assets)]
    assert found(organisation([claimed(measure)])) == []
    assert found(organisation([{**claimed(measure), "state": "partial"}], **register)) == []


def test_unknown_devices_speak_against_a_whole_register_only() -> None:
    assert found(organisation([claimed("I01")]), unknown_devices=3) == [("I01 all", "", "", "unknown-devices", ())]
    assert found(organisation([claimed("I01", kind="pc")]), unknown_devices=3) == []
    assert found(organisation([claimed("I01")]), unknown_devices=0) == []


@pytest.mark.parametrize(
    "good",
    [
        realm(mfa="full"), realm(accounts=9, accounts_with_mfa=9), realm(privileged_accounts=2, privileged_with_mfa=2),
        realm(accounts_with_mfa=1),
    ],
)  # fmt: skip
def test_what_the_register_does_not_know_contradicts_nothing(good: dict[str, Any]) -> None:
    assert found(organisation([claimed("P06")], **good)) == []


def test_a_row_that_already_admits_it_takes_the_asset_out_of_the_claim() -> None:
    less = {"measure": "P06", "scope": {"asset": "nas"}, "state": "none"}
    org = organisation([claimed("P06"), less], **realm(mfa="none"))
    assert found(org) == [("P06 all", "realm", "ad", "mfa-none", ("pc",))]
    area = {"measure": "P06", "scope": {"zone": "lan"}, "state": "partial"}
    assert found(organisation([claimed("P06"), area], **realm(mfa="none"))) == []


def test_the_narrow_claim_is_the_one_that_is_contradicted() -> None:
    rows = [claimed("P06"), claimed("P06", unit="shop"), claimed("P06", asset="nas", unit="hq")]
    assert found(organisation(rows, **realm(mfa="none"))) == [
        ("P06 unit=hq asset=nas", "realm", "ad", "mfa-none", ("nas",)),
        ("P06 unit=shop", "realm", "ad", "mfa-none", ("pc",)),
    ]


def test_a_claim_that_is_over_claims_nothing() -> None:
    org = organisation([{**claimed("P06"), "valid_until": "2026-11-27"}], **realm(mfa="none"))
    assert found(org) == []


def test_what_is_retired_or_planned_is_left_out() -> None:
    assert found(organisation([claimed("P01")], **asset("robot", traits=["unpatchable"], lifecycle="retired"))) == []


def test_a_restore_test_counts_for_a_year() -> None:
    for day, wrong in (("2025-11-28", False), ("2026-11-01", False), ("2025-11-20", True)):
        assert bool(found(organisation([claimed("C03")], **backup(last_restore_test=day)))) is wrong


def test_every_check_has_a_measure_of_the_catalogue_and_every_reason_its_sentence() -> None:
    assert {measure for measure, _check in CHECKS} <= set(catalogue().by_id())
    path = library_path() / "demo" / "company.yaml"
    demo = read(path.name, path.read_bytes(), vocabulary=vocabulary(), measures=catalogue())
    made = contradictions(standing(demo, DAY), DAY, unknown_devices=2)
    for one in made:
        assert "%" not in str(words.WHYS[one.why]) % {name: str(value) for name, value in one.values}
    assert list(made) == sorted(made, key=lambda c: [m for m, _ in CHECKS].index(c.measure))


SCOPES = st.sampled_from(
    [
        {"all": True}, {"unit": "hq"}, {"unit": "shop"}, {"zone": "lan"}, {"kind": "server"}, {"kind": "pc"}, {"asset": "pc"},
        {"zone": "lan", "kind": "file-server"}, {"asset": "nas", "unit": "shop"},
    ]
)  # fmt: skip
STATES = st.sampled_from(["none", "partial", "full", "not applicable"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(SCOPES, STATES), max_size=6, unique_by=lambda pair: str(pair[0])), st.randoms())
def test_a_contradicted_asset_is_one_where_the_claim_holds(rows: list[Any], chance: Any) -> None:
    coverage = [{"measure": "P06", "scope": scope, "state": state} for scope, state in rows]
    org = organisation(coverage, **realm(mfa="none"))
    holding = Holding(org)
    full = {
        a.id for a in org.assets if a.realm and (row := holding.at("P06", place_of(a))) and row.says.state == "full"
    }
    made = found(org)
    assert sorted(asset for line in made for asset in line[4]) == sorted(full)
    chance.shuffle(coverage)
    assert found(organisation(coverage, **realm(mfa="none"))) == made


def test_a_unit_takes_what_holds_above_it() -> None:
    holding = Holding(organisation([claimed("P06", unit="hq"), {**claimed("P06"), "state": "none"}]))
    row = holding.at("P06", Place(unit="shop"))
    assert row is not None
    assert row.key == "P06 unit=hq"
    assert holding.at("P07", Place(unit="shop")) is None
