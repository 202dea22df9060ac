"""What the addresses of the map, of notes, figures and maturity hold in the tests that walk all routes, and what is sent there."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from kizuki.measures.benchmark.actions import bring_peers, enter_scores
from kizuki.measures.benchmark.checks import checks
from kizuki.measures.benchmark.engine.table import read_table
from kizuki.measures.benchmark.models import PeerGroup, Sheet
from kizuki.replay import affected, follow, listing
from kizuki.replay.actions import save_note, take_snapshot
from kizuki.replay.models import Note
from tests.conftest import World

NOBODY = 999_999_999
ASKED = "case=nisc-h"
KEY = ("nist-csf", "2.0")
PEERS = b"check,version,section,n,q1,median,q3,sector,size\nnist-csf,2.0,gv,48,1.5,2,2.5,,\n"
OWN = b"""schema: kizuki/self-checks/1
checks:
- {id: own, version: '1', name: Own, publisher: We, scale: {min: 0, max: 3}, sections: [{id: a, name: A}]}
"""


def note(world: World) -> Note:
    """The answer for one case, kept."""
    found = Note.objects.first()
    if found is None:
        question = affected.Question(world.library.read, world.library, None, ())
        answer = affected.answer_to(question, world.company)
        found = save_note(
            organisation=world.company, title="XR-9", text="", facts=question.facts, case=question.case,
            case_digest=affected.digest_of(question.case), result=answer.found.replay, concerned=affected.summary(answer),
            by=world.people["manager"],
        )  # fmt: skip
    return found


def peers() -> PeerGroup:
    found = PeerGroup.objects.filter(dropped_at=None).first()
    if found is None:
        (found,) = bring_peers(found=read_table("f.csv", PEERS, "XR-10", list(checks().values())), by="test")
    return found


def fill(world: World) -> None:
    """Something to see on every page: a note, scores, peers, figures of today."""
    note(world)
    peers()
    if not Sheet.objects.exists():
        enter_scores(
            organisation=world.company, check=checks()[KEY], day=timezone.localdate(), scores={"gv": 2.5}, note="",
            by=world.people["manager"],
        )  # fmt: skip
    take_snapshot(organisation=world.company, day=timezone.localdate())


def row(world: World) -> str:
    """A row of the priorities."""
    found = listing.priorities_for(world.company)
    assert found is not None
    return follow.key_of(found.do.rows[0].asks[0])


def arguments(world: World, route: str, obj: str) -> dict[str, Any] | None:
    """None where the address is not one of these."""
    own = obj == "own"
    if route == "replay:map_measure":
        return {"measure": "P06" if own else "X99"}
    if route == "replay:note":
        return {"pk": note(world).pk if own else NOBODY}
    if route == "benchmark:drop_peers":
        return {"pk": peers().pk if own else NOBODY}
    if route.startswith("benchmark:"):
        return {"key": KEY[0], "release": KEY[1] if own else "9"}
    return None


def sent(world: World, route: str) -> dict[str, Any]:
    forms: dict[str, dict[str, Any]] = {
        "replay:save_note": {"title": "XR-9", "asked": ASKED},
        "replay:follow_up": {"title": "XR-11", "row": row(world) if route == "replay:follow_up" else ""},
        "benchmark:enter": {"day": "2026-10-01", "s-gv": "2.5"},
        "benchmark:peers": {"source": "XR-10", "file": SimpleUploadedFile("peers.csv", PEERS)},
        "benchmark:add": {"file": SimpleUploadedFile("own.yaml", OWN)},
    }
    return forms.get(route, {})
