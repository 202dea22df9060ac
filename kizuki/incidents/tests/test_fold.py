"""An incident as of any moment: what was known then, and nothing of what came later."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import Cast
from kizuki.incidents import actions
from kizuki.incidents.engine.fold import COLUMNS, Member, Reached, Row, State, known, state_at, state_now
from kizuki.incidents.models import Entry, Incident, MilestoneAt
from kizuki.register.models import Asset, Organisation

#: A busy machine is no fault of what is tried.
UNHURRIED = settings(deadline=None)
BEGIN = datetime(2026, 11, 22, 5, tzinfo=UTC)


def at(minute: float) -> datetime:
    return BEGIN + timedelta(minutes=minute)


def row(
    seq: int, auto: str = "", id: str = "", corrects: int | None = None, withdrawn: bool = False, **values: Any
) -> Row:
    """The entry that was written down in minute `seq`, about something that happened an hour before."""
    data = {"id": id, "set": values} if auto else {}
    return Row(seq, at(seq), at(seq - 60), "Hana", auto, data, corrects, withdrawn)


def test_fields_are_as_they_were_said_last() -> None:
    rows = [
        row(1, "opened", title="Odd sign-ins", status="new", severity=0, lead=7),
        row(2, "severity", severity=3, judgement=5, rule=2),
        row(3, "changed", status="containing", stand="3 accounts stopped"),
        row(4, "severity", severity=4, reason="The CEO's account too"),
    ]
    assert state_at(rows, at(0)).fields == {}
    assert state_at(rows, at(1)).fields == {"title": "Odd sign-ins", "status": "new", "severity": 0, "lead": 7}
    assert state_at(rows, at(2.5)).fields["severity"] == 3
    assert state_at(rows, at(3)).fields["status"] == "containing"
    last = state_at(rows, at(9))
    assert last.fields["severity"] == 4
    assert last.judged == {"severity": {"severity": 4, "reason": "The CEO's account too"}}
    assert "reason" not in last.fields
    assert (last.seq, state_at(rows, at(0)).seq) == (4, 0)


def test_what_was_written_down_later_was_not_known_however_early_it_happened() -> None:
    early = Row(2, at(50), at(-600))
    assert state_at([row(1), early], at(49)).timeline == (1,)
    assert state_at([row(1), early], at(50)).timeline == (2, 1)


def test_roles_are_given_handed_over_and_ended() -> None:
    rows = [
        row(1, "opened", lead=7),
        row(2, "role", "21", person=8, name="Jun", role="it", until=None),
        row(3, "role", "22", person=8, name="Jun", role="lead", until=None),
        row(4, "role", "21", until="2026-11-22T05:04:00+00:00", name="Jun", role="it"),
    ]
    opener, jun = Member(7, "Hana", "lead", at(1)), Member(8, "Jun", "it", at(2))
    assert state_at(rows, at(1)).members == (opener,)
    assert state_at(rows, at(2)).members == (opener, jun)
    taken = state_at(rows, at(3))
    assert (taken.members, taken.fields["lead"]) == ((jun, Member(8, "Jun", "lead", at(3))), 8)
    assert [one.role for one in state_at(rows, at(4)).members] == ["lead"]


def test_a_correction_counts_from_when_it_was_written_down() -> None:
    rows = [row(1), row(2), row(3, corrects=1), row(4, corrects=3), row(5, corrects=2, withdrawn=True)]
    assert [state_at(rows, at(n)).timeline for n in range(1, 6)] == [(1,), (1, 2), (2, 3), (2, 4), (4,)]
    last = state_at(rows, at(5))
    assert (last.corrected, last.withdrawn) == ({1: 3, 3: 4}, frozenset({2}))


def test_milestones_go_over_to_corrections_and_are_gone_with_what_is_taken_back() -> None:
    rows = [
        row(1), row(2, "milestone", "contained", entry=1, by=""), row(3, "milestone", "noticed", entry=1, by="day 2"),
        row(4, corrects=1), row(5, "milestone", "noticed", entry=None, by=""), row(6, corrects=4, withdrawn=True),
    ]  # fmt: skip
    assert [state_at(rows, at(n)).milestones for n in range(2, 7)] == [
        {"contained": Reached(1)}, {"contained": Reached(1), "noticed": Reached(1, "day 2")},
        {"contained": Reached(4), "noticed": Reached(4, "day 2")}, {"contained": Reached(4)}, {},
    ]  # fmt: skip


def test_things_are_told_one_by_one_or_several_at_once() -> None:
    rows = [
        row(1, "task", procedure="ransomware", tasks={"1": {"state": "todo", "owner": None}, "2": {"state": "todo"}}),
        row(2, "task", "1", state="done", result="off"),
        row(3, "asset", "files", label="File server", state="affected"),
        row(4, "asset", "files", label="File server", state="contained"),
        row(5, "indicator", "ip:203.0.113.5", state="confirmed", note=""),
        row(6, "decision", "1", question="Stop?", answer="Yes"),
        row(7, "decision", "1", holds=False, text="no longer"),
        row(8, "next", "case-h:3", reason="not here"),
    ]
    last = state_now(rows)
    assert last.tasks == {"1": {"state": "done", "owner": None, "result": "off"}, "2": {"state": "todo"}}
    assert state_at(rows, at(1)).tasks["1"]["state"] == "todo"
    assert state_at(rows, at(3)).assets == {"files": {"label": "File server", "state": "affected"}}
    assert last.assets["files"]["state"] == "contained"
    assert last.indicators == {"ip:203.0.113.5": {"state": "confirmed", "note": ""}}
    assert state_at(rows, at(6)).decisions == {"1": {"question": "Stop?", "answer": "Yes"}}
    assert last.decisions["1"]["holds"] is False
    assert last.dismissed == {"case-h:3": {"reason": "not here"}}


def test_reviews_have_fields_items_and_where_the_same_setting_is() -> None:
    rows = [
        row(1, "review", outcome="No data left"),
        row(2, "review", "l7", part="lessons", text="Tell earlier"),
        row(3, "review", "l7", part="lessons", text="Tell at once"),
        row(4, "review", "P06", setting="P06", found=3),
        row(5, "review", "l7", part="lessons", text=None),
    ]
    assert state_at(rows, at(4)).lessons == {"l7": {"part": "lessons", "text": "Tell at once"}}
    assert state_now(rows).lessons == {}
    assert state_now(rows).settings == {"P06": {"setting": "P06", "found": 3}}
    assert state_now(rows).review == {"outcome": "No data left"}


def test_merged_closed_and_opened_again() -> None:
    merged = [
        row(1, "opened", status="new"),
        row(2, "merged", status="merged", into="INC-2026-001"),
        row(3, "changed", status="analysing", reason="Wrong"),
    ]
    assert state_at(merged, at(2)).fields == {"status": "merged", "into": "INC-2026-001"}
    assert state_now(merged).fields == {"status": "analysing"}
    into: dict[str, Any] = {"from": "INC-2026-002"}
    also: dict[str, Any] = {"from": "INC-2026-003"}
    other = [row(1, "merged", **into), row(2, "merged", **also), row(3, "merged", apart="INC-2026-002")]
    assert state_at(other, at(2)).fields == {"merged": ["INC-2026-002", "INC-2026-003"]}
    assert state_now(other).fields == {"merged": ["INC-2026-003"]}
    assert state_now([row(1, "closed", status="closed", overrides={"lessons": "none"})]).fields == {"status": "closed"}


@pytest.mark.parametrize(
    "data", [{}, {"set": None}, {"set": []}, {"id": None, "set": {}}, {"set": {"tasks": []}}, {"set": {"tasks": None}}]
)
@pytest.mark.parametrize(
    "auto", ["opened", "role", "milestone", "task", "asset", "review", "severity", "merged", "something new"]
)
def test_what_says_nothing_changes_nothing(auto: str, data: dict[str, Any]) -> None:
    state = state_now([Row(1, at(1), at(1), "", auto, data)])
    assert state.timeline == (1,)
    assert state.seq == 1


def test_nothing_is_known_of_nothing() -> None:
    assert state_at([], at(1)) == State(at(1))
    assert state_now([]) == State(None)


def test_what_is_given_back_is_not_shared_with_the_entries() -> None:
    rows = [row(1, "task", "1", state="todo"), row(2, "opened", title="a")]
    before = copy.deepcopy(rows)
    state = state_now(rows)
    state.tasks["1"]["state"] = "done"
    state.fields["title"] = "b"
    assert rows == before
    assert state_now(rows).tasks["1"]["state"] == "todo"


IDS = st.sampled_from(["1", "2", "3"])
DATA: st.SearchStrategy[tuple[str, str, dict[str, Any]]] = st.one_of(
    st.just(("", "", {})),
    st.builds(lambda status, lead: ("opened", "", {"status": status, "lead": lead}), IDS, IDS),
    st.builds(lambda status: ("changed", "", {"status": status}), IDS),
    st.builds(lambda key, state: ("task", key, {"state": state}), IDS, IDS),
    st.builds(lambda key, state: ("task", "", {"tasks": {key: {"state": state}}}), IDS, IDS),
    st.builds(
        lambda key, person, role: ("role", key, {"person": person, "name": person, "role": role, "until": None}), IDS, IDS,
        st.sampled_from(["lead", "it"]),
    ),
    st.builds(lambda key: ("role", key, {"until": "x"}), IDS),
    st.builds(lambda name, entry: ("milestone", name, {"entry": entry}), IDS, st.none() | st.integers(1, 6)),
)  # fmt: skip


@st.composite
def timelines(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    standing: list[int] = []
    for seq in range(1, draw(st.integers(1, 14)) + 1):
        auto, id, values = draw(DATA)
        auto = "changed" if auto == "opened" and seq > 1 else auto  # an incident is opened once, before all else
        corrects = draw(st.sampled_from(standing)) if not auto and standing and draw(st.booleans()) else None
        withdrawn = corrects is not None and draw(st.booleans())
        if corrects is not None:
            standing.remove(corrects)
        if not auto and not withdrawn:
            standing.append(seq)
        data = {"id": id, "set": values} if auto else {}
        rows.append(Row(seq, at(seq // 2), at(draw(st.integers(-99, 99))), "Hana", auto, data, corrects, withdrawn))
    return rows


@UNHURRIED
@given(timelines(), st.randoms(), st.integers(0, 9))
def test_the_order_of_the_input_does_not_matter(rows: list[Row], random: Any, minute: int) -> None:
    shuffled = rows[:]
    random.shuffle(shuffled)
    assert state_at(shuffled, at(minute)) == state_at(rows, at(minute))
    assert state_now(iter(shuffled)) == state_now(rows)


@UNHURRIED
@given(timelines(), st.integers(0, 9))
def test_a_moment_is_the_fold_of_what_was_known_then_and_the_last_that_of_all(rows: list[Row], minute: int) -> None:
    then = known(rows, at(minute))
    assert state_at(rows, at(minute)) == state_at(then, at(minute))
    assert [one.seq for one in then] == list(range(1, len(then) + 1))
    last = state_at(rows, at(10_000))
    assert {**_parts(last), "moment": None} == {**_parts(state_now(rows)), "moment": None}


@UNHURRIED
@given(timelines())
def test_each_entry_stands_was_corrected_taken_back_or_takes_one_back(rows: list[Row]) -> None:
    state = state_now(rows)
    groups = [
        set(state.timeline),
        set(state.corrected),
        set(state.withdrawn),
        {one.seq for one in rows if one.withdrawn},
    ]
    assert set.union(*groups) == {one.seq for one in rows}
    assert sum(map(len, groups)) == len(rows)
    assert sum(one.role == "lead" for one in state.members) <= 1
    sorts = {one.seq: (one.sort, one.seq) for one in rows}
    assert list(state.timeline) == sorted(state.timeline, key=sorts.__getitem__)


def _parts(state: State) -> dict[str, Any]:
    return {name: getattr(state, name) for name in State.__struct_fields__}


def _now(incident: Incident) -> dict[str, Any]:
    """What the database holds, in the words of the fold."""
    row = Incident.objects.get(pk=incident.pk)
    own = ("title", "stand", "kind", "status", "severity", "tlp", "restricted", "exercise", "zone")
    standing = Entry.objects.filter(incident=row, corrections=None, withdrawn=False).order_by("sort", "seq")
    return {
        "fields": {**{name: getattr(row, name) for name in own}, "lead": row.lead_id, "day_one": row.day_one.isoformat()},
        "members": {(one.person_id, one.role) for one in row.members.filter(until=None)},
        "tasks": {str(one.number): (one.state, one.title_en, one.owner_id, one.result) for one in row.tasks.all()},
        "decisions": {str(one.number): (one.question, one.answer) for one in row.decisions.all()},
        "indicators": {f"{one.kind}:{one.value}": one.state for one in row.indicators.exclude(state="proposed")},
        "assets": {one.key: (one.label_en, one.state) for one in row.assets.all()},
        "files": {one.file.digest: one.name for one in row.files.all()},
        "milestones": {one.name: (one.entry.seq, one.by) for one in MilestoneAt.objects.filter(incident=row)},
        "timeline": list(standing.values_list("seq", flat=True)),
        "seq": row.last_seq,
    }  # fmt: skip


def _folded(state: State) -> dict[str, Any]:
    own = _OWN
    return {
        "fields": {name: state.fields[name] for name in own},
        "members": {(one.person, one.role) for one in state.members},
        "tasks": {
            key: (one["state"], one["title_en"], one["owner"], one["result"]) for key, one in state.tasks.items()
        },
        "decisions": {key: (one["question"], one["answer"]) for key, one in state.decisions.items()},
        "indicators": {key: one["state"] for key, one in state.indicators.items()},
        "assets": {key: (one["label_en"], one["state"]) for key, one in state.assets.items()},
        "files": {key: one["name"] for key, one in state.files.items()},
        "milestones": {name: (one.entry, one.by) for name, one in state.milestones.items()},
        "timeline": list(state.timeline),
        "seq": state.seq,
    }


_OWN = ("title", "stand", "kind", "status", "severity", "tlp", "restricted", "exercise", "zone", "lead", "day_one")


def _acts(incident: Incident, cast: Cast, key: str) -> list[Callable[[], Any]]:
    """What a team does in an incident, one act after the other."""
    entry: dict[str, Entry] = {}
    lead, it = cast.responder, cast.manager
    values: dict[str, Any] = {"incident": incident, "by": lead}

    def enter(name: str, **more: Any) -> None:
        entry[name] = actions.add_entry(**values, **{"text": name, "lane": "it", "kind": "contain", **more})

    def correct(name: str, new: str) -> None:
        entry[new] = actions.correct_entry(entry=entry[name], text=new, lane="it", kind="contain", by=lead)

    def task(number: int) -> Any:
        return incident.tasks.get(number=number)

    return [
        lambda: enter("alert", milestone="noticed"),
        lambda: actions.change_incident(incident=incident, version=incident.version, by=lead, status="containing", stand="Three stopped"),
        lambda: actions.set_severity(incident=incident, severity=3, reason="Keys", by=lead),
        lambda: actions.give_role(incident=incident, person=it, role="it", by=lead),
        lambda: actions.add_task(title="Stop the account", **values),
        lambda: actions.take_task(task=task(1), version=task(1).version, by=it),
        lambda: enter("isolated", milestone="contained", at="2026-11-01T10:00+09:00"),
        lambda: actions.add_asset(key=key, **values),
        lambda: actions.add_indicators(text="203[.]0[.]113[.]5 hxxp://evil[.]example/a", **values),
        lambda: correct("isolated", "isolated two"),
        lambda: actions.add_decision(
            question="Stop the mail?", options=["Yes", "No"], chosen=0, reason="Spreads", decided_by="CISO", **values
        ),
        lambda: actions.finish_task(task=task(1), version=task(1).version, result="Stopped", by=it),
        lambda: actions.set_asset_state(asset=incident.assets.get(), state="contained", version=1, by=lead),
        lambda: actions.give_role(incident=incident, person=it, role="lead", by=lead),
        lambda: actions.judge_indicator(indicator=incident.indicators.get(kind="ip"), state="rejected", version=1, by=lead),
        lambda: actions.keep_file(upload=SimpleUploadedFile("log.txt", b"a line"), **values),
        lambda: actions.withdraw_entry(entry=entry["alert"], reason="a test of ours", by=lead),
        lambda: actions.end_role(member=incident.members.get(role="it", until=None), by=lead),
        lambda: enter("closing", at="day 1"),
        lambda: actions.clear_milestone(name="contained", **values),
    ]  # fmt: skip


def test_every_state_through_which_an_incident_went_can_be_seen_again(
    small: Organisation, cast: Cast, incident: Incident
) -> None:
    key = Asset.objects.filter(organisation=small).values_list("key", flat=True)[0]
    seen: list[tuple[datetime, dict[str, Any]]] = []
    for act in (lambda: None, *_acts(incident, cast, key)):
        act()
        last = Entry.objects.filter(incident=incident).latest("seq")
        seen.append((last.recorded_at, _now(incident)))
    rows = [Row(*values) for values in Entry.objects.filter(incident=incident).values_list(*COLUMNS)]
    assert len({moment for moment, _state in seen}) == len(seen)
    for moment, state in seen:
        assert _folded(state_at(reversed(rows), moment)) == state
    assert _folded(state_now(rows)) == seen[-1][1]
    assert state_at(rows, seen[0][0] - timedelta(microseconds=1)).seq == 0
