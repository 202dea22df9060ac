"""The order in which records are written: each after what it waits for, and together only what waits for each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kizuki.register.engine.order import lumps

THINGS = range(8)
WAITS = st.dictionaries(st.sampled_from(THINGS), st.sets(st.sampled_from(range(10)), max_size=4))


def reached(start: int, waits: dict[int, set[int]]) -> set[int]:
    """All that a thing waits for, by way of others as well."""
    found: set[int] = set()
    open_ = [start]
    while open_:
        new = [n for n in waits.get(open_.pop(), ()) if n in THINGS and n not in found]
        found.update(new)
        open_ += new
    return found


@given(st.permutations(THINGS), WAITS)
def test_each_comes_after_what_it_waits_for_and_only_rings_come_together(
    things: list[int], waits: dict[int, set[int]]
) -> None:
    made = list(lumps(things, waits))
    assert sorted(n for lump in made for n in lump) == list(THINGS)
    for at, lump in enumerate(made):
        before = {n for earlier in made[:at] for n in earlier}
        for n in lump:
            assert reached(n, waits) <= before | set(lump)
            assert set(lump) <= reached(n, waits) | {n}


def test_without_waiting_the_given_order_stays() -> None:
    assert list(lumps(["b", "a", "c"], {})) == [["b"], ["a"], ["c"]]


def test_a_chain_as_long_as_there_are_things() -> None:
    many = 50_000
    made = list(lumps(range(many), {n: [n + 1] for n in range(many)}))
    assert [lump[0] for lump in made[:2]] == [many - 1, many - 2]
    assert len(made) == many
