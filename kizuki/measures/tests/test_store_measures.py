"""Own measures: versioned, merged, retired, in files and out again; known wherever the catalogue is used."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import Cast
from kizuki.journal.models import Entry, Revision
from kizuki.kit.text import Text
from kizuki.measures import catalogue, library
from kizuki.measures.actions import (
    Clashed,
    MeasureEdit,
    bring_back_measure,
    import_measures,
    retire_measure,
    store_measures,
)
from kizuki.measures.engine import format
from kizuki.measures.engine.format import Measure, Measures, Power
from kizuki.measures.engine.own import joined, next_id
from kizuki.measures.models import OwnMeasure
from kizuki.register import hooks as register_hooks
from kizuki.register.actions import Edit, Refused, apply
from kizuki.register.models import Organisation


def measure(id: str = "X01", **changes: Any) -> Measure:
    text = Text(ja="日本語", en="English")
    return msgspec.structs.replace(
        Measure(id=id, name=text, short=text, text=text, function="protect", power=Power(stops="yes")), **changes
    )


def stored(*measures: Measure, base: int | None = None) -> list[OwnMeasure]:
    return store_measures(edits=[MeasureEdit(one, base) for one in measures], by="a test")


def test_a_change_is_a_new_version_with_its_revision(db: None) -> None:
    stored(measure())
    stored(measure(cost="low"))
    row = OwnMeasure.objects.get(key="X01")
    assert (row.version, row.read.cost) == (2, "low")
    assert list(
        Revision.objects.filter(room="measures", key="X01").order_by("number").values_list("number", flat=True)
    ) == [1, 2]
    assert stored(measure(cost="low")) == []
    assert Entry.objects.filter(room="measures", verb="stored").count() == 2


def test_two_people_who_change_different_fields_both_keep_theirs(db: None) -> None:
    stored(measure())
    stored(measure(cost="low"), base=1)
    stored(measure(function="detect"), base=1)
    row = OwnMeasure.objects.get(key="X01").read
    assert (row.cost, row.function) == ("low", "detect")


def test_the_same_field_changed_by_two_is_refused_with_both_texts(db: None) -> None:
    stored(measure())
    stored(measure(cost="low"), base=1)
    with pytest.raises(Clashed) as caught:
        stored(measure(cost="high"), base=1)
    clash = caught.value.clashes[0]
    assert (clash.field, clash.base, clash.mine, clash.theirs) == ("cost", None, "high", "low")
    assert OwnMeasure.objects.get(key="X01").version == 2


@pytest.mark.parametrize(
    "wrong",
    [
        measure("P06"), measure("Y01"), measure("X"), measure("x01"), measure(split_from="Z9"), measure(name=Text()),
        measure(text=Text(en="a" * 2001)), measure(power=Power(contains="fences")), measure(power=Power(fences="zone")),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_nothing_is_stored(db: None, wrong: Measure) -> None:
    with pytest.raises(ValidationError):
        stored(measure("X07"), wrong)
    assert not OwnMeasure.objects.exists()


def test_adding_one_whose_id_is_taken_is_refused(db: None) -> None:
    stored(measure())
    with pytest.raises(ValidationError, match="X01"):
        stored(measure(cost="high"), base=0)


def test_a_retired_measure_keeps_its_meaning_and_is_offered_no_more(db: None) -> None:
    (row,) = stored(measure())
    retire_measure(measure=row, version=1, by="a test")
    assert "X01" in catalogue.measures()
    assert "X01" not in catalogue.offered()
    with pytest.raises(Clashed):
        bring_back_measure(measure=row, version=1, by="a test")
    bring_back_measure(measure=row, version=2, by="a test")
    assert "X01" in catalogue.offered()
    stored(measure(cost="low"), base=3)
    assert OwnMeasure.objects.get().read.cost == "low"


def test_the_catalogue_in_force_changes_with_each_change_and_not_the_librarys(db: None) -> None:
    before, states = len(library.catalogue().measures), {catalogue.state()}
    (row,) = stored(measure())
    states.add(catalogue.state())
    retire_measure(measure=row, version=1, by="a test")
    states.add(catalogue.state())
    assert len(states) == 3
    assert len(catalogue.current().measures) == before + 1
    assert len(library.catalogue().measures) == before
    assert catalogue.measures()["X01"].power.stops == "yes"


def test_rooms_above_are_told_of_a_real_change_only(small: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    monkeypatch.setattr(register_hooks, "after_change", [lambda: told.append(1)])
    stored(measure())
    stored(measure())
    assert told == [1]


def test_coverage_may_speak_of_own_measures_only_when_there_are_any(small: Organisation) -> None:
    document = {"measure": "X01", "scope": {"all": True}, "state": "full"}
    with pytest.raises(Refused):
        apply(organisation=small, edits=[Edit("coverage", "X01 all", document)], by="a test")
    stored(measure())
    assert apply(organisation=small, edits=[Edit("coverage", "X01 all", document)], by="a test").created == 1


def test_import_export_import_is_equal(db: None, cast: Cast, signed_in: Any) -> None:
    stored(measure(), measure("X02", split_from="P06", power=Power(contains="fences", fences="link")))
    client = signed_in(cast.manager)
    for query in ("?own", ""):
        raw = client.get(reverse("measures:file") + query).content
        file = format.read("m.yaml", raw, known=catalogue.ids())
        stored(measure(cost="high"), measure("X02", function="detect"))
        assert client.get(reverse("measures:file") + query).content != raw
        assert import_measures(given=file, by="a test") == (2, 0)
        assert client.get(reverse("measures:file") + query).content == raw
        assert import_measures(given=file, by="a test") == (0, 2)


def test_a_file_that_changes_the_librarys_measures_is_refused_as_a_whole(db: None) -> None:
    mine = measure("X01")
    theirs = msgspec.structs.replace(library.measures()["P06"], cost="low")
    with pytest.raises(ValidationError, match="P06"):
        import_measures(given=Measures("kizuki/measures/1", (mine, theirs)), by="a test")
    assert not OwnMeasure.objects.exists()
    kept = library.measures()["P06"]
    assert import_measures(given=Measures("kizuki/measures/1", (mine, kept)), by="a test") == (1, 0)


def test_the_library_wins_over_an_own_measure_of_its_id() -> None:
    whole = joined(library.catalogue(), [measure("P06"), measure("X02"), measure("X01")])
    assert whole.by_id()["P06"] == library.measures()["P06"]
    assert [one.id for one in whole.measures][-2:] == ["X01", "X02"]
    assert next_id(["X01", "X09", "XA"]) == "X10"


def fields(**changes: str) -> dict[str, str]:
    return {
        "id": "X01", "name_en": "Two pairs of eyes", "name_ja": "", "short_en": "Four eyes", "text_en": "Two approve.",
        "function": "protect", "stops": "hinders", "contains": "no", "delay": "no", "basis": "judgement", "cost": "low",
        "base": "0", **changes,
    }  # fmt: skip


def test_a_manager_adds_and_changes_one_by_form(cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert client.post(reverse("measures:own_add"), fields()).status_code == 302
    address = reverse("measures:own_edit", args=["X01"])
    page = client.get(address).content.decode()
    assert "Two pairs of eyes" in page
    client.post(address, fields(base="1", cost="high"))
    assert OwnMeasure.objects.get().read.cost == "high"
    stale = client.post(address, fields(base="1", cost="medium", name_en="Typed anew"))
    assert stale.status_code == 200
    assert "Typed anew" in stale.content.decode()
    assert OwnMeasure.objects.get().version == 2
    assert 'name="base" value="2"' in stale.content.decode()
    assert client.get(reverse("measures:measure", args=["X01"])).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"id": "P06"}, {"name_en": ""}, {"contains": "fences"}, {"fences": "zone"}, {"split_from": "NO"}, {"cost": "x"}],
)
def test_a_form_that_cannot_be_meant_comes_back_as_typed(cast: Cast, signed_in: Any, wrong: dict[str, str]) -> None:
    response = signed_in(cast.manager).post(reverse("measures:own_add"), fields(text_en="Kept text", **wrong))
    assert response.status_code == 200
    assert "Kept text" in response.content.decode()
    assert not OwnMeasure.objects.exists()


@pytest.mark.parametrize(
    "raw", [b"", b"schema: kizuki/case/1", b"\x89PNG", b"schema: kizuki/measures/1\nmeasures: [{id: X}]"]
)
def test_a_broken_file_is_refused(cast: Cast, signed_in: Any, raw: bytes) -> None:
    response = signed_in(cast.manager).post(reverse("measures:own_import"), {"file": SimpleUploadedFile("m.yaml", raw)})
    assert response.status_code == 422
