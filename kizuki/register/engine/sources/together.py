"""What the rows of a file say together: numbers that stand twice, units and zones that they name, units within themselves."""

from __future__ import annotations

from collections.abc import Iterator

from kizuki.register.engine.sources import says
from kizuki.register.engine.sources.reading import Fields, Proposal, ProposalKind, RowFault, fault
from kizuki.register.engine.sources.values import line
from kizuki.register.engine.sources.words import ZONE_KINDS, plain

#: Fields of an asset that name records of other kinds.
_NAMED: dict[str, ProposalKind] = {"unit": "unit", "zone": "zone", "owner": "contact", "realm": "realm"}
#: What two things never share.
_ONES_OWN = ("macs", "serials", "cloud_ids")


class Together:
    """Watches the records of one file as they come; holds ids and names only."""

    def __init__(self, kind: ProposalKind = "asset") -> None:
        self.kind: ProposalKind = kind
        self._places: dict[tuple[str, str], int] = {}
        self._named: set[tuple[str, str]] = set()
        self._parents: dict[str, tuple[str, int]] = {}
        self._called: dict[str, str] = {}

    def repeated(self, fields: Fields, place: int) -> Iterator[RowFault]:
        """A number that another row has already: this row is then left out. An address that another has: both are offered."""
        if id := fields.get("id"):
            before = self._places.setdefault(("id", str(id)), place)
            if before != place:
                yield fault(place, "", says.REPEATED_ID, value=id, row=before)
                return
        for field in _ONES_OWN:
            values = fields.get(field)
            for value in values if isinstance(values, tuple) else ():
                before = self._places.setdefault((field, value), place)
                if before != place:
                    yield fault(place, "", says.REPEATED_ADDRESS, "nothing", value=value, row=before)
        if self.kind == "unit":
            self._remember(fields, place)

    def _remember(self, fields: Fields, place: int) -> None:
        own = str(fields.get("id") or fields["name"])
        self._called.setdefault(str(fields["name"]), own)
        if parent := fields.get("parent"):
            self._parents[own] = (str(parent), place)

    def others(self, fields: Fields, place: int) -> Iterator[Proposal]:
        """The units, zones, contacts and realms that a record names, each once in a file."""
        for field, kind in _NAMED.items():
            name = fields.get(field)
            if isinstance(name, str) and kind != self.kind and (kind, name) not in self._named:
                self._named.add((kind, name))
                yield Proposal(kind, _of_name(kind, name), place)

    def cycles(self) -> Iterator[RowFault]:
        """The units of a file that lie within themselves; said at every unit of the circle."""
        done: set[str] = set()
        for start in self._parents:
            path: dict[str, int] = {}
            unit: str | None = start
            while unit is not None and unit not in path and unit not in done:
                path[unit] = len(path)
                parent = self._parents.get(unit)
                unit = self._called.get(parent[0], parent[0]) if parent else None
            if unit is not None and unit in path:
                for name in list(path)[path[unit] :]:
                    yield fault(self._parents[name][1], "", says.CYCLE, "value", value=name)
            done.update(path)


def _of_name(kind: ProposalKind, name: str) -> Fields:
    if kind == "contact" and "@" in name and " " not in name:
        return {"name": name, "mail": name}
    fields: Fields = {"name": line(name)}
    if kind == "realm" and " " not in name:  # a domain names itself
        fields["id"] = name[:120]
    if kind == "zone" and (found := ZONE_KINDS.get(plain(name))):
        fields["kind"] = found
    return fields
