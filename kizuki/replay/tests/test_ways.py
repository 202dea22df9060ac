"""Where an attack gets, by registers made by hand: reach, targets, entries, the boundary of the organisation."""

from __future__ import annotations

from typing import Any

import pytest

from kizuki.replay.engine.replay import replay
from kizuki.replay.tests.by_hand import (
    BREAK_IN,
    WEB,
    asset,
    at,
    case,
    cover,
    group,
    register,
    said,
    step,
    taken,
)


class TestReach:
    """Rule 1."""

    TWO = (step("S1", "internet"), step("S2", "network", "leak"))

    def inside(self, **more: Any) -> tuple[dict[str, Any], ...]:
        return WEB, asset("db", "database-server", zone="inner", internet_facing=False, **more)

    def test_internet_needs_an_asset_that_faces_it(self) -> None:
        result = replay(case(BREAK_IN), register(asset("a", internet_facing=False)))
        assert said(result) == ("out of reach", "S1")
        assert at(result, "S1").missing.via == "internet"  # type: ignore[union-attr]

    def test_unrecorded_facing_is_assumed_and_said(self) -> None:
        result = replay(case(step("S1", "internet", "leak")), register(asset("a"), complete=[]))
        assert said(result) == ("through", "S1")
        assert [(a.what, a.ids) for a in result.assumed] == [("internet_facing", ("a",))]
        assert replay(case(step("S1", "internet", "leak")), register(asset("a"))).word == "out of reach"

    def test_a_cloud_service_faces_the_internet_unless_it_says_no(self) -> None:
        story = case(step("S1", "internet", "leak", ("cloud-service",)))
        assert replay(story, register(asset("c", "saas"))).word == "through"
        assert replay(story, register(asset("c", "saas", internet_facing=False))).word == "out of reach"

    def test_mail_reaches_where_mail_is_read(self) -> None:
        org = register(asset("pc", "pc"), asset("srv"), asset("ms", "mail-server"), asset("m", "mobile"))
        result = replay(case(step("S1", "mail", "leak", ("pc", "server", "mobile"))), org)
        assert {id for g in at(result, "S1").groups if g.reached for id in g.ids} == {"pc", "ms", "m"}

    def test_supplier_needs_an_asset_that_faces_suppliers(self) -> None:
        story = case(step("S1", "supplier", "leak", ("pc",)))
        assert replay(story, register(asset("a", "pc", supplier_facing=True))).word == "through"
        assert replay(story, register(asset("a", "pc"))).word == "out of reach"

    def test_network_needs_a_route(self) -> None:
        closed = replay(case(*self.TWO), register(*self.inside()))
        assert taken(closed) == {"web"}
        assert "db" not in at(closed, "S2").groups[0].ids
        opened = replay(case(*self.TWO), register(*self.inside(), routes=[{"from": "lan", "to": "inner"}]))
        assert taken(opened) == {"db", "web"}
        assert group(at(opened, "S2"), "db").ways[0].by == "route"
        backwards = replay(case(*self.TWO), register(*self.inside(), routes=[{"from": "inner", "to": "lan"}]))
        assert "db" not in taken(backwards)

    def test_routes_that_are_not_complete_leave_all_ways_open(self) -> None:
        result = replay(case(*self.TWO), register(*self.inside(), complete=["links", "internet_facing"]))
        assert taken(result) == {"db", "web"}
        assert [(a.what, a.ids) for a in result.assumed] == [("route", ("db",))]

    def test_a_zone_that_isolates_its_clients(self) -> None:
        org = register(WEB, asset("b"), zones=[{"id": "lan", "name": "l", "kind": "guest", "isolates_clients": True}])
        assert taken(replay(case(*self.TWO), org)) == {"web"}
        assert taken(replay(case(*self.TWO), register(WEB, asset("b")))) == {"web", "b"}

    def test_an_asset_in_two_zones_is_a_bridge(self) -> None:
        bridge = {**WEB, "zones": ["inner"]}
        assert taken(replay(case(*self.TWO), register(bridge, self.inside()[1]))) == {"web", "db"}

    def test_link(self) -> None:
        story = case(step("S1", "internet"), step("S2", "link", "leak"))
        link = {"from": "web", "to": "db", "kind": "backup"}
        assert taken(replay(story, register(*self.inside(), links=[link]))) == {"web", "db"}
        assert replay(story, register(*self.inside())).word == "out of reach"
        assert taken(replay(story, register(*self.inside(), complete=["internet_facing"]))) == {"web", "db"}

    @pytest.mark.parametrize(
        ("other", "routes", "lost"),
        [
            ({"realm": "ad", "zone": "inner"}, [{"from": "lan", "to": "inner"}], {"web", "b"}),
            ({"realm": "ad", "zone": "inner"}, [], {"web"}),
            ({"realm": "ad", "zone": "inner", "internet_facing": True}, [], {"web", "b"}),
            ({"realm": "other", "zone": "lan"}, [], {"web"}),
            ({"realm": "other", "zone": "lan", "realms": ["ad"]}, [], {"web", "b"}),
        ],
    )
    def test_account_needs_the_realm_and_a_way(self, other: dict[str, Any], routes: Any, lost: set[str]) -> None:
        story = case(step("S1", "internet", traits=("admin-login",)), step("S2", "account", "leak"))
        realms = [{"id": "ad", "name": "a"}, {"id": "other", "name": "o"}]
        org = register(
            {**WEB, "realm": "ad", "traits": ["admin-login"]}, asset("b", **other), realms=realms, routes=routes
        )
        assert taken(replay(story, org)) == lost

    def test_local_stays_where_the_attack_is(self) -> None:
        story = case(step("S1", "internet"), step("S2", "local", "leak"))
        assert taken(replay(story, register(WEB, asset("b")))) == {"web"}

    def test_not_stated_closes_nothing(self) -> None:
        story = case(step("S1", "not stated", "leak", prevent=("P06",)))
        result = replay(story, register(asset("a"), coverage=[cover("P06", "full")]))
        assert said(result) == ("through", "S1")
        assert group(at(result, "S1"), "a").verdict == "hindered"
        assert group(at(result, "S1"), "a").capped
        assert [a.what for a in result.assumed] == ["way"]
        assert result.fixed_steps == ("S1",)

    def test_outside_is_assumed_to_succeed_and_says_so(self) -> None:
        story = case(step("S1", "outside", prevent=("P06",)), step("S2", "internet", "leak"))
        result = replay(story, register(WEB, coverage=[cover("P06", "full")]))
        assert (at(result, "S1").status, said(result)) == ("outside", ("through", "S2"))
        assert result.assumed[0].what == "outside"

    def test_spread_is_repeated_until_nothing_new_is_taken(self) -> None:
        assets = [{**WEB, "zone": "z0"}, *(asset(f"a{n}", zone=f"z{n}") for n in range(1, 5))]
        routes = [{"from": f"z{n}", "to": f"z{n + 1}"} for n in range(3)]
        story = case(step("S1", "internet"), step("S2", "network", "spread"), step("S3", "local", "encrypt"))
        assert taken(replay(story, register(*assets, routes=routes))) == {"web", "a1", "a2", "a3"}
        single = case(step("S1", "internet"), step("S2", "network"), step("S3", "local", "encrypt"))
        assert taken(replay(single, register(*assets, routes=routes))) == {"web", "a1"}

    def test_what_was_stopped_is_judged_again_when_the_sources_grow(self) -> None:
        """b is guarded at its boundary; a in its own zone is not, so that the attack stands beside it in the end."""
        assets = (WEB, asset("a", zone="inner"), asset("b", zone="inner"))
        story = case(
            step("S1", "internet"), step("S2", "network", "spread", prevent=("P03",)), step("S3", "local", "leak")
        )
        rows = [cover("P03", "none"), cover("P03", "full", asset="b")]
        org = register(*assets, routes=[{"from": "lan", "to": "inner"}], coverage=rows)
        assert taken(replay(story, org)) == {"web", "a", "b"}


class TestTargets:
    """Rule 2."""

    STORY = case(step("S1", "internet", "leak", traits=("password-login",)))

    def test_traits(self) -> None:
        has = register({**WEB, "traits": ["password-login"]})
        lacks = register({**WEB, "traits": ["no-password-login"]}, complete=["internet_facing"])
        unsaid = register(WEB, complete=["internet_facing"])
        assert replay(self.STORY, has).assumed == ()
        assert said(replay(self.STORY, lacks)) == ("not applicable", "S1")
        assert [(a.what, a.word) for a in replay(self.STORY, unsaid).assumed] == [("trait", "password-login")]
        assert said(replay(self.STORY, register(WEB))) == ("not applicable", "S1")

    def test_what_is_missing_is_said(self) -> None:
        result = replay(case(step("S1", "internet", "leak", ("plant-system",))), register(WEB))
        assert at(result, "S1").missing.kinds == ("plant-system",)  # type: ignore[union-attr]

    def test_a_target_names_the_children_of_a_kind_but_not_its_parent(self) -> None:
        web_server = register(asset("w", "web-server", internet_facing=True))
        assert replay(case(step("S1", "internet", "leak", ("server",))), web_server).word == "through"
        assert replay(case(step("S1", "internet", "leak", ("web-server",))), register(WEB)).word == "not applicable"


class TestEntries:
    """Rule 3."""

    def test_the_worst_entry_is_the_result(self) -> None:
        small, big = (
            asset(n, internet_facing=True, importance={"confidentiality": v}) for n, v in (("a", 1), ("b", 3))
        )
        result = replay(case(step("S1", "internet", "leak")), register(small, big))
        assert result.none is not None
        assert result.none.entry[0].asset == "b"
        assert (result.none.entries.through, result.none.entries.of, result.loss.harm) == (2, 2, 3)

    def test_through_from_some(self) -> None:
        rows = [cover("P06", "none"), cover("P06", "full", asset="x")]
        org = register(WEB, asset("x", internet_facing=True), coverage=rows)
        entries = replay(case(BREAK_IN), org).none.entries  # type: ignore[union-attr]
        assert (entries.through, entries.of) == (1, 2)
        assert [(o.word, o.ids) for o in entries.outcomes] == [("through", ("web",)), ("stopped", ("x",))]

    def test_a_row_of_many_is_one_of_them_and_the_rest(self) -> None:
        pcs = asset("pcs", "pc", count=50)
        story = case(step("S1", "mail", kinds=("pc",)), step("S2", "network", "encrypt", ("pc",)))
        assert replay(case(step("S1", "mail", "leak", ("pc",))), register(pcs)).loss.assets == 1
        assert replay(story, register(pcs)).loss.assets == 50

    def test_two_entries_may_be_two_of_one_row(self) -> None:
        pcs = asset("pcs", "pc", count=50)
        story = case(step("S1", "mail", "leak", ("pc",)), step("S2", "mail", "leak", ("pc",), after=[]))
        assert replay(story, register(pcs)).loss.assets == 2


class TestBoundary:
    @pytest.mark.parametrize(
        ("zone", "rows", "word"),
        [
            ("lan", [cover("P03", "full")], "through"),
            ("inner", [cover("P03", "none"), cover("P03", "full", zone="inner")], "stopped"),
            ("inner", [cover("P03", "none"), cover("P03", "full", zone="lan")], "stopped"),
            ("inner", [cover("P03", "none")], "through"),
            ("inner", [cover("P03", "partial")], "through"),
            ("inner", [], "depends"),
        ],
    )
    def test_counts_only_where_a_boundary_is_crossed(self, zone: str, rows: Any, word: str) -> None:
        web = asset("web", "pc", internet_facing=True)
        story = case(step("S1", "internet", kinds=("pc",)), step("S2", "network", "leak", prevent=("P03",)))
        routes = [{"from": "lan", "to": "inner"}]
        org = register(web, asset("b", zone=zone), asset("c", "pc", zone="inner"), routes=routes, coverage=rows)
        assert replay(story, org).word == word

    def test_at_source_asks_where_the_attack_comes_from(self) -> None:
        story = case(step("S1", "internet", kinds=("pc",)), step("S2", "network", "leak", prevent=("P08@",)))
        pc, srv = asset("pc", "pc", internet_facing=True), asset("srv")
        there = register(pc, srv, coverage=[cover("P08", "none"), cover("P08", "full", asset="pc")])
        here = register(pc, srv, coverage=[cover("P08", "none"), cover("P08", "full", asset="srv")])
        assert said(replay(story, there)) == ("stopped", "S2")
        assert said(replay(story, here)) == ("through", "S2")
        assert group(at(replay(story, there), "S2"), "srv").reasons[0].side == "source"
