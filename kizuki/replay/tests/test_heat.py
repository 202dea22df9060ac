"""The measures map against a plain loop over assets."""

from __future__ import annotations

from collections import Counter
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kizuki.casebook.library import cases
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Asset, Organisation, Unit
from kizuki.register.library import vocabulary
from kizuki.replay.engine import heat
from kizuki.replay.engine.heat import Cell, Focus
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.tests.reference_register import RegisterRules, kinds_of
from kizuki.replay.tests.strategies import random_register

MEASURES = ("P01", "P03", "P06", "D02")
TREE = (Unit("u0", "u0"), Unit("u1", "u1", "u0"), Unit("u2", "u2", "u1"), Unit("u3", "u3"))


def organisation(seed: int) -> Organisation:
    """A random one whose units are a tree, with assets at every height."""
    random = Random(seed)
    made = random_register(random)
    assets = tuple(msgspec.structs.replace(a, unit=random.choice((None, "u0", "u1", "u2", "u3"))) for a in made.assets)
    return msgspec.structs.replace(made, units=TREE, assets=assets)


class Loop:
    """The map counted asset by asset."""

    def __init__(self, org: Organisation) -> None:
        self.org, self.rules = org, RegisterRules(org, catalogue(), vocabulary(), unknown="none")

    def here(self, asset: Asset, focus: Focus) -> bool:
        above = self.rules.units_above(asset.unit)
        return (
            (focus.units is None or asset.unit in focus.units)
            and (
                focus.unit is None or (focus.unit in above[: 1 if focus.direct else None] if focus.unit else not above)
            )
            and (focus.zone is None or (focus.zone in asset.all_zones() if focus.zone else not asset.all_zones()))
            and (focus.kind is None or asset.kind == focus.kind)
        )

    def cell(self, measure: str, focus: Focus, *, weighted: bool = False) -> Counter[str]:
        found: Counter[str] = Counter()
        for asset in self.org.assets:
            if self.here(asset, focus):
                row = self.rules.row(measure, asset)
                found[row.state if row else "unknown"] += asset.count * (_weight(asset) if weighted else 1)
        return +found


def _weight(asset: Asset) -> int:
    most = asset.importance
    return 1 if most is None else max(most.confidentiality, most.integrity, most.availability)


def counted(cell: Cell) -> Counter[str]:
    return +Counter({str(state): n for state, n in cell.by_state().items()})


def compiled(org: Organisation) -> Compiled:
    return compile_register(org, catalogue(), vocabulary())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9), st.booleans(), st.sampled_from((None, frozenset({"u1", "u2"}), frozenset({"u3"}))))
def test_cells_are_what_a_loop_over_assets_counts(seed: int, weighted: bool, units: frozenset[str] | None) -> None:
    org = organisation(seed)
    register, loop = compiled(org), Loop(org)
    for axis in ("units", "zones", "kinds"):
        focus = Focus(units=units)
        found = heat.heat(register, MEASURES, axis, focus, weighted=weighted)
        for line in found.lines:
            assert counted(line.whole) == loop.cell(line.measure, focus, weighted=weighted)
            for column, cell in zip(found.columns, line.cells, strict=True):
                inner = msgspec.structs.replace(focus, direct=column.direct, **{axis[:-1]: column.id})
                assert counted(cell) == loop.cell(line.measure, inner, weighted=weighted)
        shown = {column.id for column in found.columns}
        for asset in org.assets:  # nothing that may be seen is left out
            if loop.here(asset, focus) and axis == "zones":
                assert shown.issuperset(asset.all_zones() or ("",))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_below_a_unit_its_parts_add_up_to_it(seed: int) -> None:
    register = compiled(organisation(seed))
    for unit in ("u0", "u1", "u2"):
        found = heat.heat(register, MEASURES, "units", Focus(unit=unit))
        for line in found.lines:
            assert sum((counted(cell) for cell in line.cells), Counter()) == counted(line.whole)
        assert sum(column.assets for column in found.columns) == found.assets


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**9))
def test_rows_that_hold_and_single_assets_agree_with_the_cell(seed: int) -> None:
    org = organisation(seed)
    register, loop = compiled(org), Loop(org)
    for measure in MEASURES:
        parts = heat.holding(register, measure, register.all)
        assert sum(part.assets for part in parts) == register.count(register.all)
        for a, one in enumerate(parts):
            assert all(not one.bits & other.bits for other in parts[a + 1 :])
        for number in heat.numbers(register, register.all):
            asset = register.assets[number]
            row, index = loop.rules.row(measure, asset), heat.row_at(register, measure, number)
            assert heat.state_at(register, measure, number) == (row.state if row else "unknown")
            assert (index is None) == (row is None)
            if row is not None and index is not None:
                assert register.rows.rows[index].scope == row.scope


@pytest.mark.parametrize(
    ("cell", "word"),
    [
        ((2, 0, 0, 0, 1), "full"), ((1, 0, 0, 1, 0), "unknown"), ((0, 0, 3, 0, 2), "none"), ((0, 0, 1, 1, 0), "partial"),
        ((1, 0, 1, 0, 0), "partial"), ((0, 0, 0, 0, 4), "not applicable"), ((0, 0, 0, 2, 2), "unknown"),
    ],
)  # fmt: skip
def test_the_word_of_mixed_states(cell: tuple[int, ...], word: str) -> None:
    full, partial, none, _unknown, inapplicable = cell
    states = ["full"] * full + ["partial"] * partial + ["none"] * none + ["not applicable"] * inapplicable
    raw = {
        "schema": "kizuki/organisation/1", "organisation": {"name": "x"},
        "assets": [{"id": f"a{n}", "name": "a", "kind": "pc"} for n in range(sum(cell))],
        "coverage": [{"measure": "P06", "scope": {"asset": f"a{n}"}, "state": s} for n, s in enumerate(states)],
    }  # fmt: skip
    register = compiled(msgspec.convert(raw, Organisation))
    made = heat.cell(register.cover("P06"), register.all, register.count)
    assert (*made.by_state().values(), made.state) == (*cell, word)


def test_what_weighs_nothing_is_still_a_gap() -> None:
    raw = {
        "schema": "kizuki/organisation/1", "organisation": {"name": "x"},
        "assets": [{"id": "a", "name": "a", "kind": "pc", "importance": {}}],
        "coverage": [{"measure": "P06", "scope": {"all": True}, "state": "none"}],
    }  # fmt: skip
    found = heat.heat(compiled(msgspec.convert(raw, Organisation)), ["P06"], "kinds", Focus(), weighted=True)
    assert found.lines[0].whole == Cell(state="none")


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        (Cell(full=1, none=1, state="partial"), Cell(full=2, state="full"), "better"),
        (Cell(full=2, none=2, state="partial"), Cell(full=1, none=1, state="partial"), "same"),
        (Cell(full=1, none=1, state="partial"), Cell(full=1, none=2, state="partial"), "worse"),
        (Cell(full=1, none=1, state="partial"), Cell(partial=2, state="partial"), "mixed"),
        (Cell(unknown=2, state="unknown"), Cell(none=2, state="none"), "known"),
        (Cell(), Cell(none=1, state="none"), "new"),
        (Cell(none=1, state="none"), Cell(), "gone"),
        (None, None, "same"),
    ],
)
def test_how_a_cell_went(before: Cell | None, now: Cell | None, word: str) -> None:
    assert heat.change(before, now) == word


def test_letters_stand_where_closing_the_gap_could_change_the_case() -> None:
    """Case by case: with all gaps of a cell without its letter closed, the case goes exactly as before."""
    from kizuki.kit.library import library_path
    from kizuki.register.engine.read import read
    from kizuki.replay.engine.replay import ready
    from kizuki.replay.engine.stage import Reading
    from kizuki.replay.engine.walk import Walk

    path = library_path() / "demo" / "company.yaml"
    register = compiled(read(path.name, path.read_bytes(), vocabulary=vocabulary(), measures=catalogue()))
    passing = {found.case: found for found in heat.passing(cases(), register)}
    found = heat.heat(register, sorted(register.catalogue), "units", Focus(), passing=passing.values())
    letters = {case for line in found.lines for cell in line.cases for case in cell}
    assert letters
    assert letters <= set(passing)
    for case in cases():
        if case.id not in letters:
            continue
        wide, plan = ready(case, register)
        before = Walk(plan, wide, Reading()).run().key
        bits = {column.id: column.bits for column in heat.columns(wide, "units", Focus())}
        for line in found.lines:
            empty = [c.id for c, there in zip(found.columns, line.cases, strict=True) if case.id not in there]
            shut = {line.measure: sum(bits[id] for id in empty if id in bits)}
            assert Walk(plan, wide, Reading(closed=shut)).run().key == before, (case.id, line.measure)


def test_kinds_of_is_the_reference_of_columns() -> None:
    """A column of kinds holds the exact kind, so that columns do not overlap."""
    register = compiled(organisation(3))
    for column in heat.columns(register, "kinds", Focus()):
        for number in heat.numbers(register, column.bits):
            assert column.id == register.assets[number].kind
            assert column.id in kinds_of(register.assets[number])
