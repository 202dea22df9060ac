"""Columns of the timeline, and hand-overs as lines."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kizuki.incidents.engine.lanes import COLUMNS, Link, Step, Strokes, column_of, columns, links, strokes

LANES = ("attacker", "executive", "communications", "security", "it", "business", "external")
steps = st.lists(
    st.tuples(st.sampled_from(LANES), st.lists(st.sampled_from(LANES), max_size=2, unique=True), st.booleans()),
    max_size=25,
).map(lambda rows: [Step(n, lane, tuple(to), quiet) for n, (lane, to, quiet) in enumerate(rows, 1)])


def test_the_attacker_has_a_column_once_anything_is_known_of_it() -> None:
    assert columns({"it"}) == COLUMNS[1:]
    assert columns({"it", "attacker"}) == COLUMNS
    assert [column_of(lane, COLUMNS) for lane in LANES] == [0, 1, 1, 2, 3, 4, 4]


def test_who_hands_over_to_whom() -> None:
    rows = [
        Step(1, "external", ("security",)), Step(2, "it", (), quiet=True), Step(3, "business"), Step(4, "security", ("it", "executive")),
        Step(5, "it"), Step(6, "security", ("security",)),
    ]  # fmt: skip
    made = links(rows)
    assert made == [Link(1, "security", 4), Link(4, "it", 5), Link(4, "executive", None)]
    drawn = strokes([1, 2, 3, 4, 5, 6], made, columns({"it"}))
    assert drawn[1] == Strokes(out=(1,))
    assert drawn[2] == drawn[3] == Strokes(through=(1,))
    assert drawn[4] == Strokes(out=(2,), waiting=(0,), arriving=(1,))
    assert drawn[5] == Strokes(arriving=(2,))
    assert drawn[6] == Strokes()


def test_what_is_not_shown_is_not_promised() -> None:
    made = [Link(1, "security", 4), Link(4, "it", 9)]
    drawn = strokes([4, 5], made, columns({"it"}))
    assert drawn[4] == Strokes(waiting=(2,), arriving=(1,))
    assert drawn[5] == Strokes()


@given(steps)
def test_every_hand_over_that_leaves_arrives(rows: list[Step]) -> None:
    shown = columns({row.lane for row in rows} | {lane for row in rows for lane in row.handover})
    drawn = strokes([row.seq for row in rows], links(rows), shown)
    open_columns: set[int] = set()
    for row in rows:
        mine = drawn[row.seq]
        assert set(mine.through) | set(mine.arriving) == open_columns, "a line neither begins nor ends in the air"
        open_columns = (open_columns - set(mine.arriving)) | set(mine.through) | set(mine.out)
        if row.quiet:
            assert (mine.out, mine.waiting, mine.arriving) == ((), (), ())
    assert not open_columns


@given(steps)
def test_each_hand_over_is_taken_up_by_the_next_of_its_lane(rows: list[Step]) -> None:
    by_seq = {row.seq: row for row in rows}
    for link in links(rows):
        later = [row for row in rows if row.seq > link.giver and row.lane == link.lane and not row.quiet]
        assert link.to == (later[0].seq if later else None)
        assert link.lane != by_seq[link.giver].lane
