"""Reading a case file: order of steps, places of faults, and what the kinds of case allow."""

from __future__ import annotations

from typing import Any

import pytest

from kizuki.casebook.engine.format import Case
from kizuki.casebook.engine.read import afters, read
from kizuki.kit.document import BadFile, dump
from kizuki.measures.library import catalogue
from kizuki.register.library import vocabulary

TEXT = {"en": "x"}


def step(id: str, **more: Any) -> dict[str, Any]:
    return {"id": id, "text": TEXT, "via": "local", "effect": "access", "targets": {"kinds": ["server"]}, **more}


def made(**more: Any) -> dict[str, Any]:
    return {
        "schema": "kizuki/case/1", "id": "one", "kind": "casebook", "source": {"title": TEXT, "publisher": "P"}, "tlp": "clear",
        "title": TEXT, "organisation": {"label": TEXT, "sector": "not stated", "size": "not stated"}, "causes": "not stated",
        "level": "not stated", "attack": [step("A"), step("B"), step("C")], **more,
    }  # fmt: skip


def load(raw: dict[str, Any]) -> Case:
    return read("case.yaml", dump(raw).encode(), vocabulary=vocabulary(), measures=catalogue())


def faults(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(BadFile) as caught:
        load(raw)
    return [fault.message for fault in caught.value.faults]


def test_a_step_comes_after_the_one_before_unless_it_says_otherwise() -> None:
    case = load(made(attack=[step("A", after=[]), step("B"), step("C", after=["A"]), step("D", after=[])]))
    assert afters(case.attack) == {"A": (), "B": ("A",), "C": ("A",), "D": ()}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"attack": [step("A", after=["B"]), step("B", after=["A"])]},
         ["the step A comes after itself; name only steps that come before it",
          "the step B comes after itself; name only steps that come before it"]),
        ({"attack": [step("A", contain=[{"measure": "C01", "stated": True}])]},
         ["C01 neither isolates nor fences; name it under soften"]),
        ({"attack": [step("A", prevent=[{"measure": "P6", "stated": True}])]},
         ["“P6” is not a known measure; did you mean “P16”?"]),
        ({"kind": "public-report", "attack": [step("A"), step("B", after=["A"])]},
         ["the actions of a public report have no order; leave “after” out"]),
        ({"attack": []}, ["a case of the casebook has attack steps; add them, or write kind: study"]),
        ({"attack": [step("A", targets={"kinds": ["sever"]})]}, ["“sever” is not a known kind of asset; did you mean “server”?"]),
    ],
)  # fmt: skip
def test_each_fault_says_what_would_be_right(change: dict[str, Any], told: list[str]) -> None:
    assert faults(made(**change)) == told


def test_a_measure_may_be_asked_at_the_source_and_at_the_target() -> None:
    bears = [{"measure": "P08", "stated": True, "at": "source"}, {"measure": "P08", "stated": True}]
    assert len(load(made(attack=[step("A", prevent=bears)])).attack[0].prevent) == 2
    assert faults(made(attack=[step("A", prevent=[bears[1], bears[1]])])) == [
        "P08 is named twice under prevent; name it once"
    ]
