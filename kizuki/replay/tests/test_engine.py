"""Verdicts and results of registers made by hand, written out by hand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kizuki.casebook.engine.format import Case
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.library import vocabulary
from kizuki.replay.engine.priorities import likeness, priorities
from kizuki.replay.engine.register import compile_register
from kizuki.replay.engine.replay import replay, replay_all
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
