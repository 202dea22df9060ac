"""The chain as plain Python: whatever is changed is found at its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kizuki.journal.engine.chain import START, Link, Reason, canonical, digest, verify

MOMENT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def chain(count: int) -> list[Link]:
    links: list[Link] = []
    for seq in range(1, count + 1):
        link = Link(
            seq=seq, at=MOMENT + timedelta(seconds=seq), actor_id="1", actor_name="斎木", room="journal", verb="try",
            object_type="", object_id="", object_label="", data=canonical({"n": seq}),
            previous=links[-1].hash if links else START,
        )  # fmt: skip
        links.append(replace(link, hash=digest(link)))
    return links


def test_an_empty_chain_is_whole() -> None:
    assert verify([]).whole


@given(st.integers(1, 8), st.data())
def test_any_changed_text_is_found_at_its_place(count: int, data: st.DataObject) -> None:
    links = chain(count)
    place = data.draw(st.integers(0, count - 1))
    field = data.draw(st.sampled_from(["actor_name", "room", "verb", "object_label", "data", "actor_id"]))
    text = data.draw(st.text(max_size=8).filter(lambda value: value != getattr(links[place], field)))
    try:
        text.encode()
    except UnicodeEncodeError:
        text = "x" + getattr(links[place], field)
    changes: dict[str, Any] = {field: text}
    links[place] = replace(links[place], **changes)
    fault = verify(links).fault
    assert fault is not None
    assert (fault.seq, fault.reason) == (place + 1, Reason.HASH)


@given(st.integers(2, 8), st.data())
def test_a_removed_link_is_found(count: int, data: st.DataObject) -> None:
    links = chain(count)
    place = data.draw(st.integers(0, count - 2))
    del links[place]
    fault = verify(links).fault
    assert fault is not None
    assert (fault.seq, fault.reason) == (place + 1, Reason.GAP)


def test_a_rewritten_link_breaks_the_next() -> None:
    links = chain(4)
    forged = replace(links[1], verb="forged")
    links[1] = replace(forged, hash=digest(forged))
    fault = verify(links).fault
    assert fault is not None
    assert (fault.seq, fault.reason) == (3, Reason.PREVIOUS)


def test_swapped_links_are_found() -> None:
    links = chain(4)
    links[1], links[2] = links[2], links[1]
    fault = verify(links).fault
    assert fault is not None
    assert fault.reason is Reason.GAP


def test_fields_cannot_run_into_each_other() -> None:
    link = chain(1)[0]
    assert digest(replace(link, room="ab", verb="c")) != digest(replace(link, room="a", verb="bc"))
