"""Small registers made by hand, one question of the replay's rules each; verdicts and results written out by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kizuki.casebook.engine.format import Case
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.library import vocabulary
from kizuki.replay.engine.priorities import likeness, priorities
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.engine.replay import replay, replay_all
from kizuki.replay.engine.result import Group, Replay, Run, Step

EVERYTHING = ["routes", "links", "realms", "traits", "internet_facing", "supplier_facing"]
TEXT = {"en": "x"}


def asset(id: str, kind: str = "server", **more: Any) -> dict[str, Any]:
    return {"id": id, "name": id, "kind": kind, "zone": "lan", **more}


def cover(measure: str, state: str, **scope: Any) -> dict[str, Any]:
    return {"measure": measure, "scope": scope or {"all": True}, "state": state}


def register(*assets: dict[str, Any], complete: list[str] | None = None, **more: Any) -> Compiled:
    zones = {a.get("zone", "lan") for a in assets} | {"lan"} | {z for a in assets for z in a.get("zones", ())}
    raw = {
        "schema": "kizuki/organisation/1",
        "organisation": {"name": "Test"},
        "complete": EVERYTHING if complete is None else complete,
        "zones": [{"id": z, "name": z, "kind": "server"} for z in sorted(zones)],
        "assets": list(assets),
        **more,
    }
    return compile_register(msgspec.convert(raw, Organisation), catalogue(), vocabulary())


def bears(*names: str) -> list[dict[str, Any]]:
    """“P06” stated, “P06+” an analyst's, “P08@” asked at the source."""
    made = []
    for name in names:
        bear: dict[str, Any] = {"measure": name.rstrip("+@"), "stated": not name.endswith("+")}
        made.append(bear | ({"at": "source"} if name.endswith("@") else {}))
    return made


def step(
    id: str, via: str, effect: str = "access", kinds: tuple[str, ...] = ("server",), **more: Any
) -> dict[str, Any]:
    traits = more.pop("traits", ())
    for part in ("prevent", "detect", "contain", "soften"):
        if part in more:
            more[part] = bears(*more[part])
    return {"id": id, "text": TEXT, "via": via, "effect": effect, "targets": {"kinds": kinds, "traits": traits}, **more}


def case(*steps: dict[str, Any], kind: str = "casebook", **more: Any) -> Case:
    """A case with at least one stated measure, so that the verdicts do not rest on judgement; a public report has none."""
    if kind != "public-report":
        steps = ({**steps[0], "soften": [*steps[0].get("soften", ()), {"measure": "R01", "stated": True}]}, *steps[1:])
    raw = {
        "schema": "kizuki/case/1", "id": "test", "kind": kind, "tlp": "clear", "title": TEXT, "level": "basic", "causes": [],
        "source": {"title": TEXT, "publisher": "x"},
        "organisation": {"label": TEXT, "sector": "health", "size": "hundreds"},
        "attack": [{**s, "after": []} if n == 0 and "after" not in s else s for n, s in enumerate(steps)],
        **more,
    }  # fmt: skip
    return msgspec.convert(raw, Case)


def said(result: Replay) -> tuple[str, str | None]:
    return result.word, result.step


def taken(result: Replay, run: str = "none") -> set[str]:
    return set(getattr(result, run).loss.ids)


def at(result: Replay, id: str, run: str = "none") -> Step:
    told: Run = getattr(result, run)
    return next(s for s in told.steps if s.id == id)


def group(step: Step, asset: str) -> Group:
    return next(g for g in step.groups if asset in g.ids)


WEB = asset("web", internet_facing=True)
BREAK_IN = step("S1", "internet", "leak", prevent=("P06",))


class TestVerdict:
    """Rule 4: the first that holds of stopped, unknown, hindered, open."""

    @pytest.mark.parametrize(
        ("coverage", "measures", "verdict", "word"),
        [
            ([cover("P06", "full")], ("P06",), "stopped", "stopped"),
            ([cover("P06", "partial")], ("P06",), "hindered", "through"),
            ([cover("P06", "none")], ("P06",), "open", "through"),
            ([], ("P06",), "unknown", "depends"),
            ([cover("P06", "not applicable")], ("P06",), "open", "through"),
            ([cover("P06", "full")], ("P06+",), "hindered", "through"),
            ([cover("P06", "full"), cover("P07", "full")], ("P06+", "P07+"), "hindered", "through"),
            ([cover("P06", "partial"), cover("P07", "partial")], ("P06", "P07"), "hindered", "through"),
            ([cover("P11", "full")], ("P11",), "hindered", "through"),
            ([], ("P11",), "hindered", "through"),
            ([cover("G01", "full"), cover("I06", "full")], ("G01", "I06"), "open", "through"),
            ([cover("P07", "partial")], ("P06", "P07"), "unknown", "depends"),
            ([], ("P06+",), "hindered", "through"),
        ],
    )
    def test_each_state(self, coverage: Any, measures: tuple[str, ...], verdict: str, word: str) -> None:
        result = replay(case(step("S1", "internet", "leak", prevent=measures)), register(WEB, coverage=coverage))
        assert at(result, "S1").verdict == verdict
        assert result.word == word

    def test_two_analysts_measures_in_full_are_shown_beside_the_verdict(self) -> None:
        org = register(WEB, coverage=[cover("P06", "full"), cover("P07", "full")])
        result = replay(case(step("S1", "internet", "leak", prevent=("P06+", "P07+", "P05"))), org)
        assert group(at(result, "S1"), "web").judged.stopped == ("P06", "P07")
        assert result.none is not None
        assert result.none.word == "through"

    def test_governing_measures_are_told_as_support(self) -> None:
        org = register(WEB, coverage=[cover("G01", "full")])
        reason = group(at(replay(case(step("S1", "internet", "leak", prevent=("G01",))), org), "S1"), "web").reasons[0]
        assert (reason.can, reason.counts, reason.idle, reason.state) == ("supports", False, "supports only", "full")

    def test_every_reason_names_row_evidence_and_day(self) -> None:
        row = {**cover("P06", "none", zone="lan"), "evidence": "asked", "verified": "2026-10-01"}
        reason = group(at(replay(case(BREAK_IN), register(WEB, coverage=[row])), "S1"), "web").reasons[0]
        assert reason.row is not None
        assert (reason.row.scope.zone, reason.row.evidence, reason.row.verified) == ("lan", "asked", "2026-10-01")


class TestScope:
    @pytest.mark.parametrize(
        ("rows", "state"),
        [
            ([cover("P06", "none"), cover("P06", "full", asset="web")], "full"),
            ([cover("P06", "full", zone="lan"), cover("P06", "none")], "full"),
            ([cover("P06", "full", zone="lan", kind="server"), cover("P06", "none", zone="lan")], "full"),
            ([cover("P06", "full", zone="lan"), cover("P06", "none", kind="server")], "none"),
            ([cover("P06", "full", zone="lan"), cover("P06", "not applicable", kind="server")], "not applicable"),
            ([cover("P06", "partial", zone="lan"), cover("P06", "not applicable", kind="server")], "not applicable"),
            ([cover("P06", "full", kind="web-server")], "unknown"),
            ([cover("P06", "full", unit="top")], "full"),
            ([cover("P06", "full", asset="web"), cover("P06", "none", asset="web")], "none"),
        ],
    )
    def test_which_row_wins(self, rows: list[dict[str, Any]], state: str) -> None:
        web = {**WEB, "unit": "low"}
        units = [{"id": "top", "name": "t"}, {"id": "low", "name": "l", "parent": "top"}]
        for order in (rows, rows[::-1]):
            result = replay(case(BREAK_IN), register(web, units=units, coverage=order))
            assert group(at(result, "S1"), "web").reasons[0].state == state

    def test_a_scope_of_a_kind_names_its_children(self) -> None:
        org = register(asset("w", "web-server", internet_facing=True), coverage=[cover("P06", "full", kind="server")])
        assert said(replay(case(BREAK_IN), org)) == ("stopped", "S1")


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


class TestSeenAndContained:
    """Rules 5 and 6."""

    def story(self, pace: str = "not stated", contain: str = "R11", detect: tuple[str, ...] = ("D03",)) -> Case:
        first = step("S1", "internet", detect=detect, contain=(contain,), pace=pace)
        return case(first, step("S2", "local", "leak"))

    def test_the_fastest_sees_first(self) -> None:
        org = register(WEB, coverage=[cover("D03", "full"), cover("D08", "full")])
        seen = replay(self.story(detect=("D08", "D03")), org).seen
        assert seen is not None
        assert (seen.step, seen.measure, seen.delay, seen.late) == ("S1", "D03", "hours", True)

    @pytest.mark.parametrize("state", ["none", "partial", "not applicable"])
    def test_halves_see_nothing(self, state: str) -> None:
        assert replay(self.story(), register(WEB, coverage=[cover("D03", state)])).seen is None

    def test_an_analysts_detection_does_not_count(self) -> None:
        assert replay(self.story(detect=("D03+",)), register(WEB, coverage=[cover("D03", "full")])).seen is None

    def test_isolating_at_once(self) -> None:
        org = register(WEB, coverage=[cover("D02", "full")])
        result = replay(self.story(contain="D02"), org)
        assert (said(result), taken(result)) == (("contained", "S1"), {"web"})
        assert result.none is not None
        assert result.none.contained_by == ("D02",)

    @pytest.mark.parametrize(
        ("detect", "pace", "word"),
        [
            ("D02", "not stated", "contained"),
            ("D03", "not stated", "through"),
            ("D03", "hours", "through"),
            ("D03", "days", "contained"),
            ("D08", "days", "through"),
            ("D08", "weeks", "contained"),
            ("D02", "minutes", "contained"),
        ],
    )
    def test_isolating_once_seen_in_time(self, detect: str, pace: str, word: str) -> None:
        org = register(WEB, coverage=[cover("R11", "full"), cover(detect, "full")])
        result = replay(self.story(pace, detect=(detect,)), org)
        assert result.word == word
        assert result.none is not None
        assert bool(result.none.too_late) == (word == "through")

    def test_unseen_is_not_contained(self) -> None:
        result = replay(self.story(detect=()), register(WEB, coverage=[cover("R11", "full")]))
        assert result.word == "through"
        assert [(late.measure, late.seen) for late in result.none.too_late] == [("R11", None)]  # type: ignore[union-attr]

    def test_the_harm_of_the_step_itself_is_suffered(self) -> None:
        story = case(step("S1", "internet", "encrypt", contain=("D02",)))
        assert said(replay(story, register(WEB, coverage=[cover("D02", "full")]))) == ("through", "S1")

    @pytest.mark.parametrize(
        ("fence", "via"), [("P03", "network"), ("P08", "account"), ("P09", "link")], ids=["zone", "account", "link"]
    )
    def test_fences(self, fence: str, via: str) -> None:
        pc = asset("pc", "pc", internet_facing=True, realm="ad")
        org_parts: dict[str, Any] = {
            "realms": [{"id": "ad", "name": "a"}],
            "routes": [{"from": "lan", "to": "inner"}],
            "links": [{"from": "pc", "to": "b", "kind": "admin"}],
        }
        story = case(step("S1", "internet", kinds=("pc",), contain=(fence,)), step("S2", via, "leak"))
        for state, said_ in (("full", ("contained", "S1")), ("none", ("through", "S2"))):
            org = register(pc, asset("b", zone="inner", realm="ad"), coverage=[cover(fence, state)], **org_parts)
            assert said(replay(story, org)) == said_

    def test_a_zone_fence_leaves_the_zone_itself_open(self) -> None:
        story = case(step("S1", "internet", kinds=("pc",), contain=("P03",)), step("S2", "network", "leak"))
        org = register(asset("pc", "pc", internet_facing=True), asset("b"), coverage=[cover("P03", "full")])
        assert said(replay(story, org)) == ("through", "S2")

    def test_softening_changes_no_verdict(self) -> None:
        story = case(step("S1", "internet", "encrypt", soften=("C02",)))
        result = replay(story, register(WEB, coverage=[cover("C02", "full")]))
        assert result.word == "through"
        assert [(s.measure, s.full) for s in result.none.softened] == [("C02", 1), ("R01", 0)]  # type: ignore[union-attr]


class TestResult:
    """Rule 7."""

    def test_study_and_no_assets(self) -> None:
        assert replay(case(BREAK_IN, kind="study"), register(WEB)).word == "study"
        assert replay(case(BREAK_IN), register()).word == "cannot be judged"

    def test_through_to_the_last_harm_suffered_and_where_it_ended(self) -> None:
        story = case(step("S1", "internet", "leak"), step("S2", "local", "encrypt", prevent=("P06",)))
        result = replay(story, register(WEB, coverage=[cover("P06", "full")]))
        assert said(result) == ("through", "S1")
        assert result.none is not None
        assert (result.none.ended, result.none.ended_step, result.none.stopped_by) == ("stopped", "S2", ("P06",))

    def test_any_one_of_several_before_is_enough(self) -> None:
        story = case(
            step("S1", "internet", prevent=("P06",)), step("S2", "mail", kinds=("pc",), after=[]),
            step("S3", "network", "leak", after=["S1", "S2"]),
        )  # fmt: skip
        org = register(WEB, asset("pc", "pc"), coverage=[cover("P06", "full")])
        assert said(replay(story, org)) == ("through", "S3")

    def test_depends_asks_the_shortest_lists(self) -> None:
        story = case(step("S1", "internet", prevent=("P06",)), step("S2", "local", "leak", prevent=("P13", "P15")))
        result = replay(story, register(WEB))
        assert said(result) == ("depends", "S2")
        assert [[ask.measure for ask in q.asks] for q in result.questions] == [["P06"], ["P13"], ["P15"]]
        assert [(q.word, q.step) for q in result.questions] == [("stopped", "S1"), ("stopped", "S2"), ("stopped", "S2")]

    def test_two_answers_may_be_needed(self) -> None:
        story = case(
            step("S1", "internet"), step("S2", "local", "leak", prevent=("P13",)),
            step("S3", "local", "encrypt", prevent=("P15",), after=["S1"]),
        )  # fmt: skip
        result = replay(story, register(WEB))
        assert [[ask.measure for ask in q.asks] for q in result.questions] == [["P13", "P15"]]


class TestChanges:
    """Rule 8."""

    def test_each_gap_that_matters(self) -> None:
        story = case(step("S1", "internet", "leak", prevent=("P06", "P13", "P01"), detect=("D03",)))
        rows = [cover("P06", "none"), cover("P13", "partial"), cover("P01", "not applicable")]
        result = replay(story, register(WEB, coverage=[*rows, cover("D03", "none")]))
        told = {c.ask.measure: (c.word, c.before.harm, c.after.harm) for c in result.changes}
        assert told == {"P06": ("stopped", 1, 0), "P13": ("stopped", 1, 0), "D03": ("through", 1, 1)}
        seen = next(c.seen for c in result.changes if c.ask.measure == "D03")
        assert seen is not None
        assert seen.delay == "hours"

    def test_what_changes_nothing_is_left_out(self) -> None:
        story = case(step("S1", "internet", "leak", prevent=("P06+", "P11")))
        assert replay(story, register(WEB, coverage=[cover("P06", "none"), cover("P11", "none")])).changes == ()


class TestPublicReport:
    STORY = case(
        step("A1", "internet", "leak", prevent=("P06+", "P07+")), step("A2", "network", "encrypt", ("pc",)),
        kind="public-report",
    )  # fmt: skip

    @pytest.mark.parametrize(
        ("states", "verdict"),
        [
            (("full", "full"), "stopped"), (("full", "none"), "hindered"), (("full", None), "unknown"),
            ((None, None), "unknown"), (("none", "none"), "open"), (("partial", "full"), "hindered"),
        ],
    )  # fmt: skip
    def test_two_by_judgement_are_the_verdict(self, states: tuple[str | None, ...], verdict: str) -> None:
        rows = [cover(m, s) for m, s in zip(("P06", "P07"), states, strict=True) if s]
        result = replay(self.STORY, register(WEB, coverage=rows))
        assert (result.alone, result.by_judgement) == (True, True)
        assert at(result, "A1").verdict == verdict
        assert group(at(result, "A1"), "web").judgement

    def test_actions_are_judged_alone(self) -> None:
        rows = [cover("P06", "full"), cover("P07", "full")]
        result = replay(self.STORY, register(WEB, asset("pc", "pc"), coverage=rows))
        assert (at(result, "A1").status, at(result, "A2").status) == ("stopped", "taken")
        assert said(result) == ("through", "A2")


class TestPriorities:
    def test_two_lists_with_one_measure_of_gain(self) -> None:
        story = case(step("S1", "internet", "leak", prevent=("P06", "P13")))
        made = priorities([story], register(WEB, coverage=[cover("P06", "none")]))
        assert [(r.asks[0].measure, r.gain) for r in made.ask.rows] == [("P13", 1)]
        assert [(r.asks[0].measure, r.gain) for r in made.do.rows] == [("P06", 1)]

    def test_ties_are_ties(self) -> None:
        story = case(step("S1", "internet", "leak", prevent=("P06", "P13")))
        row = priorities([story], register(WEB, coverage=[cover("P06", "none"), cover("P13", "none")])).do.rows[0]
        assert ([a.measure for a in row.asks], [a.measure for a in row.ties]) == (["P06"], ["P13"])

    def test_two_together_where_none_alone_gains(self) -> None:
        story = case(step("S1", "internet", "leak", prevent=("P06",)))
        twins = (asset("a", internet_facing=True), asset("b", internet_facing=True))
        rows = [cover("P06", "none", asset="a"), cover("P06", "none", asset="b")]
        made = priorities([story], register(*twins, coverage=rows)).do
        assert [(len(r.asks), r.gain) for r in made.rows] == [(2, 1)]

    def test_likeness(self) -> None:
        about = {"name": "T", "sector": "health", "size": 300, "profile": ["iot", "plants"]}
        like = likeness(case(BREAK_IN, profile=["plants", "iaas"]), register(WEB, organisation=about))
        assert (like.weight, like.profile, like.sector, like.size) == (5, ("plants",), True, True)


def test_the_order_of_rows_assets_and_keys_changes_no_byte() -> None:
    from kizuki.casebook.library import cases
    from kizuki.kit.document import load
    from kizuki.kit.library import library_path

    raw, _ = load("company.yaml", (library_path() / "demo" / "company.yaml").read_bytes())
    turned = {key: value[::-1] if isinstance(value, list) else value for key, value in reversed(raw.items())}
    turned["assets"] = [dict(reversed(one.items())) for one in turned["assets"]]
    told = []
    for one in (raw, turned):
        org = compile_register(msgspec.convert(one, Organisation), catalogue(), vocabulary())
        told.append([msgspec.json.encode(result) for result in replay_all(cases()[:4], org)])
    assert told[0] == told[1]
