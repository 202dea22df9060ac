"""Planning, tried on made-up registers and files: what is planned and done, is; in any order; once."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kizuki.imports.engine import says
from kizuki.imports.engine.checking import Checker
from kizuki.imports.engine.combining import combined
from kizuki.imports.engine.held import Held
from kizuki.imports.engine.lines import Line, Settings
from kizuki.imports.engine.ordering import Step, in_order, without_left
from kizuki.imports.engine.planning import Planner
from kizuki.register.engine.kinds import RecordKind, built, named
from kizuki.register.engine.sources import Proposal
from kizuki.register.library import vocabulary

Records = dict[tuple[RecordKind, str], dict[str, Any]]


def held_of(records: Records, gone: Records | None = None) -> Held:
    held = Held()
    for kind in ("unit", "contact", "zone", "realm", "asset"):
        for (k, key), document in records.items():
            if k == kind:
                held.add(k, key, 1, json.dumps(document))
        for (k, key), document in (gone or {}).items():
            if k == kind:
                held.add(k, key, 2, json.dumps(document), False)
    return held


def plan(records: Records, proposals: list[Proposal], said: Settings | None = None, may: Any = None) -> list[Line]:
    held = held_of(records)
    planner = Planner(
        held, Checker(held, vocabulary()), said or Settings(zone_kind="office"), may or (lambda kind, unit: True)
    )
    for proposal in proposals:
        planner.take(proposal)
    return list(planner.lines())


def done(records: Records, lines: list[Line]) -> Records:
    """The register after all lines that are taken."""
    made = dict(records)
    for line in lines:
        if line.takes and line.document is not None:
            made[line.kind, line.key] = line.document
    whole = {pair: without_left(pair[0], document, lambda *of: of not in made) for pair, document in made.items()}
    return {pair: document for pair, document in whole.items() if document is not None}


def asset(place: int, **fields: Any) -> Proposal:
    return Proposal("asset", fields, place)


def only(lines: list[Line]) -> Line:
    (line,) = lines
    return line


WEB: Records = {
    ("asset", "web"): {"id": "web", "name": "Web", "kind": "web-server", "serials": ["S1"], "macs": ["3c:52:82:00:00:01"], "zone": "dmz"},
    ("asset", "old"): {"id": "old", "name": "Old", "kind": "pc", "serials": ["S2"], "hosts": ["old.example.org"]},
    ("zone", "dmz"): {"id": "dmz", "name": {"ja": "公開", "en": "DMZ"}, "kind": "dmz", "addresses": "fixed"},
    ("zone", "lan"): {"id": "lan", "name": "LAN", "kind": "office"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "key", "how"),
    [
        ({"id": "web", "name": "x"}, "web", "id"),
        ({"name": "x", "serials": ("s1",)}, "web", "serials"),
        ({"name": "x", "macs": ("3c:52:82:00:00:01",)}, "web", "macs"),
        ({"name": "x", "hosts": ("OLD.example.org.",)}, "old", "hosts"),
        ({"name": "web", "kind": "web-server"}, "web", "name"),
        ({"name": "Web", "kind": "pc"}, "x", ""),
    ],
)
def test_what_a_row_means(fields: dict[str, Any], key: str, how: str) -> None:
    line = only(plan(WEB, [asset(2, **{"kind": "web-server", **fields})]))
    assert (line.key if how else line.state, line.how) == (key if how else "new", how)


def test_an_address_tells_a_thing_only_where_it_stays() -> None:
    records = {**WEB, ("asset", "web"): {**WEB["asset", "web"], "ips": ["192.0.2.8"]}}
    assert only(plan(records, [asset(2, name="n", kind="server", zone="DMZ", ips=("192.0.2.8",))])).key == "web"
    assert only(plan(records, [asset(2, name="n", kind="server", zone="LAN", ips=("192.0.2.8",))])).state == "new"
    assert (
        only(plan(records, [asset(2, name="n", kind="server", zone="公開", ips=("192.0.2.8",), serials=("S9",))])).state
        == "new"
    )


def test_identifiers_that_contradict_each_other_are_for_somebody_to_decide() -> None:
    line = only(plan(WEB, [asset(2, id="old", name="x", kind="pc", serials=("S1",))]))
    assert (line.state, line.reason, line.document) == ("conflict", says.CONTRARY, None)
    assert dict(line.arguments)["which"] == "id: old; serials: web"
    line = only(plan(WEB, [asset(2, name="x", kind="pc", macs=("3c:52:82:00:00:01",), serials=("S7",))]))
    assert (line.state, line.reason) == ("conflict", says.OTHER_SERIAL)


def test_a_row_that_could_mean_several_is_for_somebody_to_decide() -> None:
    web = {"name": "Web", "kind": "web-server"}
    twin: Records = {**WEB, ("asset", "two"): {"id": "two", **web}, ("asset", "3"): {"id": "3", **web, "os": "X"}}
    line = only(plan(twin, [asset(2, name="Web", kind="web-server", os="Y")]))
    assert (line.state, line.reason) == ("conflict", says.SEVERAL)
    assert only(plan(twin, [asset(2, name="Web", kind="web-server", os="X")])).state == "same"


def test_rows_of_one_thing_are_one_line_if_they_agree() -> None:
    rows = [
        asset(2, name="a", kind="pc", serials=("S9",), macs=("3c:52:82:00:00:09",)),
        asset(3, name="a", kind="pc", serials=("S9",), os="Z"),
    ]
    assert only(plan({}, rows)).document == {
        "id": "a", "name": "a", "kind": "pc", "serials": ["S9"], "macs": ["3c:52:82:00:00:09"], "os": "Z",
    }  # fmt: skip
    rows.append(asset(4, name="b", kind="pc", serials=("S9",)))
    lines = plan({}, rows)
    assert {line.reason for line in lines if line.state == "conflict"} == {says.TWO_ROWS}
    assert len({line.one_of for line in lines}) == 1


def test_rows_with_different_numbers_are_different_things() -> None:
    rows = [
        asset(2, id="a", name="n", kind="pc", serials=("S9",)),
        asset(3, id="b", name="n", kind="pc", serials=("S9",)),
    ]
    assert [line.key for line in plan({}, rows)] == ["a", "b"]


def test_rows_that_say_exactly_the_same_are_not_one_thing_for_sure() -> None:
    lines = plan({}, [asset(2, name="PC", kind="pc"), asset(3, name="PC", kind="pc")])
    assert [(line.state, line.key) for line in lines] == [("new", "pc"), ("conflict", "pc-2")]
    assert lines[1].arguments == (("row", "2"),)


def test_units_within_themselves_are_told_and_the_others_offered() -> None:
    rows = [
        Proposal("unit", {"id": "a", "name": "A", "parent": "B"}, 2), Proposal("unit", {"id": "b", "name": "B", "parent": "a"}, 3),
        Proposal("unit", {"id": "c", "name": "C", "parent": "A"}, 4),
    ]  # fmt: skip
    lines = plan({}, rows, Settings(main="unit"))
    assert {line.key: (line.state, (line.document or {}).get("parent")) for line in lines} == {
        "a": ("conflict", None), "b": ("conflict", None), "c": ("new", "a"),
    }  # fmt: skip
    register: Records = {
        ("unit", "a"): {"id": "a", "name": "A", "parent": "b"},
        ("unit", "b"): {"id": "b", "name": "B"},
    }
    line = only(plan(register, [Proposal("unit", {"id": "b", "name": "B", "parent": "A"}, 2)], Settings(main="unit")))
    assert (line.state, line.reason) == ("conflict", says.CYCLE)


def test_two_units_of_one_name_are_not_mixed_up() -> None:
    register: Records = {("unit", "11"): {"id": "11", "name": "Office"}}
    rows = [Proposal("unit", {"id": "11", "name": "Office"}, 2), Proposal("unit", {"id": "21", "name": "Office"}, 3)]
    assert [(line.key, line.state) for line in plan(register, rows, Settings(main="unit"))] == [
        ("11", "same"),
        ("21", "new"),
    ]
    register["unit", "21"] = {"id": "21", "name": "Office"}
    lines = plan(register, [Proposal("unit", {"name": "Office"}, 2), asset(2, name="x", kind="pc", unit="Office")])
    assert [(line.kind, line.state, line.reason) for line in lines] == [
        ("unit", "conflict", says.SEVERAL_CALLED),
        ("asset", "new", ""),
    ]
    assert "unit" not in (lines[1].document or {})


def test_what_cannot_be_kept_is_told() -> None:
    lines = plan(
        {},
        [asset(2, name="a"), asset(3, name="b", kind="pc", traits=("made-up",)), asset(4, name="c" * 300, kind="pc")],
    )
    told = {line.place: (line.state, line.reason) for line in lines}
    assert told == {2: ("bad", says.NO_KIND), 3: ("new", says.LEFT_TRAITS), 4: ("new", says.CUT)}
    assert only(plan({}, [asset(2, name="a")], Settings(defaults={"kind": "iot"}))).document == {
        "id": "a",
        "name": "a",
        "kind": "iot",
    }


@pytest.mark.parametrize(
    ("field", "before", "value", "policy", "after"),
    [
        ("os", "A", "B", "fill", "A"), ("os", "A", "B", "replace", "B"), ("os", None, "B", "fill", "B"),
        ("hosts", ["a"], ["b"], "add", ["a", "b"]), ("hosts", ["a", "c"], ["c"], "replace", ["c"]), ("hosts", ["a"], ["b"], "fill", ["a"]),
        ("macs", ["AA-BB-CC-00-11-22"], ["aa:bb:cc:00:11:22"], "add", ["AA-BB-CC-00-11-22"]),
        ("name", {"ja": "受付", "en": "Desk"}, "desk ", "replace", {"ja": "受付", "en": "Desk"}),
        ("name", {"ja": "受付", "en": "Desk"}, "窓口", "replace", {"ja": "窓口", "en": "Desk"}),
        ("kind", "web-server", "server", "replace", "web-server"), ("kind", "server", "web-server", "replace", "web-server"),
        ("importance", {"integrity": 2}, {"integrity": 1, "availability": 3}, "fill", {"integrity": 2, "availability": 3}),
        ("notes", "a", "b", "add", "a\nb"), ("notes", "a b", "b", "add", "a b"), ("count", None, 1, "replace", None),
        ("zone", "lan", "dmz", "replace", "dmz"),
    ],
)  # fmt: skip
def test_policies(field: str, before: Any, value: Any, policy: Any, after: Any) -> None:
    document = {} if before is None else {field: before}
    assert combined(document, {field: value}, Settings(policy={field: policy})).get(field) == after


def test_a_further_zone_is_no_change() -> None:
    assert combined({"zone": "a", "zones": ["b"]}, {"zone": "b"}, Settings()) == {"zone": "a", "zones": ["b"]}


def test_whoever_may_not_see_a_record_learns_nothing_of_it() -> None:
    mine = lambda kind, unit: unit == "mine" and kind == "asset"  # noqa: E731
    rows = [asset(2, name="x", kind="pc", serials=("S1",), unit="mine"), asset(3, id="new", name="y", kind="pc")]
    lines = plan({**WEB, ("unit", "mine"): {"id": "mine", "name": "Mine"}}, rows, may=mine)
    assert [(line.state, line.key, line.document, line.changes) for line in lines] == [("outside", "", None, ())] * 2


# ── properties ──

words = st.sampled_from(["a", "b", "c", "web", "営業", "Old"])
fields_of_asset = st.fixed_dictionaries(
    {"name": words},
    optional={
        "id": st.sampled_from(["a", "b", "web", "old", "n-1"]), "kind": st.sampled_from(["pc", "server", "web-server"]),
        "serials": st.sampled_from([("S1",), ("S2",), ("S3",), ("S3", "S4")]), "unit": words, "zone": st.sampled_from(["DMZ", "lan", "X"]),
        "macs": st.sampled_from([("3c:52:82:00:00:01",), ("3c:52:82:00:00:02",)]), "hosts": st.sampled_from([("old.example.org",), ("n",)]),
        "os": st.sampled_from(["A", "B"]), "importance": st.just({"integrity": 2}), "notes": st.just("text"),
    },
)  # fmt: skip
proposal = st.one_of(
    st.tuples(st.just("asset"), fields_of_asset),
    st.tuples(st.just("unit"), st.fixed_dictionaries({"name": words}, optional={"parent": words, "id": words})),
    st.tuples(st.just("zone"), st.fixed_dictionaries({"name": st.sampled_from(["DMZ", "X"])})),
)


def numbered(rows: list[tuple[Any, Any]]) -> list[Proposal]:
    return [Proposal(kind, fields, n) for n, (kind, fields) in enumerate(rows, 2)]


files = st.lists(proposal, max_size=12).map(numbered)


def shown(lines: list[Line]) -> list[str]:
    """Lines without the numbers of their rows."""
    return sorted(
        json.dumps(
            [line.kind, line.key, line.state, line.document, line.changes, line.how, line.reason], sort_keys=True
        )
        for line in lines
    )


@settings(max_examples=150, deadline=None)
@given(files, st.integers(0, 1000), st.sampled_from(["fill", "replace"]))
def test_rows_in_any_order_give_the_same_plan(file: list[Proposal], seed: int, policy: Any) -> None:
    other = list(file)
    random.Random(seed).shuffle(other)
    said = Settings(single=policy, zone_kind="office", defaults={"kind": "pc"})
    assert shown(plan(WEB, file, said)) == shown(plan(WEB, other, said))


@settings(max_examples=150, deadline=None)
@given(files, st.sampled_from(["fill", "replace"]), st.sampled_from(["add", "replace"]))
def test_planned_and_done_and_planned_again_nothing_is_new(file: list[Proposal], single: Any, several: Any) -> None:
    said = Settings(single=single, several=several, zone_kind="office", defaults={"kind": "pc"})
    first = plan(WEB, file, said)
    # What nobody has decided about is offered again, and may mean something else by then.
    assume(not any(line.state == "conflict" for line in first))
    after = done(WEB, first)
    for kind, key in after:
        built(kind, after[kind, key])
    again = plan(after, file, said)
    assert [line for line in again if line.takes] == []
    assert done(after, again) == after


@settings(max_examples=100, deadline=None)
@given(files)
def test_every_line_names_only_what_there_is_afterwards(file: list[Proposal]) -> None:
    after = done(WEB, plan(WEB, file))
    for (kind, _key), document in after.items():
        for of, _place, id in named(kind, built(kind, document)):
            assert (of, id) in after


def step(kind: Any, n: int, m: int) -> Step:
    """A unit or contact that names one of the other kind, and a unit the one above it."""
    other = {"owner": f"contact{m}"} if kind == "unit" else {"unit": f"unit{m}"}
    above = {"parent": f"unit{m}"} if kind == "unit" and m != n else {}
    return Step(kind, f"{kind}{n}", {"id": f"{kind}{n}", **other, **above}, 0)


pairs = st.tuples(st.sampled_from(["unit", "contact"]), st.integers(0, 6), st.integers(0, 6))


@settings(max_examples=150, deadline=None)
@given(st.lists(pairs, max_size=12, unique_by=lambda one: one[:2]))
def test_no_step_names_what_a_later_one_brings(rows: list[tuple[Any, int, int]]) -> None:
    steps = [step(*row) for row in rows]
    first, later = in_order(steps, lambda kind, key: False)
    assert sorted(one.key for one in first) == sorted(one.key for one in steps)
    there: set[str] = set()
    for one in first:
        assert {str(one.document[field]) for field in ("owner", "unit", "parent") if field in one.document} <= there
        there.add(one.key)
    assert {one.key: one.document for one in [*first, *later]} == {one.key: one.document for one in steps}
