"""Things held against the register: evidence for and against each asset that shares something with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from kizuki.register.engine.matching import rules
from kizuki.register.engine.matching.group import Groups
from kizuki.register.engine.matching.profile import Profile
from kizuki.register.engine.matching.result import Known, Reason, Word
from kizuki.register.engine.matching.rules import ENOUGH, MARGIN, cloud_of, host_kind, label_of, mac_kind, serial_of

#: Evidence that is an asset's alone and enough by itself.
STRONG: frozenset[Word] = frozenset(("cloud-id", "serial", "mac", "assigned-mac", "random-mac", "name", "fixed-ip"))
LISTED: frozenset[Word] = frozenset(("cloud-id", "serial", "mac", "assigned-mac", "random-mac", "carried-mac"))
_TRUMP: frozenset[Word] = frozenset(("cloud-id", "serial"))


class Verdict:
    """What is found of one thing: an asset (by number), or the candidates between which it cannot be decided, or neither with
    the nearest. `reasons`: of the asset or the nearest. `claims`: how many devices claim the asset, where they are too many."""

    __slots__ = ("asset", "claims", "points", "reasons", "rivals")

    def __init__(
        self, asset: int | None, points: int, reasons: tuple[Reason, ...], rivals: tuple[int, ...] = (), claims: int = 0
    ) -> None:
        self.asset, self.points, self.reasons, self.rivals, self.claims = asset, points, reasons, rivals, claims


class Judge:
    """Weighs evidence by the rule."""

    def __init__(self, groups: Groups) -> None:
        self.groups, self.owners = groups, groups.owners

    def decide(self, profile: Profile) -> Verdict:
        """The asset that a thing is, or a conflict, or nothing; see the rule in `rules`."""
        weighed = []
        for n in self._candidates(profile):
            reasons = self.weigh(profile, self.owners.assets[n])
            weighed.append((sum(reason.points for reason in reasons), n, reasons))
        weighed.sort(key=lambda one: (-one[0], one[1]))
        if not weighed:
            return Verdict(None, 0, ())
        points, best, reasons = weighed[0]
        if points < ENOUGH:
            return Verdict(None, points, reasons, (best,))
        rivals = [n for other, n, why in weighed[1:] if other >= ENOUGH and _contests(points, reasons, other, why)]
        return Verdict(None, points, reasons, (best, *rivals)) if rivals else Verdict(best, points, reasons)

    def _candidates(self, profile: Profile) -> Iterable[int]:
        owners, found = self.owners, set[int]()
        for index, keys in (
            (owners.clouds, profile.clouds),
            (owners.serials, profile.serials),
            (owners.macs, profile.macs),
            (owners.names, profile.names),
        ):
            for key in keys:
                if key in index:
                    found.update(index[key])
        for spot in profile.spots:
            if spot in owners.ips:
                found.update(owners.ips[spot])
        return sorted(found)

    def weigh(self, profile: Profile, asset: Known) -> tuple[Reason, ...]:
        """Every reason for and against, the strongest first. Of several of one kind only the first counts."""
        found = [
            *self._same_or_other(profile.clouds, filter(None, map(cloud_of, asset.cloud_ids)), "cloud-id"),
            *self._same_or_other(profile.serials, filter(None, map(serial_of, asset.serials)), "serial"),
            *self._macs(profile, asset),
            *self._names(profile, asset),
            *self._ips(profile, asset),
        ]
        if len(found) < 2:
            return tuple(found)
        counted: set[Word] = set()
        made = []
        for reason in found:
            made.append(Reason(reason.word, reason.values, 0) if reason.word in counted else reason)
            counted.add(reason.word)
        return tuple(sorted(made, key=lambda r: (-r.points, r.word, r.values)))

    def _same_or_other(
        self, seen: set[str], registered: Iterable[str], word: Literal["cloud-id", "serial"]
    ) -> Iterable[Reason]:
        listed = sorted(set(registered)) if seen else []
        same = [key for key in listed if key in seen]
        yield from (Reason(word, (key,), rules.SERIAL if word == "serial" else rules.CLOUD) for key in same)
        if seen and listed and not same:
            near = _near(seen, listed, self.owners.serials) if word == "serial" else None
            other: Word = "other-serial" if word == "serial" else "other-cloud-id"
            yield Reason(other, near or (min(seen), listed[0]), 0 if near else -rules.OTHER_THING)

    def _macs(self, profile: Profile, asset: Known) -> Iterable[Reason]:
        listed = sorted({mac for mac in asset.macs if mac in profile.macs})
        found = [reason for mac in listed if (reason := self._mac(profile, asset, mac))]
        yield from sorted(found, key=lambda r: (-r.points, r.values)) if len(found) > 1 else found
        registered = sorted({mac for mac in asset.macs if mac_kind(mac) in ("universal", "virtual")})
        if not registered or any(mac in profile.macs for mac in registered):
            return
        if own := profile.universal_macs(self.groups):
            near = _near(own, registered, self.owners.macs)
            yield Reason("other-mac", near or (own[0], registered[0]), 0 if near else -rules.OTHER_MAC)

    def _mac(self, profile: Profile, asset: Known, mac: str) -> Reason | None:
        kind, zones = mac_kind(mac), profile.macs[mac]
        nodes = {("mac", mac), *(("mac", mac, zone or "") for zone in zones)}
        if nodes & self.groups.carried:
            return Reason("carried-mac", (mac,), rules.CARRIED)
        if kind in ("universal", "virtual"):
            return Reason("mac", (mac,), rules.MAC)
        here = not asset.zones or bool(zones & set(asset.zones))
        if kind == "assigned":
            return Reason("assigned-mac", (mac,), rules.ASSIGNED_HERE if here else rules.ASSIGNED_ELSEWHERE)
        if kind == "router":
            return Reason("router-mac", (mac,), rules.MAC if here else 0)
        return Reason("random-mac", (mac,), rules.RANDOM_HERE) if kind == "random" and here else None

    def _names(self, profile: Profile, asset: Known) -> Iterable[Reason]:
        listed = sorted({name for host in asset.hosts if (name := self.owners.name(host))})
        found = [self._name(name, profile) for name in listed if name in profile.names]
        yield from sorted(found, key=lambda r: (-r.points, r.values)) if len(found) > 1 else found
        own = [] if found or not listed else [n for n in profile.names if host_kind(label_of(n)) == "chosen"]
        if own:
            yield Reason("other-name", (min(own), listed[0]), -rules.OTHER_NAME)

    def _name(self, name: str, profile: Profile) -> Reason:
        if name in self.groups.shared:
            return Reason("shared-name", (name,), rules.SHARED_NAME)
        label = label_of(name)
        if any(label.endswith(mac[9:].replace(":", "")) for mac in profile.universal_macs(self.groups)):
            return Reason("name", (name,), rules.CHOSEN_NAME)  # made of its own address, which it has
        if host_kind(label_of(name)) == "default":
            return Reason("default-name", (name,), rules.DEFAULT_NAME)
        return Reason("name", (name,), rules.CHOSEN_NAME)

    def _ips(self, profile: Profile, asset: Known) -> Iterable[Reason]:
        theirs = {
            spot[0]
            for spot in profile.spots
            if any(self.owners.assets[n] is asset for n in self.owners.ips.get(spot, ()))
        }
        yield from (Reason("fixed-ip", (ip,), rules.FIXED_IP) for ip in sorted(theirs))

    def fixed(self, ip: str, zone: str | None) -> bool:
        return self.groups.places.use(ip, zone) == "fixed"


def _near(seen: Iterable[str], registered: Sequence[str], index: Mapping[str, object]) -> tuple[str, str] | None:
    """One that was seen and one of the register that differ in one place only, where no asset has the one that was seen."""
    for one in sorted(seen):
        for other in registered:
            if (
                one not in index
                and len(one) == len(other)
                and sum(a != b for a, b in zip(one, other, strict=True)) == 1
            ):
                return one, other
    return None


def _contests(points: int, reasons: Sequence[Reason], other: int, why: Sequence[Reason]) -> bool:
    """Whether a second asset stands against the best one: just behind it, or with evidence of its own that the best does not
    share; but nothing stands against a serial number or cloud id except another."""
    best, rival = ({(r.word, r.values) for r in one if r.points >= 0 and r.word in STRONG} for one in (reasons, why))
    if any(word in _TRUMP for word, _ in best) and not any(word in _TRUMP for word, _ in rival):
        return False
    return points - other < MARGIN or bool(rival - best)
