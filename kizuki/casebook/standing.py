"""Measures × cases, derived from the items of the library's own cases."""

from __future__ import annotations

import functools
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kizuki.casebook.engine.format import Case
from kizuki.casebook.library import cases
from kizuki.measures.hooks import Said, StepWith
from kizuki.measures.standing import Standing

ROLES: dict[str, Any] = {
    "prevent": _("prevents"),
    "detect": _("detects"),
    "contain": _("contains"),
    "soften": _("softens"),
}

LETTERS = (("mitigations", "H"), ("causes_found", "M"), ("lessons", "L"), ("challenges", "W"))


def of_case(case: Case) -> dict[str, str]:
    """measure → letters, in the order helped, missing, introduced, wished for."""
    found: dict[str, str] = {}
    for part, letter in LETTERS:
        for item in getattr(case, part):
            for measure in item.measures:
                if letter not in found.get(measure, ""):
                    found[measure] = found.get(measure, "") + letter
    return {measure: "".join(x for _, x in LETTERS if x in letters) for measure, letters in found.items()}


@functools.cache
def standing() -> Standing:
    table: Standing = {}
    for case in cases():
        for measure, letters in of_case(case).items():
            table.setdefault(measure, {})[_mark(case)] = letters
    return table


def said_of(id: str) -> list[Said]:
    """What the library's cases say of a measure, item by item."""
    found = []
    for case in cases():
        address = reverse("casebook:case", args=[case.id])
        for part, letter in LETTERS:
            for item in getattr(case, part):
                if id in item.measures:
                    found.append(Said(letter, _mark(case), f"{address}#{item.id}", item.text))
    return found


def steps_with(id: str) -> list[StepWith]:
    """The attack steps of the library's cases on which a measure bears."""
    found = []
    for case in cases():
        address = reverse("casebook:case", args=[case.id])
        for step in case.attack:
            for role, name in ROLES.items():
                for bears in getattr(step, role):
                    if bears.measure == id:
                        found.append(
                            StepWith(_mark(case), step.id, f"{address}#{step.id}", step.text, str(name), bears.stated)
                        )
    return found


def case_address(mark: str) -> str:
    """The page of the library's case with this mark."""
    return next((reverse("casebook:case", args=[case.id]) for case in cases() if _mark(case) == mark), "")


def _mark(case: Case) -> str:
    return case.id.rsplit("-", 1)[-1].upper()
