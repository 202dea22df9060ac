"""Which assets a case concerns, how each stands, and whom to call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, TypeAlias

import msgspec

from kizuki.casebook.engine.format import Case
from kizuki.register.engine.format import Contact, Organisation
from kizuki.replay.engine.bits import union
from kizuki.replay.engine.explain import Explainer
from kizuki.replay.engine.heat import numbers
from kizuki.replay.engine.plan import Bear, Plan
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.replay import ready, replay
from kizuki.replay.engine.result import Replay, Verdict
from kizuki.replay.engine.stage import Reading
from kizuki.replay.engine.walk import Walk, harm_of, lost_of

#: How an asset stands to a case, from what to look at first. The verdicts are those of a way in; `unreached`: it fits a way in
#: that does not lead to it; `hit`: no way in, but lost on the worst way.
Standing: TypeAlias = Literal["open", "hindered", "unknown", "hit", "stopped", "unreached"]
STANDINGS: Final[tuple[Standing, ...]] = ("open", "hindered", "unknown", "hit", "stopped", "unreached")


class Affected(msgspec.Struct, frozen=True):
    """A case replayed, with the assets that it concerns as sets of `register`. `lost`, `harmed`: on the worst way with everything
    unknown absent."""

    replay: Replay
    register: Compiled
    standing: Mapping[Standing, int]
    lost: int
    harmed: int
    seen_by: tuple[str, ...]

    @property
    def concerned(self) -> int:
        return union(self.standing.values())


def affected(case: Case, register: Compiled) -> Affected:
    """The case over the register, and where each asset stands. A study, or a case without steps, concerns nobody."""
    result = replay(case, register, questions=True, changes=True)
    nobody: dict[Standing, int] = dict.fromkeys(STANDINGS, 0)
    if case.kind == "study" or not case.attack or not register.assets:
        return Affected(result, register, nobody, 0, 0, ())
    wide, plan = ready(case, register)
    walk = Walk(plan, wide, Reading())
    end = walk.run()
    explainer = Explainer(plan, wide, end.marks, walk.reading, walk.stages)
    standing, left = dict(nobody), wide.all
    entries = [move for move in plan.moves if move.entry]
    judged = [explainer.verdicts(move) for move in entries]
    words: tuple[Verdict, ...] = ("open", "hindered", "unknown", "stopped")
    for word in words:
        # An asset that several ways lead to stands as the weakest says.
        found = left & union(verdicts.get(word, 0) for verdicts in judged)
        standing[word], left = found, left & ~found
    lost = lost_of(plan, end.marks)
    standing["hit"] = left & lost
    standing["unreached"] = left & ~lost & union(move.fit for move in entries)
    harmed, _weight = harm_of(plan, wide, end.marks)
    return Affected(result, wide, standing, lost, harmed, _seers(plan))


def _seers(plan: Plan) -> tuple[str, ...]:
    """The measures by which a step of the case can be seen, those of the first steps first."""
    bears: list[Bear] = [bear for move in plan.moves for bear in move.detect if bear.can == "sees"]
    return tuple(dict.fromkeys(bear.measure for bear in bears))


def listed(found: Affected) -> list[tuple[int, Standing]]:
    """The concerned register rows, by number, each once: what to look at first comes first, then what is important, then by id."""
    made: dict[int, Standing] = {}
    for word in STANDINGS:
        for number in sorted(numbers(found.register, found.standing[word]), key=lambda n: -_weight(found.register, n)):
            made.setdefault(number, word)
    return list(made.items())


def _weight(register: Compiled, number: int) -> int:
    most = register.assets[number].importance
    return 1 if most is None else max(most.confidentiality, most.integrity, most.availability)


class Call(msgspec.Struct, frozen=True):
    """Whom to call about which assets. `contact` None: nobody is recorded for `unit`. `deputies`: in the order in which to try
    them."""

    contact: Contact | None
    unit: str
    deputies: tuple[Contact, ...]
    assets: tuple[str, ...]
    urgent: int

    @property
    def count(self) -> int:
        return len(self.assets)


def calls(organisation: Organisation, rows: Sequence[tuple[int, Standing]], register: Compiled) -> list[Call]:
    """One call a contact: of the asset's owner, else of the unit's, else of a unit above. Most open and unknown assets first."""
    contacts = {contact.id: contact for contact in organisation.contacts}
    owners = _Owners(organisation)
    groups: dict[tuple[str, str], list[tuple[str, Standing]]] = {}
    for number, word in rows:
        asset = register.assets[number]
        who = asset.owner if asset.owner in contacts else owners.of(asset.unit)
        key = (who, "") if who else ("", asset.unit or "")
        groups.setdefault(key, []).append((asset.id, word))
    made = [
        Call(
            contacts.get(who), unit if not who else contacts[who].unit or "", owners.deputies(who, contacts),
            tuple(asset for asset, _word in found),
            sum(word in ("open", "hindered", "unknown") for _asset, word in found),
        )
        for (who, unit), found in groups.items()
    ]  # fmt: skip
    return sorted(made, key=lambda c: (-c.urgent, -c.count, c.contact.id if c.contact else "", c.unit))


class _Owners:
    """Who answers for a unit."""

    def __init__(self, organisation: Organisation) -> None:
        self.units = {unit.id: unit for unit in organisation.units}
        self.known = {contact.id for contact in organisation.contacts}
        self.found: dict[str, str] = {}

    def of(self, unit: str | None) -> str:
        """The owner of a unit or, where it has none, of the next unit above that has; "" where none has."""
        if unit is None:
            return ""
        if unit not in self.found:
            self.found[unit] = self._up(unit)
        return self.found[unit]

    def _up(self, unit: str) -> str:
        seen: set[str] = set()
        here = self.units.get(unit)
        while here is not None and here.id not in seen:
            seen.add(here.id)
            for who in (here.owner, *here.deputies):
                if who in self.known:
                    return str(who)
            here = self.units.get(here.parent or "")
        return ""

    def deputies(self, who: str, contacts: Mapping[str, Contact]) -> tuple[Contact, ...]:
        named: list[str] = []
        if who:
            named += [contacts[who].deputy or ""]
            for unit in self.units.values():
                if who in (unit.owner, *unit.deputies):
                    named += [unit.owner or "", *unit.deputies]
        return tuple(contacts[id] for id in _once(named) if id in contacts and id != who)


def _once(ids: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(ids))
