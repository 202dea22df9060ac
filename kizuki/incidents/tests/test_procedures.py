"""Procedures: those of the library, own ones in their place, and what a file must be."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from django.core.exceptions import ValidationError

from conftest import Cast
from kizuki.incidents import actions
from kizuki.incidents.actions import Stale
from kizuki.incidents.choices import Kind
from kizuki.incidents.engine import procedure as engine
from kizuki.incidents.engine.procedure import Procedure
from kizuki.incidents.models import OwnProcedure
from kizuki.incidents.procedures import find, in_force, library_ids, of_library, offered
from kizuki.journal.actions import verify
from kizuki.journal.models import Entry, Revision
from kizuki.kit.document import BadFile, dump
from kizuki.kit.library import library_path
from kizuki.kit.text import Text
from kizuki.measures.library import measures
from kizuki.register.models import Organisation


def own(id: str = "ransomware", title: str = "Ours") -> Procedure:
    """A procedure of the organisation, made of the library's."""
    base = of_library("ransomware")
    assert base is not None
    return msgspec.structs.replace(base, id=id, title=Text(ja=title, en=title), phases=base.phases[:1])


def test_the_library_has_a_procedure_for_every_kind() -> None:
    assert set(library_ids()) == set(Kind.values) - {Kind.OTHER}
    for id in library_ids():
        found = of_library(id)
        assert found is not None
        assert (found.id, found.kind) == (id, id)
        for text in [found.title, found.about, *(step.text for step in found.steps())]:
            assert not text.missing("ja")
            assert not text.missing("en")


def test_an_id_leads_to_no_other_file(db: None) -> None:
    for id in ("../measures", "ransomware.yaml", "", "RANSOMWARE"):
        assert of_library(id) is None
        assert find(id) is None


def test_an_own_procedure_takes_the_place_of_the_librarys(small: Organisation, cast: Cast) -> None:
    actions.store_procedure(procedure=own(), base=0, by=cast.manager)
    actions.store_procedure(procedure=own("at-sea", "Ships"), base=0, by=cast.manager)
    found = find("ransomware")
    assert found is not None
    assert found.own is not None
    assert found.procedure.title.en == "Ours"
    ids = [one.procedure.id for one in offered()]
    assert (ids.count("ransomware"), ids.count("at-sea"), len(ids)) == (1, 1, len(library_ids()) + 1)
    assert [one.id for one in in_force()] == ids


def test_retired_and_brought_back(small: Organisation, cast: Cast) -> None:
    row = actions.store_procedure(procedure=own(), base=0, by=cast.manager)
    other = actions.store_procedure(procedure=own("at-sea"), base=0, by=cast.manager)
    for one in (row, other):
        actions.retire_procedure(row=one, version=1, by=cast.manager)
    again, kept = find("ransomware"), find("at-sea")
    assert again is not None
    assert again.own is None, "the library's is in force again"
    assert kept is not None
    assert not kept.in_force
    assert "at-sea" not in [one.id for one in in_force()]
    assert [one.procedure.id for one in offered()][-2:] == ["at-sea", "ransomware"]
    actions.bring_back_procedure(row=row, version=2, by=cast.manager)
    assert (found := find("ransomware")) is not None
    assert found.own == row
    verbs = Entry.objects.filter(room="incidents").order_by("seq").values_list("verb", flat=True)
    assert list(verbs)[-3:] == ["retired_procedure", "retired_procedure", "brought_back_procedure"]


def test_storing_an_own_procedure(small: Organisation, cast: Cast) -> None:
    row = actions.store_procedure(procedure=own(), base=0, by=cast.manager)
    entries = Entry.objects.count()
    assert actions.store_procedure(procedure=own(), base=0, by=cast.manager).version == 1, "sent twice"
    assert Entry.objects.count() == entries
    with pytest.raises(Stale) as caught:
        actions.store_procedure(procedure=own(title="Others"), base=0, by=cast.responder)
    assert caught.value.row == row
    row = actions.store_procedure(procedure=own(title="Others"), base=1, by=cast.manager)
    assert (row.version, row.read.title.en) == (2, "Others")
    actions.retire_procedure(row=row, version=2, by=cast.manager)
    row = actions.store_procedure(procedure=own(title="Others"), base=3, by=cast.manager)
    assert (row.version, row.retired_at) == (4, None)
    kept = Revision.objects.filter(room="incidents", key="ransomware").order_by("number")
    assert [revision.number for revision in kept] == [1, 2, 3, 4]
    assert verify().whole


@pytest.mark.parametrize("act", ["retire_procedure", "bring_back_procedure"])
def test_who_comes_second_turns_nothing(act: str, small: Organisation, cast: Cast) -> None:
    row = actions.store_procedure(procedure=own(), base=0, by=cast.manager)
    if act == "bring_back_procedure":
        actions.retire_procedure(row=row, version=1, by=cast.manager)
    for version in (0, row.version + 1):
        with pytest.raises(Stale):
            getattr(actions, act)(row=OwnProcedure.objects.get(), version=version, by=cast.manager)
    getattr(actions, act)(row=row, version=row.version, by=cast.manager)
    with pytest.raises(Stale):
        getattr(actions, act)(row=row, version=row.version, by=cast.manager)


def test_the_librarys_own_is_not_stored_again(small: Organisation, cast: Cast) -> None:
    found = of_library("insider")
    assert found is not None
    with pytest.raises(ValidationError, match="library's procedure as it is"):
        actions.store_procedure(procedure=found, base=0, by=cast.manager)


def test_a_procedure_comes_back_from_its_file_as_it_was() -> None:
    for id in library_ids():
        found = of_library(id)
        assert engine.read("x.yaml", dump(found).encode(), measures=frozenset(measures())) == found


FAULTS = {
    "id: ransomware": ("id: import", "address of a page"),
    "kind: ransomware": ("kind: plague", "is not one of"),
    "measures: [R04, R13, R01]": ("measures: [R04, Z99]", "no measure “Z99”"),
    "- id: save-backups": ("- id: take-report", "“take-report” is there twice"),
    "within: 15": ("within: 0", "out of range"),
    "ja: 通報を受け、記録を始める": (f"ja: {'長' * 301}", "longer than 300"),
    "name: {ja: 最初の1時間": (f"name: {{ja: {'長' * 201}", "longer than 200"),
}


@pytest.mark.parametrize("good", FAULTS)
def test_faults_are_named_with_their_line(good: str) -> None:
    bad, message = FAULTS[good]
    text = (library_path() / "playbooks" / "ransomware.yaml").read_text(encoding="utf-8")
    assert good in text
    line = text[: text.index(good)].count("\n") + 1
    with pytest.raises(BadFile) as caught:
        engine.read("r.yaml", text.replace(good, bad, 1).encode(), measures=frozenset(measures()))
    found = [fault for fault in caught.value.faults if message in fault.message]
    assert found, caught.value
    assert found[0].line == line


def test_a_step_needs_only_what_comes_before_it() -> None:
    found = of_library("ransomware")
    assert found is not None
    first = found.phases[0]
    steps = (msgspec.structs.replace(first.steps[0], needs=("nowhere",)), *first.steps[1:])
    bad = msgspec.structs.replace(found, phases=(msgspec.structs.replace(first, steps=steps), *found.phases[1:]))
    with pytest.raises(BadFile, match="no step “nowhere” before this one"):
        engine.read("r.yaml", dump(bad).encode(), measures=frozenset(measures()))


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="larger than 1 MB"):
        engine.read("r.yaml", b"#" * (engine.MOST_BYTES + 1), measures=frozenset())
