"""Last part of the plain reference (`matching_reference`): what one thing is."""

from __future__ import annotations

from kizuki.register.engine.matching import Known, rules
from kizuki.register.engine.matching.rules import GAP, host_kind, label_of, mac_kind
from kizuki.register.tests.matching_reference_groups import Grouped, Saying, Token


class Thing:
    """One device: pieces (saying, number of the stay)."""

    ORDER = ("cloud", "serial", "mac", "name", "router", "relay", "carried", "shared", "ip", "translated", "nameless")

    def __init__(self, whole: Grouped, pieces: list[tuple[Saying, int]], given: set[Token], doubtful: bool) -> None:
        self.whole, self.pieces, self.given, self.doubtful = whole, pieces, given, doubtful
        self.asset: Known | None = None
        self.candidates: list[Known] = []
        self.clash = False

    def order(self) -> str:
        return ":".join(part for part in self.token() if part)

    def token(self) -> Token:
        return min(self.given, key=lambda token: (self.ORDER.index(token[0]), token))

    @property
    def last(self) -> int:
        return max(s.stays()[k][1] for s, k in self.pieces)

    def late(self) -> list[Saying]:
        return [s for s, k in self.pieces if s.stays()[k][1] >= self.last - GAP]

    @property
    def zones(self) -> set[str]:
        return {s.zone for s in self.late() if s.zone is not None}

    def macs(self) -> set[tuple[str, str | None]]:
        return {
            (s.mac, s.zone)
            for s, _ in self.pieces
            if s.mac and (s.mac not in self.whole.relays or s.mac_token is not None)
        }

    def own_macs(self) -> set[str]:
        return {
            mac for mac, _ in self.macs()
            if mac_kind(mac) in ("universal", "virtual") and ("mac", mac) not in self.whole.carried and mac not in self.whole.relays
        }  # fmt: skip

    def serials(self) -> set[str]:
        return {s.serial for s, _ in self.pieces if s.serial and s.serial not in self.whole.void}

    def clouds(self) -> set[str]:
        return {s.cloud for s, _ in self.pieces if s.cloud}

    def names(self) -> set[str]:
        return {name for s, _ in self.pieces for name in s.names}

    def weigh(self, asset: Known) -> tuple[int, set[tuple[str, str]], set[str]]:
        """Points, strong evidence, words of all that is shared."""
        found: list[tuple[str, str, int]] = []
        against = 0
        clouds = {c for x in asset.cloud_ids if (c := rules.cloud_of(x))}
        serials = {x for y in asset.serials if (x := rules.serial_of(y))}
        found += [("cloud-id", c, rules.CLOUD) for c in clouds & self.clouds()]
        found += [("serial", x, rules.SERIAL) for x in serials & self.serials()]
        if clouds and self.clouds() and not clouds & self.clouds():
            against += rules.OTHER_THING
        if serials and self.serials() and not serials & self.serials():
            taken = {x for a in self.whole.assets for y in a.serials if (x := rules.serial_of(y))}
            against += 0 if self.slip(self.serials(), serials, taken) else rules.OTHER_THING
        for mac, zone in self.macs():
            if mac in asset.macs:
                found += self.mac_evidence(mac, zone, asset)
        registered = {m for m in asset.macs if mac_kind(m) in ("universal", "virtual")}
        if registered and self.own_macs() and not registered & {m for m, _ in self.macs()}:
            taken = {m for a in self.whole.assets for m in a.macs}
            against += 0 if self.slip(self.own_macs(), registered, taken) else rules.OTHER_MAC
        names = self.whole.names_of(asset)
        found += [self.name_evidence(name) for name in names & self.names()]
        if names and not names & self.names() and any(host_kind(label_of(n)) == "chosen" for n in self.names()):
            against += rules.OTHER_NAME
        for spot in {spot for s in self.late() for spot in s.spots}:
            theirs = {self.whole.lies(spot[0], zone)[0] for zone in asset.zones or (None,)}
            if spot[0] in asset.ips and spot[1] in theirs and self.whole.use(spot) == "fixed":
                found.append(("fixed-ip", spot[0], rules.FIXED_IP))
        best: dict[str, int] = {}
        for word, _, points in found:
            best[word] = max(best.get(word, 0), points)
        strong = {"cloud-id", "serial", "mac", "assigned-mac", "random-mac", "name", "fixed-ip"}
        evidence = {(word, value) for word, value, _ in found if word in strong}
        return sum(best.values()) - against, evidence, {word for word, _, _ in found}

    def slip(self, seen: set[str], registered: set[str], taken: set[str]) -> bool:
        return any(
            len(a) == len(b) and sum(x != y for x, y in zip(a, b, strict=True)) == 1
            for a in seen - taken for b in registered
        )  # fmt: skip

    def mac_evidence(self, mac: str, zone: str | None, asset: Known) -> list[tuple[str, str, int]]:
        kind, here = mac_kind(mac), not asset.zones or zone in asset.zones
        everywhere = {z for m, z in self.macs() if m == mac}
        if {("mac", mac), *(("mac", mac, z or "") for z in everywhere)} & self.whole.carried:
            return [("carried-mac", mac, rules.CARRIED)]
        if kind in ("universal", "virtual"):
            return [("mac", mac, rules.MAC)]
        if kind == "assigned":
            return [("assigned-mac", mac, rules.ASSIGNED_HERE if here else rules.ASSIGNED_ELSEWHERE)]
        if kind == "router":
            return [("router-mac", mac, rules.MAC if here else 0)]
        return [("random-mac", mac, rules.RANDOM_HERE)] if kind == "random" and here else []

    def name_evidence(self, name: str) -> tuple[str, str, int]:
        label = label_of(name)
        if name in self.whole.shared:
            return "shared-name", name, rules.SHARED_NAME
        if host_kind(label) == "chosen" or any(label.endswith(m.replace(":", "")[-6:]) for m in self.own_macs()):
            return "name", name, rules.CHOSEN_NAME
        return "default-name", name, rules.DEFAULT_NAME

    def decide(self) -> None:
        weighed = [(*self.weigh(asset), asset) for asset in self.whole.assets]
        weighed = [one for one in weighed if one[2]]
        weighed.sort(key=lambda one: (-one[0], one[3].id))
        self.asset, self.points, self.candidates, self.clash = None, 0, [], False
        if not weighed:
            return
        self.points, best, self.words, asset = weighed[0]
        if self.points < rules.ENOUGH:
            self.candidates = [asset]
            return
        rivals = []
        for points, evidence, _, other in weighed[1:]:
            trumped = {"cloud-id", "serial"} & {w for w, _ in best} and not {"cloud-id", "serial"} & {
                w for w, _ in evidence
            }
            if points >= rules.ENOUGH and not trumped and (self.points - points < rules.MARGIN or evidence - best):
                rivals.append(other)
        self.asset, self.candidates, self.clash = (None, [asset, *rivals], True) if rivals else (asset, [], False)

    def is_part_of(self, lead: Thing) -> bool:
        for one, other in ((self.serials(), lead.serials()), (self.clouds(), lead.clouds())):
            if one and other and not one & other:
                return False
        bare = any(not (t.serials() or t.clouds() or t.own_macs()) for t in (self, lead))
        listed = {"cloud-id", "serial", "mac", "assigned-mac", "random-mac", "carried-mac"}
        return bare or bool(self.words & listed)

    def swallow(self, others: list[Thing]) -> None:
        for other in others:
            self.pieces += other.pieces
            self.given |= other.given
            self.doubtful = self.doubtful or other.doubtful
        self.decide()

    def in_doubt(self) -> bool:
        return self.token()[0] in ("relay", "router", "carried", "shared") or self.doubtful

    def state(self) -> str:
        if self.asset is None:
            return "conflict" if self.clash or self.in_doubt() else "unknown"
        if self.asset.zones and self.zones and not self.zones & set(self.asset.zones):
            return "moved"
        return "here"

    def maybe(self) -> list[Known]:
        if self.asset is not None:
            return []
        near = self.candidates if self.clash or self.points > 0 else []
        if not self.clash and self.in_doubt():
            near = near + [a for a in self.whole.assets if any(mac in a.macs for mac, _ in self.macs())]
        return near
