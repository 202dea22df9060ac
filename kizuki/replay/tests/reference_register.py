"""The register side of the plain reference: which coverage row counts where, what reaches what, what a step can hit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from kizuki.casebook.engine.format import AttackStep
from kizuki.measures.engine.format import Measures
from kizuki.register.engine.format import KIND_PARENT, Asset, Coverage, Organisation, Scope
from kizuki.register.engine.vocabulary import Vocabulary

#: From the worst for the defender to the best; "unknown" is better than a half, as it may be in force.
STATES = ("none", "not applicable", "partial", "unknown", "full")


@dataclass(frozen=True)
class Node:
    """One asset. Of a row with a count two stand alone, so that they can be taken one by one, and the rest together."""

    asset: Asset
    part: int
    number: int

    @property
    def id(self) -> str:
        return self.asset.id


@dataclass(frozen=True)
class Held:
    """The assets an attack starts from, and what of them is fenced: (asset, "zone"), (asset, "account"), (asset, "link")."""

    sources: frozenset[Node] = frozenset()
    fenced: frozenset[tuple[Node, str]] = frozenset()


@dataclass
class Run:
    """One walk of a case over a register, for one choice of entries. Keys are (step, node), or the step."""

    verdicts: dict[tuple[str, Node], str] = field(default_factory=dict)
    taken: dict[str, set[Node]] = field(default_factory=dict)
    assumed: set[tuple[str, str]] = field(default_factory=set)
    seen: dict[tuple[str, Node], tuple[str, str]] = field(default_factory=dict)
    cut: dict[str, set[Node]] = field(default_factory=dict)
    fenced: dict[str, set[tuple[Node, str]]] = field(default_factory=dict)
    late: set[tuple[str, Node, str]] = field(default_factory=set)
    closed: dict[str, str] = field(default_factory=dict)
    word: str = ""
    step: str | None = None


class RegisterRules:
    """Rules 1 and 2, and states of measures. `unknown`: "none", "full", or the measures whose unknowns are in force."""

    def __init__(
        self, org: Organisation, catalogue: Measures, vocabulary: Vocabulary, *, unknown: str | Collection[str]
    ) -> None:
        self.org, self.unknown = org, unknown
        self.measures = {measure.id: measure for measure in catalogue.measures}
        self.contrary = vocabulary.contraries()
        self.nodes = [node for asset in sorted(org.assets, key=lambda a: a.id) for node in nodes_of(asset)]
        self.zones = {zone.id: zone for zone in org.zones}
        self.states: dict[tuple[str, str], str] = {}

    # Coverage ------------------------------------------------------------------------------------------------------

    def row(self, measure: str, asset: Asset) -> Coverage | None:
        """The row that counts at an asset: one that names it, else more keys, the worse state, the scope's text."""
        rows = [row for row in self.org.coverage if row.measure == measure and self.applies(row.scope, asset)]
        return min(rows, key=_precedence, default=None)

    def applies(self, scope: Scope, asset: Asset) -> bool:
        """Whether all keys of a scope hold; a unit with the units below it, a kind with its children."""
        return (
            (scope.unit is None or scope.unit in self.units_above(asset.unit))
            and (scope.zone is None or scope.zone in asset.all_zones())
            and (scope.kind is None or scope.kind in kinds_of(asset))
            and (scope.asset is None or scope.asset == asset.id)
        )

    def units_above(self, unit: str | None) -> list[str]:
        found: list[str] = []
        while unit is not None and unit not in found:
            found.append(unit)
            unit = next((u.parent for u in self.org.units if u.id == unit), None)
        return found

    def state(self, measure: str, node: Node) -> str:
        if (measure, node.id) not in self.states:
            row = self.row(measure, node.asset)
            self.states[measure, node.id] = row.state if row else "unknown"
        return self.states[measure, node.id]

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
        if "cloud-service" in kinds_of(asset):
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

    def by_network(self, held: Held, source: Node, target: Node) -> str:
        same = self.same_zone(source, target)
        if same == "yes":
            return "yes"
        open_ = (source, "zone") not in held.fenced
        pairs = [(a, b) for a in source.asset.all_zones() for b in target.asset.all_zones()]
        if open_ and any(route.from_ == a and route.to == b for route in self.org.routes for a, b in pairs):
            return "yes"
        if same == "assumed" or (open_ and "routes" not in self.org.complete and any(a != b for a, b in pairs)):
            return "assumed"
        return "no"

    def by_link(self, held: Held, source: Node, target: Node) -> str:
        if (source, "link") in held.fenced:
            return "no"
        if any(link.from_ == source.id and link.to == target.id for link in self.org.links):
            return "yes"
        return "no" if "links" in self.org.complete else "assumed"

    def by_account(self, held: Held, source: Node, target: Node) -> str:
        """In the realm of a source, and reached from any source by network or link, or facing the internet."""
        if (source, "account") in held.fenced:
            return "no"
        if set(source.asset.all_realms()) & set(target.asset.all_realms()):
            realm = "yes"
        else:
            realm = "no" if "realms" in self.org.complete else "assumed"
        legs = [self.faces(target.asset)]
        legs += [way for s in held.sources for way in (self.by_network(held, s, target), self.by_link(held, s, target))]
        return both(realm, best(legs))

    # 2 Targets -----------------------------------------------------------------------------------------------------

    def fits(self, step: AttackStep, asset: Asset) -> str:
        if not set(kinds_of(asset)) & set(step.targets.kinds):
            return "no"
        answers = ["yes"]
        for trait in step.targets.traits:
            if trait in asset.traits:
                continue
            if self.contrary.get(trait) in asset.traits or "traits" in self.org.complete:
                return "no"
            answers.append("assumed")
        return "assumed" if "assumed" in answers else "yes"


def nodes_of(asset: Asset) -> list[Node]:
    alone = min(asset.count, 2)
    rest = [Node(asset, alone, asset.count - alone)] if asset.count > alone else []
    return [*(Node(asset, part, 1) for part in range(alone)), *rest]


def kinds_of(asset: Asset) -> list[str]:
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


def best(ways: list[str]) -> str:
    return next((way for way in ("yes", "assumed") if way in ways), "no")


def both(one: str, other: str) -> str:
    return next((way for way in ("no", "assumed") if way in (one, other)), "yes")
