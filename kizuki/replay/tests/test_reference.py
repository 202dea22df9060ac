"""The engine says what the plain reference says, on random small cases and registers; and the properties of rule 10."""

from __future__ import annotations

from random import Random

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kizuki.casebook.engine.format import AttackStep, Bears, Case, Targets
from kizuki.kit.text import Text
from kizuki.register.engine.format import About, Asset, Coverage, Organisation, Realm, Scope, Zone
from kizuki.replay.engine.register import compile_register
from kizuki.replay.engine.replay import replay
from kizuki.replay.engine.result import Group, Reason, Replay
from kizuki.replay.tests.reference import Reference
from kizuki.replay.tests.reference_replay import Severity, changes
from kizuki.replay.tests.strategies import cases, random_case, registers
from kizuki.replay.tests.told import Told, by_engine, by_reference, catalogue, engine_told, every_reference, vocabulary

replace = msgspec.structs.replace


def many(number: int) -> settings:
    return settings(max_examples=number, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def engine(case: Case, org: Organisation) -> Replay:
    return replay(case, compile_register(org, catalogue(), vocabulary()), questions=False, changes=False, steps=False)


def loss(found: Replay, kind: str = "none") -> Severity:
    run = found.none if kind == "none" else found.full
    assert run is not None
    return run.word == "through", run.loss.harm, run.loss.harmed, run.loss.assets


def differences(found: Told, meant: Told, *, by_name: bool = True) -> list[str]:
    """In what two answers differ. `by_name` False: which of two analysts' measures is named for a sight is not compared."""
    same = {
        "word": (found.word, found.step) == (meant.word, meant.step),
        "loss": found.loss == meant.loss and set(found.lost) == set(meant.lost),
        "seen": found.seen == meant.seen or (not by_name and (found.seen or "")[::2] == (meant.seen or "")[::2]),
        "verdicts": found.verdicts == meant.verdicts,
        "contained": found.contained == meant.contained,
        "too late": found.too_late == meant.too_late,
        "assumed": found.assumed == meant.assumed,
        "entries": found.entries == meant.entries,
        "questions": sorted(found.questions) == sorted(meant.questions)[:3],
    }
    return [what for what, equal in same.items() if not equal]


@many(1500)
@given(cases(), registers())
def test_the_engine_equals_the_reference(case: Case, org: Organisation) -> None:
    """Result and step, loss, first sight, verdict at every asset, containment, entries, questions; of several worst runs
    that weigh the same the engine may tell any."""
    found = by_engine(case, org)
    told = [differences(found, meant) for meant in every_reference(case, org)]
    assert [] in told, min(told, key=len)


@many(300)
@given(cases(stated=0.0), registers())
def test_two_analysts_decide_where_no_measure_is_stated(case: Case, org: Organisation) -> None:
    found = by_engine(case, org)
    told = [differences(found, meant, by_name=False) for meant in every_reference(case, org)]
    assert [] in told, min(told, key=len)


@many(300)
@given(cases(kind="public-report", stated=0.0), registers())
def test_the_actions_of_a_public_report_are_judged_alone(case: Case, org: Organisation) -> None:
    found, meant = by_engine(case, org), every_reference(case, org)[0]
    assert (found.word, found.step, found.verdicts) == (meant.word, meant.step, meant.verdicts)


@many(300)
@given(cases(), registers())
def test_what_would_change_it_equals_the_reference(case: Case, org: Organisation) -> None:
    """Each coverage row, and each unrecorded rest, set to full: the same gaps change the loss, by as much."""
    meant = {
        (change.measure, change.row and change.row.scope): change.after[1:]
        for change in changes(case, org, catalogue(), vocabulary())
    }
    found = replay(case, compile_register(org, catalogue(), vocabulary()), questions=False, steps=False)
    told = {
        (change.ask.measure, change.ask.row and change.ask.row.scope): (
            change.after.harm,
            change.after.harmed,
            change.after.assets,
        )
        for change in found.changes
        if (change.word == "through") != (found.none is not None and found.none.word == "through")
        or (change.before.harm, change.before.harmed, change.before.assets)
        != (change.after.harm, change.after.harmed, change.after.assets)
    }
    assert told == meant


@many(400)
@given(cases(), registers(), st.integers(0, 2**24 - 1))
def test_adding_cover_never_worsens(case: Case, org: Organisation, seed: int) -> None:
    """A row set to full, and a new full row about one asset."""
    random, before = Random(seed), engine(case, org)
    better = [
        Coverage(random.choice(("P01", "P03", "P06", "D02", "R11")), Scope(asset=random.choice(org.assets).id), "full")
    ]
    taken = {(row.measure, row.scope.asset) for row in org.coverage}
    better = [row for row in better if (row.measure, row.scope.asset) not in taken]
    at = random.randrange(len(org.coverage)) if org.coverage else None
    rows = [replace(row, state="full") if n == at else row for n, row in enumerate(org.coverage)]
    after = engine(case, replace(org, coverage=(*rows, *better)))
    for kind in ("none", "full"):
        assert loss(after, kind) <= loss(before, kind)


@many(400)
@given(cases(), registers(), st.integers(0, 2**24 - 1))
def test_closing_a_route_never_worsens(case: Case, org: Organisation, seed: int) -> None:
    """A route, a link or an asset's face to the internet taken away, or a list declared complete."""
    random, before = Random(seed), engine(case, org)
    routes = [route for route in org.routes if random.random() < 0.7]
    links = [link for link in org.links if random.random() < 0.7]
    assets = [replace(a, internet_facing=False) if random.random() < 0.3 else a for a in org.assets]
    whole = {*org.complete, *random.sample(("routes", "links", "realms", "internet_facing"), 1)}
    closed = replace(org, routes=tuple(routes), links=tuple(links), assets=tuple(assets), complete=tuple(sorted(whole)))
    after = engine(case, closed)
    for kind in ("none", "full"):
        assert loss(after, kind) <= loss(before, kind)


@many(400)
@given(cases(), registers(), st.integers(0, 2**24 - 1))
def test_answers_to_unknowns_lie_between_the_two_runs(case: Case, org: Organisation, seed: int) -> None:
    """Whatever the answer about a measure of which nothing is recorded, the loss lies between the two runs."""
    random, asked = Random(seed), engine(case, org)
    named = sorted({b.measure for step in case.attack for b in (*step.prevent, *step.detect, *step.contain)})
    silent = [measure for measure in named if measure not in {row.measure for row in org.coverage}]
    states = ("none", "partial", "full", "not applicable")
    rows = [Coverage(m, Scope(all=True), random.choice(states)) for m in silent if random.random() < 0.8]  # type: ignore[arg-type]
    answered = engine(case, replace(org, coverage=(*org.coverage, *rows)))
    assert loss(asked, "full") <= loss(answered, "full") <= loss(answered, "none") <= loss(asked, "none")


@many(300)
@given(cases(), registers(), st.integers(0, 2**24 - 1))
def test_the_order_of_rows_changes_no_byte(case: Case, org: Organisation, seed: int) -> None:
    random = Random(seed)

    def mixed(rows: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(rows, len(rows)))

    parts = ("assets", "coverage", "routes", "links", "zones", "units", "realms", "complete")
    other = replace(org, **{part: mixed(getattr(org, part)) for part in parts})
    told = [msgspec.json.encode(replay(case, compile_register(o, catalogue(), vocabulary()))) for o in (org, other)]
    assert told[0] == told[1]


@many(300)
@given(cases(), registers())
def test_every_verdict_can_be_traced(case: Case, org: Organisation) -> None:
    """Each verdict follows from the reasons given with it, and each reason shows the coverage row that really counts."""
    found = replay(case, compile_register(org, catalogue(), vocabulary()), questions=False, changes=False)
    rules = Reference(case, org, catalogue(), vocabulary(), unknown="none")
    groups = [(s.via, group) for run in (found.none, found.full) if run for s in run.steps for group in s.groups]
    for via, group in groups:
        if group.verdict is None:
            continue
        assert verdict_of(group, capped=via == "not stated") == group.verdict
        for reason in group.reasons:
            if reason.side == "target":
                for row in group.ids:
                    traced(rules, reason, row)


def verdict_of(group: Group, *, capped: bool) -> str:
    """The verdict that the reasons of a group make."""
    meant = [r for r in group.reasons if r.part == "prevent" and r.counts and r.can in ("stops", "hinders")]
    deciding = [r.state for r in meant if r.can == "stops" and (r.stated or group.judgement)]
    needed = 2 if group.judgement else 1
    if not capped and deciding.count("full") >= needed:
        return "stopped"
    if not capped and deciding.count("full") + deciding.count("unknown") >= needed:
        return "unknown"
    return "hindered" if any(r.state in ("partial", "unknown", "full") for r in meant) else "open"


def traced(rules: Reference, reason: Reason, asset: str) -> None:
    """The reason's state and row are those that hold for its measure at the asset."""
    node = next(node for node in rules.nodes if node.id == asset)
    row = rules.row(reason.measure, node.asset)
    assert (reason.state, reason.row is None) == (row.state if row else "unknown", row is None)
    if row is not None and reason.row is not None:
        shown = (reason.row.state, reason.row.evidence, reason.row.verified)
        assert shown == (row.state, row.evidence, row.verified)


def test_the_two_runs_are_both_told() -> None:
    """The run with unknowns as full is told as fully as the other, so that pages can set them side by side."""
    from kizuki.replay.tests.told import library_case, victim

    found = replay(library_case("nisc-h"), compile_register(victim("h-after"), catalogue(), vocabulary()))
    assert found.none is not None
    assert found.full is not None
    assert engine_told(found, found.none).word == "depends"
    assert (found.none.word, found.full.word) == ("through", "stopped")


def test_accounts_of_one_source_over_the_network_of_another() -> None:
    """The PC has the accounts and is not protected, the device has the way: that the device is protected helps nothing."""
    case = replace(
        random_case(Random(1)),
        attack=(
            AttackStep("S0", Text(en="in"), "internet", Targets(("pc",)), "access", after=()),
            AttackStep("S1", Text(en="in"), "supplier", Targets(("iot",)), "access", after=()),
            AttackStep(
                "S2",
                Text(en="on"),
                "account",
                Targets(("server",)),
                "leak",
                after=("S0", "S1"),
                prevent=(Bears("P08", True, "source"),),
            ),
        ),
    )
    org = Organisation(
        schema_="kizuki/organisation/1",
        organisation=About("Two ways"),
        complete=("routes", "links", "realms", "traits", "internet_facing", "supplier_facing"),
        zones=(Zone("office", "Office", "office"), Zone("hall", "Hall", "plant")),
        realms=(Realm("staff", "Staff"),),
        assets=(
            Asset("pc", "PC", "pc", zone="office", realm="staff", internet_facing=True),
            Asset("device", "Device", "iot", zone="hall", realm="staff", supplier_facing=True),
            Asset("server", "Server", "server", zone="hall", realm="staff"),
        ),
        coverage=(Coverage("P08", Scope(asset="device"), "full"), Coverage("P08", Scope(asset="pc"), "none")),
    )
    for told in (by_engine(case, org), by_reference(case, org)):
        assert (told.word, told.step, told.verdicts["S2", "server"]) == ("through", "S2", "open")
