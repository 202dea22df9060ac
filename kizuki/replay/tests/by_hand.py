"""Small registers and cases made by hand, for one question of the replay's rules each."""

from __future__ import annotations

from typing import Any

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Organisation
from kizuki.register.library import vocabulary
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.engine.result import Group, Replay, Run, Step

EVERYTHING = ["routes", "links", "realms", "traits", "internet_facing", "supplier_facing"]


TEXT = {"en": "x"}


def asset(id: str, kind: str = "server", **more: Any) -> dict[str, Any]:
    return {"id": id, "name": id, "kind": kind, "zone": "lan", **more}


def cover(measure: str, state: str, **scope: Any) -> dict[str, Any]:
    return {"measure": measure, "scope": scope or {"all": True}, "state": state}


def register(*assets: dict[str, Any], complete: list[str] | None = None, **more: Any) -> Compiled:
    zones = {a.get("zone", "lan") for a in assets} | {"lan"} | {z for a in assets for z in a.get("zones", ())}
    raw = {
        "schema": "kizuki/organisation/1",
        "organisation": {"name": "Test"},
        "complete": EVERYTHING if complete is None else complete,
        "zones": [{"id": z, "name": z, "kind": "server"} for z in sorted(zones)],
        "assets": list(assets),
        **more,
    }
    return compile_register(msgspec.convert(raw, Organisation), catalogue(), vocabulary())


def bears(*names: str) -> list[dict[str, Any]]:
    """“P06” stated, “P06+” an analyst's, “P08@” asked at the source."""
    made = []
    for name in names:
        bear: dict[str, Any] = {"measure": name.rstrip("+@"), "stated": not name.endswith("+")}
        made.append(bear | ({"at": "source"} if name.endswith("@") else {}))
    return made


def step(
    id: str, via: str, effect: str = "access", kinds: tuple[str, ...] = ("server",), **more: Any
) -> dict[str, Any]:
    traits = more.pop("traits", ())
    for part in ("prevent", "detect", "contain", "soften"):
        if part in more:
            more[part] = bears(*more[part])
    return {"id": id, "text": TEXT, "via": via, "effect": effect, "targets": {"kinds": kinds, "traits": traits}, **more}


def case(*steps: dict[str, Any], kind: str = "casebook", **more: Any) -> Case:
    """A case with at least one stated measure, so that the verdicts do not rest on judgement; a public report has none."""
    if kind != "public-report":
        steps = ({**steps[0], "soften": [*steps[0].get("soften", ()), {"measure": "R01", "stated": True}]}, *steps[1:])
    raw = {
        "schema": "kizuki/case/1", "id": "test", "kind": kind, "tlp": "clear", "title": TEXT, "level": "basic", "causes": [],
        "source": {"title": TEXT, "publisher": "x"},
        "organisation": {"label": TEXT, "sector": "health", "size": "hundreds"},
        "attack": [{**s, "after": []} if n == 0 and "after" not in s else s for n, s in enumerate(steps)],
        **more,
    }  # fmt: skip
    return msgspec.convert(raw, Case)


def said(result: Replay) -> tuple[str, str | None]:
    return result.word, result.step


def taken(result: Replay, run: str = "none") -> set[str]:
    return set(getattr(result, run).loss.ids)


def at(result: Replay, id: str, run: str = "none") -> Step:
    told: Run = getattr(result, run)
    return next(s for s in told.steps if s.id == id)


def group(step: Step, asset: str) -> Group:
    return next(g for g in step.groups if asset in g.ids)


WEB = asset("web", internet_facing=True)


BREAK_IN = step("S1", "internet", "leak", prevent=("P06",))
