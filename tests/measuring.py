"""What the addresses of files and measures hold in the tests that walk all routes, and what a person would send there."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kizuki.files.actions import store_file
from kizuki.files.models import File
from kizuki.kit.text import Text
from kizuki.measures.actions import MeasureEdit, make_link, propose, retire_measure, start_round, store_measures
from kizuki.measures.actions.proposals import Said
from kizuki.measures.actions.rounds import Asked
from kizuki.measures.engine.format import Measure, Power
from kizuki.measures.models import OwnMeasure, Part, Proposal, Round
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.format import Scope
from kizuki.register.models import Coverage
from tests.conftest import World

NOBODY = 999_999_999
ROW = "P06 unit=plant1 kind=iot"
OWN = b"schema: kizuki/measures/1\nmeasures:\n- {id: X07, name: {en: N}, short: {en: S}, text: {en: T}, function: detect, power: {}}\n"
TABLE = b"measure,unit,state\nP01,plant1,partial\n"


def row(world: World) -> Coverage:
    """A row of coverage with a file as its evidence."""
    found = Coverage.objects.filter(key=ROW, deleted_at=None).first()
    if found is None:
        file = store_file(upload=SimpleUploadedFile("seen.txt", b"seen"), by="test")
        document = {
            "measure": "P06", "scope": {"unit": "plant1", "kind": "iot"}, "state": "full", "files": [file.digest],
            "evidence": {"ja": "確認済み", "en": "Seen"}, "link": "https://example.org/1",
        }  # fmt: skip
        apply(organisation=world.company, edits=[Edit("coverage", ROW, document)], by="test")
        found = Coverage.objects.get(key=ROW)
    return found  # type: ignore[return-value]


def own_measure() -> OwnMeasure:
    found = OwnMeasure.objects.filter(key="X01").first()
    if found is None:
        text = Text(ja="二人で承認", en="Two people approve")
        one = Measure(id="X01", name=text, short=text, text=text, function="protect", power=Power(stops="hinders"))
        (found,) = store_measures(edits=[MeasureEdit(one)], by="test")
    return found


def round_of() -> Round:
    found = Round.objects.first()
    if found is None:
        units = [("plant1", "第一工場", "Plant 1"), ("plant2", "第二工場", "Plant 2")]
        asked = [Asked(unit, ja, en, "", "ja", ("P01", "P06")) for unit, ja, en in units]
        due = timezone.localdate() + timedelta(days=20)
        found = start_round(title="2026", due=due, measures=(), asked=asked, by="test")
    return found


def part() -> Part:
    return Part.objects.select_related("round").get(round=round_of(), unit="plant1")


def proposal(by: Any) -> Proposal:
    found = Proposal.objects.filter(person=by).first()
    said = Said("partial", "2026")
    return found or propose(measure="P02", unit="plant1", scope=Scope(unit="plant1"), said=said, by=by, language="en")


def arguments(world: World, route: str, obj: str, who: str) -> dict[str, Any]:
    """What the address holds for this object, as this person would come by it."""
    name = route.partition(":")[2]
    mine, other = world.people[who if who in world.people else "manager"], world.people["other"]
    if route == "files:file":
        row(world)
        return {"digest": File.objects.get(name="seen.txt").digest if obj == "own" else "0" * 64}
    if name == "measure":
        return {"id": "P01" if obj == "own" else "X99"}
    if name.startswith("own_"):
        one = own_measure()
        if name == "own_restore" and one.retired_at is None:
            retire_measure(measure=one, version=one.version, by="test")
        return {"id": "X01" if obj == "own" else "X99"}
    if name in ("proposal", "send_back", "withdraw"):
        made = {"own": lambda: proposal(mine).pk, "foreign": lambda: proposal(other).pk, "missing": lambda: NOBODY}
        return {"pk": made[obj]()}
    if name.startswith("row"):
        return {"pk": row(world).pk if obj == "own" else NOBODY}
    if name.startswith("round"):
        return {"pk": round_of().pk if obj == "own" else NOBODY}
    if name in ("make_link", "revoke_link"):
        return {"pk": part().pk if obj == "own" else NOBODY}
    token = "no-such-link" if obj == "missing" else make_link(part=part(), by="test")
    asked = {"measure": "P06" if obj == "own" else "P09"} if name == "question" else {}
    return {"token": token, **asked}


def sent(world: World, route: str) -> dict[str, Any]:
    """What a person would send there."""
    name = route.partition(":")[2]
    texts = {"name_en": "N", "short_en": "S", "text_en": "T"}
    power = {"function": "detect", "stops": "no", "contains": "no", "delay": "no", "basis": "judgement", "cost": "low"}
    due = (timezone.localdate() + timedelta(days=9)).isoformat()
    forms: dict[str, dict[str, Any]] = {
        "own_add": {"id": "X08", "base": "0", **texts, **power},
        "own_edit": {"base": "1", **texts, **power},
        "own_retire": {"version": "1"}, "own_restore": {"version": "2"},
        "own_import": {"file": SimpleUploadedFile("own.yaml", OWN)},
        "row_add": {"measure": "P01", "unit": "plant2", "kind": "iot", "state": "none", "base": "0"},
        "row_edit": {"state": "none", "base": "1"},
        **{name: {"version": "1"} for name in ("row_remove", "row_verify", "row_undo")},
        "table_import": {"file": SimpleUploadedFile("coverage.csv", TABLE)},
        "proposal": {"state": "full", "base": "0", "version": "1"},
        "send_back": {"remark": "More", "version": "1"},
        "round_start": {"title": "New", "due": due, "which": "matters", "units": ["plant1"]},
        "answer_name": {"name": "Mari"},
        "question": {"state": "full", "evidence": "Seen"},
    }  # fmt: skip
    return forms.get(name, {})
