"""The file `kizuki/next-steps/1`: what to do now, said of attack steps of known cases and of the measures that their lessons name."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from kizuki.casebook.engine.format import AttackStep, Effect, Via
from kizuki.incidents.engine.procedure import Id, Role
from kizuki.kit import document
from kizuki.kit.faults import quoted
from kizuki.kit.text import Text
from kizuki.register.engine.format import AssetKind


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Base of the parts: frozen, strict about unknown keys, quiet about defaults."""


class Check(Struct, frozen=True):
    """What to check where a case had a step of this form: all that is given must fit. `techniques` with their sub-techniques. `role`:
    who does it. `measure`: the one whose act this is, so that both are not shown."""

    id: Id
    text: Text
    role: Role
    effects: tuple[Effect, ...] = ()
    vias: tuple[Via, ...] = ()
    kinds: tuple[AssetKind, ...] = ()
    techniques: tuple[str, ...] = ()
    measure: str | None = None

    def fits(self, step: AttackStep) -> bool:
        """Whether it is to be checked where a case had this step."""
        techniques = {technique.id.split(".")[0] for technique in step.techniques}
        return (
            (not self.effects or step.effect in self.effects)
            and (not self.vias or step.via in self.vias)
            and (not self.kinds or bool(set(self.kinds) & set(step.targets.kinds)))
            and (not self.techniques or bool(set(self.techniques) & techniques))
        )


class Act(Struct, frozen=True):
    """What to do now by a measure of the catalogue."""

    measure: str
    text: Text
    role: Role


class NextSteps(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename={"schema_": "schema"}
):
    """`checks`: the first that fits a step counts."""

    schema_: Literal["kizuki/next-steps/1"]
    checks: Annotated[tuple[Check, ...], Meta(max_length=100)]
    acts: Annotated[tuple[Act, ...], Meta(max_length=500)]

    def check(self, step: AttackStep) -> Check | None:
        return next((check for check in self.checks if check.fits(step)), None)

    def by_measure(self) -> dict[str, Act]:
        return {act.measure: act for act in self.acts}


def read(file: str, raw: bytes, *, measures: frozenset[str]) -> NextSteps:
    """Read the file. Raises `BadFile` with every fault of form and of names, and its line."""
    steps, lines = document.parse(file, raw, NextSteps)
    faults, seen = [], set()
    for n, check in enumerate(steps.checks):
        if check.id in seen:
            faults.append(lines.fault(("checks", n, "id"), f"check {quoted(check.id)} is there twice"))
        if check.measure is not None and check.measure not in measures:
            faults.append(lines.fault(("checks", n, "measure"), f"there is no measure {quoted(check.measure)}"))
        seen.add(check.id)
    for n, act in enumerate(steps.acts):
        if act.measure not in measures:
            faults.append(lines.fault(("acts", n, "measure"), f"there is no measure {quoted(act.measure)}"))
        if act.measure in seen:
            faults.append(lines.fault(("acts", n, "measure"), f"measure {quoted(act.measure)} is there twice"))
        seen.add(act.measure)
    if faults:
        raise document.BadFile(faults)
    return steps
