"""A plain, slow reference of the replay rules (formats.md, “Replay”), one function a rule, loops over single assets.

It shares no code with the engine. Where the text leaves a choice, the reading taken is said at the function, and
docs/en/decisions/replay-reading.md gives the reasons.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from kizuki.casebook.engine.format import AttackStep, Bears, Case
from kizuki.measures.engine.format import Measures
from kizuki.register.engine.format import KIND_PARENT, Asset, Coverage, Organisation, Scope
from kizuki.register.engine.vocabulary import Vocabulary

HARM = ("tamper", "encrypt", "leak", "misuse", "outage")
ENTRY = ("internet", "mail", "supplier", "not stated")
DELAYS = ("minutes", "hours", "days", "weeks")
#: From the worst for the defender to the best; "unknown" is better than a half, as it may be in force.
STATES = ("none", "not applicable", "partial", "unknown", "full")
VERDICTS = ("open", "hindered", "unknown", "stopped")


@dataclass(frozen=True)
class Node:
    """One asset, or of a row with a count: one of them (`part` 0) and the rest (`part` 1)."""

    asset: Asset
    part: int
    number: int

    @property
    def id(self) -> str:
        return self.asset.id


@dataclass
class Run:
    """One walk of a case over a register, for one choice of entries. Keys (step, node)."""

    verdicts: dict[tuple[str, Node], str] = field(default_factory=dict)
    taken: dict[str, set[Node]] = field(default_factory=dict)
    assumed: set[tuple[str, str, str]] = field(default_factory=set)
    seen: dict[tuple[str, Node], tuple[str, str]] = field(default_factory=dict)
    cut: dict[Node, str] = field(default_factory=dict)
    fenced: dict[tuple[Node, str], str] = field(default_factory=dict)
    late: set[tuple[str, Node, str]] = field(default_factory=set)
    happened: set[str] = field(default_factory=set)
    closed: dict[str, str] = field(default_factory=dict)
    word: str = ""
    step: str | None = None


class Reference:
    """The rules over one case and one register. `unknown`: "none", "full", or the measures whose unknowns are in force."""

    def __init__(
        self,
        case: Case,
        org: Organisation,
        catalogue: Measures,
        vocabulary: Vocabulary,
        *,
        unknown: str | Collection[str],
    ) -> None:
        self.case, self.org, self.unknown = case, org, unknown
        self.measures = {measure.id: measure for measure in catalogue.measures}
        self.contrary = vocabulary.contraries()
        self.nodes = [node for asset in org.assets for node in _nodes(asset)]
        self.zones = {zone.id: zone for zone in org.zones}
        self.steps = {step.id: step for step in case.attack}
        self.judged = not any(bears.stated for step in case.attack for bears in _all_bears(step))

    # Coverage ------------------------------------------------------------------------------------------------------

    def row(self, measure: str, asset: Asset) -> Coverage | None:
        """The row that counts at an asset: one that names it, else more keys, else the worse state, else the scope's text."""
        rows = [row for row in self.org.coverage if row.measure == measure and self.applies(row.scope, asset)]
        return min(rows, key=_precedence, default=None)

    def applies(self, scope: Scope, asset: Asset) -> bool:
        """Whether all keys of a scope hold; a unit with the units below it, a kind with its children."""
        return (
            (scope.unit is None or scope.unit in self.units_above(asset.unit))
            and (scope.zone is None or scope.zone in asset.all_zones())
            and (scope.kind is None or scope.kind in _kinds(asset))
            and (scope.asset is None or scope.asset == asset.id)
        )

    def units_above(self, unit: str | None) -> list[str]:
        found: list[str] = []
        while unit is not None and unit not in found:
            found.append(unit)
            unit = next((u.parent for u in self.org.units if u.id == unit), None)
        return found

    def state(self, measure: str, node: Node) -> str:
        row = self.row(measure, node.asset)
        return row.state if row else "unknown"

    def in_force(self, measure: str, state: str) -> bool:
        """Whether a measure counts as fully in force in this run."""
        if state == "unknown":
            return self.unknown == "full" or (not isinstance(self.unknown, str) and measure in self.unknown)
        return state == "full"

    # 1 Reach -------------------------------------------------------------------------------------------------------

    def faces(self, asset: Asset) -> str:
        """Whether an asset faces the internet: yes, no, assumed."""
        if asset.internet_facing is not None:
            return "yes" if asset.internet_facing else "no"
        if "cloud-service" in _kinds(asset):
            return "yes"
        return "no" if "internet_facing" in self.org.complete else "assumed"

    def enters(self, via: str, asset: Asset) -> str:
        """Whether a step from outside reaches an asset."""
        if via == "internet":
            return self.faces(asset)
        if via == "mail":
            return "yes" if asset.kind in ("pc", "mobile", "mail-server") else "no"
        if via == "supplier":
            if asset.supplier_facing is not None:
                return "yes" if asset.supplier_facing else "no"
            return "no" if "supplier_facing" in self.org.complete else "assumed"
        return "yes"

    def same_zone(self, source: Node, target: Node) -> str:
        """Whether two assets stand in one zone that does not isolate its clients; without a recorded zone they may."""
        ours, theirs = source.asset.all_zones(), target.asset.all_zones()
        if not ours or not theirs:
            return "assumed"
        shared = [zone for zone in ours if zone in theirs and not self.zones[zone].isolates_clients]
        return "yes" if shared else "no"

    def by_network(self, run: Run, source: Node, target: Node) -> str:
        same = self.same_zone(source, target)
        if same == "yes":
            return "yes"
        open_ = (source, "zone") not in run.fenced
        pairs = [(a, b) for a in source.asset.all_zones() for b in target.asset.all_zones()]
        if open_ and any(route.from_ == a and route.to == b for route in self.org.routes for a, b in pairs):
            return "yes"
        if same == "assumed" or (open_ and "routes" not in self.org.complete and any(a != b for a, b in pairs)):
            return "assumed"
        return "no"

    def by_link(self, run: Run, source: Node, target: Node) -> str:
        if (source, "link") in run.fenced:
            return "no"
        if any(link.from_ == source.id and link.to == target.id for link in self.org.links):
            return "yes"
        return "no" if "links" in self.org.complete else "assumed"

    def by_account(self, run: Run, source: Node, target: Node, sources: Iterable[Node]) -> str:
        """In the realm of a source, and reached from any source by network or link, or facing the internet."""
        if (source, "account") in run.fenced:
            return "no"
        if set(source.asset.all_realms()) & set(target.asset.all_realms()):
            realm = "yes"
        else:
            realm = "no" if "realms" in self.org.complete else "assumed"
        legs = [self.faces(target.asset)]
        legs += [way for s in sources for way in (self.by_network(run, s, target), self.by_link(run, s, target))]
        return _both(realm, _best(legs))

    def reached_from(self, run: Run, step: AttackStep, target: Node, sources: set[Node]) -> list[tuple[Node | None, str]]:
        """Each source from which a target is reached, with yes or assumed; source None: from outside."""
        if step.via in ENTRY:
            way = self.enters(step.via, target.asset)
            return [(None, way)] if way != "no" else []
        found: list[tuple[Node | None, str]] = []
        for source in sources:
            if step.via == "local":
                way = "yes" if source == target else "no"
            elif step.via == "network":
                way = self.by_network(run, source, target)
            elif step.via == "link":
                way = self.by_link(run, source, target)
            else:
                way = self.by_account(run, source, target, sources)
            if way != "no":
                found.append((source, way))
        return found

    def before(self, step: AttackStep) -> list[str]:
        """All steps before one along `after`."""
        found: list[str] = []
        todo = list(self.after(step))
        while todo:
            name = todo.pop()
            if name not in found:
                found.append(name)
                todo += self.after(self.steps[name])
        return found

    def after(self, step: AttackStep) -> tuple[str, ...]:
        if step.after is not None:
            return step.after
        n = self.case.attack.index(step)
        return (self.case.attack[n - 1].id,) if n else ()

    def sources(self, run: Run, step: AttackStep, *, lost_too: bool = False) -> set[Node]:
        names = self.before(step) + ([step.id] if step.effect == "spread" else [])
        nodes = {node for name in names for node in run.taken.get(name, ())}
        return nodes if lost_too else {node for node in nodes if node not in run.cut}

    # 2 Targets -----------------------------------------------------------------------------------------------------

    def fits(self, step: AttackStep, asset: Asset) -> str:
        if not set(_kinds(asset)) & set(step.targets.kinds):
            return "no"
        answers = ["yes"]
        for trait in step.targets.traits:
            if trait in asset.traits:
                continue
            if self.contrary.get(trait) in asset.traits or "traits" in self.org.complete:
                return "no"
            answers.append("assumed")
        return "assumed" if "assumed" in answers else "yes"

    # 4 Verdict -----------------------------------------------------------------------------------------------------

    def bearing(self, step: AttackStep, bears: Bears, source: Node | None, target: Node) -> str:
        """The state in which a preventive measure meets the attack: at the target, at the source, or on either side."""
        power = self.measures[bears.measure].power
        if step.via == "network" and power.fences == "zone" and source is not None:
            if self.same_zone(source, target) != "no":
                return "none"
            return max((self.state(bears.measure, node) for node in (source, target)), key=STATES.index)
        if bears.at == "source":
            return self.state(bears.measure, source) if source is not None else "none"
        return self.state(bears.measure, target)

    def verdict(self, step: AttackStep, source: Node | None, target: Node) -> str:
        met = [(b, self.measures[b.measure].power.stops, self.bearing(step, b, source, target)) for b in step.prevent]
        met = [(b, stops, state) for b, stops, state in met if stops != "no"]
        full = [b for b, stops, state in met if stops == "yes" and state == "full" and self.counts(b)]
        maybe = [b for b, stops, state in met if stops == "yes" and state == "unknown" and self.counts(b)]
        needed = 2 if self.judged else 1
        if step.via != "not stated":
            if len(full) >= needed:
                return "stopped"
            if len(full) + len(maybe) >= needed:
                return "unknown"
        if any(state in ("partial", "unknown", "full") for _, _, state in met):
            return "hindered"
        return "open"

    def counts(self, bears: Bears) -> bool:
        """Stated measures count; in a case that states none, an analyst's do, two together."""
        return bears.stated or self.judged

    def passes(self, step: AttackStep, source: Node | None, target: Node) -> bool:
        if step.via == "not stated":
            return True
        closing = [
            b
            for b in step.prevent
            if self.counts(b)
            and self.measures[b.measure].power.stops == "yes"
            and self.in_force(b.measure, self.bearing(step, b, source, target))
        ]
        return len(closing) < (2 if self.judged else 1)

    # 5 Seen, 6 Contained -------------------------------------------------------------------------------------------

    def sight(self, step: AttackStep, node: Node) -> tuple[str, str] | None:
        """The fastest stated detective measure in force at a taken asset, with its delay."""
        found = [
            (DELAYS.index(self.measures[b.measure].power.delay), b.measure)
            for b in step.detect
            if self.counts(b)
            and self.measures[b.measure].power.delay != "no"
            and self.in_force(b.measure, self.state(b.measure, node))
        ]
        if len(found) < (2 if self.judged else 1):
            return None
        delay, measure = min(found)
        return measure, DELAYS[delay]

    def contain(self, run: Run, step: AttackStep, node: Node) -> None:
        """What cuts off or fences a taken asset. D02 at once; R11 only where the attack has been seen there in time."""
        meant = [b.measure for b in step.contain if self.counts(b)]
        inside = [m for m in meant if self.in_force(m, self.state(m, node))]
        working = []
        for measure in inside:
            power = self.measures[measure].power
            if power.contains == "fences" or (power.contains == "isolates" and power.delay != "no"):
                working.append(measure)
            elif power.contains == "isolates":
                (working.append(measure) if self.in_time(run, step, node) else run.late.add((step.id, node, measure)))
        if len(working) < (2 if self.judged else 1):
            return
        for measure in working:
            power = self.measures[measure].power
            if power.contains == "isolates":
                run.cut.setdefault(node, step.id)
            elif power.fences is not None:
                run.fenced.setdefault((node, power.fences), step.id)

    def in_time(self, run: Run, step: AttackStep, node: Node) -> bool:
        """Seen on that asset, at this step or before, in minutes or faster than this step's pace."""
        for name in (step.id, *self.before(step)):
            seen = run.seen.get((name, node))
            if seen and (
                seen[1] == "minutes"
                or (step.pace != "not stated" and DELAYS.index(seen[1]) < DELAYS.index(step.pace))
            ):
                return True
        return False

    # One run -------------------------------------------------------------------------------------------------------

    def walk(self, choice: dict[str, Node | None]) -> Run:
        """All steps in order, again and again until nothing new is taken (a step may come after a later one)."""
        run = Run(taken={step.id: set() for step in self.case.attack})
        while True:
            known = (sum(map(len, run.taken.values())), len(run.happened))
            for step in self.case.attack:
                self.do(run, step, choice)
            if known == (sum(map(len, run.taken.values())), len(run.happened)):
                break
        self.conclude(run)
        return run

    def do(self, run: Run, step: AttackStep, choice: dict[str, Node | None]) -> None:
        after = self.after(step)
        if after and not any(name in run.happened for name in after):
            return
        if step.via == "outside":
            run.happened.add(step.id)
            return
        while True:
            known = len(run.taken[step.id])
            self.once(run, step, choice)
            if step.effect != "spread" or len(run.taken[step.id]) == known:
                break
        if run.taken[step.id]:
            run.happened.add(step.id)

    def once(self, run: Run, step: AttackStep, choice: dict[str, Node | None]) -> None:
        """One pass: every target is judged against the same sources; then what was taken is seen and contained."""
        sources, hit = self.sources(run, step), []
        for node in self.nodes:
            fit = self.fits(step, node.asset)
            if fit == "no" or node in run.cut or (step.via in ENTRY and choice[step.id] != node):
                continue
            ways = self.reached_from(run, step, node, sources)
            if not ways:
                continue
            self.note_assumed(run, step, node, fit, [way for _, way in ways])
            verdicts = [self.verdict(step, source, node) for source, _ in ways]
            run.verdicts[step.id, node] = min(verdicts, key=VERDICTS.index)
            if any(self.passes(step, source, node) for source, _ in ways):
                hit.append(node)
        for node in hit:
            run.taken[step.id].add(node)
            if seen := self.sight(step, node):
                run.seen[step.id, node] = seen
        for node in hit:
            self.contain(run, step, node)

    def note_assumed(self, run: Run, step: AttackStep, node: Node, fit: str, ways: list[str]) -> None:
        if fit == "assumed":
            run.assumed.add((step.id, node.id, "fits"))
        if _best(ways) == "assumed":
            run.assumed.add((step.id, node.id, "reached"))

    # 7 Result of a run ---------------------------------------------------------------------------------------------

    def conclude(self, run: Run) -> None:
        """Through to the last step with harm, else the first that holds: contained, stopped, out of reach, not applicable."""
        harmed = [s.id for s in self.case.attack if s.effect in HARM and run.taken[s.id]]
        if harmed:
            run.word, run.step = "through", harmed[-1]
            return
        for step in self.case.attack:
            after = self.after(step)
            begun = not after or any(name in run.happened for name in after)
            if begun and step.via != "outside" and not run.taken[step.id]:
                run.closed[step.id] = self.why_not(run, step)
        for word in ("contained", "stopped", "out of reach", "not applicable"):
            ends = [name for name, reason in run.closed.items() if reason == word]
            if ends:
                run.word, run.step = word, ends[-1]
                if word == "contained":
                    run.step = self.contained_at(run, self.steps[ends[-1]])
                return
        run.word, run.step = "no harm", self.case.attack[-1].id

    def why_not(self, run: Run, step: AttackStep) -> str:
        fitting = [node for node in self.nodes if self.fits(step, node.asset) != "no"]
        if not fitting:
            return "not applicable"
        if any((step.id, node) in run.verdicts for node in fitting):
            return "stopped"
        free, everywhere = Run(), self.sources(run, step, lost_too=True)
        if run.cut or run.fenced:
            if any(self.reached_from(free, step, node, everywhere) for node in fitting):
                return "contained"
        return "out of reach"

    def contained_at(self, run: Run, step: AttackStep) -> str:
        """The step, of those before, at which the last asset was cut off or fenced in."""
        before = self.sources(run, step, lost_too=True)
        places = {at for node, at in run.cut.items() if node in before}
        places |= {at for (node, _), at in run.fenced.items() if node in before}
        places = places or set(run.cut.values())
        order = [s.id for s in self.case.attack]
        return max(places, key=order.index)


def _all_bears(step: AttackStep) -> Iterator[Bears]:
    yield from itertools.chain(step.prevent, step.detect, step.contain, step.soften)


def _nodes(asset: Asset) -> list[Node]:
    one = [Node(asset, 0, 1)]
    return one if asset.count == 1 else [*one, Node(asset, 1, asset.count - 1)]


def _kinds(asset: Asset) -> list[str]:
    """An asset's kind and the kinds above it."""
    found: list[str] = [asset.kind]
    while found[-1] in KIND_PARENT:
        found.append(KIND_PARENT[found[-1]])
    return found


def _precedence(row: Coverage) -> tuple[bool, int, int, str]:
    scope = row.scope
    keys = {"unit": scope.unit, "zone": scope.zone, "kind": scope.kind, "asset": scope.asset}
    given = {name: value for name, value in keys.items() if value is not None}
    text = " ".join(f"{name}={value}" for name, value in given.items())
    return scope.asset is None, -len(given), STATES.index(row.state), text


def _best(ways: list[str]) -> str:
    return next((way for way in ("yes", "assumed") if way in ways), "no")


def _both(one: str, other: str) -> str:
    return next((way for way in ("no", "assumed") if way in (one, other)), "yes")
