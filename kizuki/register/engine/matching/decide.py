"""Things made devices: each decided, claims on one asset settled, and told with reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kizuki.register.engine.matching.assign import LISTED, Judge, Verdict
from kizuki.register.engine.matching.differ import differences
from kizuki.register.engine.matching.links import Node
from kizuki.register.engine.matching.profile import Piece, Profile
from kizuki.register.engine.matching.result import Confidence, Device, NearMiss, Reason, Status
from kizuki.register.engine.matching.rules import ENOUGH, LIKELY, SURE
from kizuki.register.engine.matching.settle import Settled

_RANKS = ("cloud", "serial", "mac", "name", "router", "relay", "carried", "shared", "ip", "translated", "nameless")


class Decided:
    """`devices` in the order of their ids; `placed`: for each trace the numbers of its devices (as in `Matching`)."""

    def __init__(self, settled: Settled, judge: Judge) -> None:
        self.settled, self.judge, self.groups = settled, judge, settled.groups
        pieces, nodes = self._pieces()
        doubts = {settled.links.root(number) for number in settled.doubts}
        found = [Profile(self.groups, pieces[root], nodes[root], root in doubts) for root in pieces]
        found.sort(key=lambda profile: profile.id())
        verdicts = [judge.decide(profile) for profile in found]
        found, verdicts = self._settle_claims(found, verdicts)
        told = sorted(
            ((self._tell(*both), both[0]) for both in zip(found, verdicts, strict=True)), key=lambda pair: pair[0].id
        )
        self.devices = tuple(device for device, _ in told)
        self.placed = self._placed([profile for _, profile in told])

    def _pieces(self) -> tuple[dict[int, list[Piece]], dict[int, Node]]:
        """The pieces of each thing and the strongest identifier that one of them was given to."""
        links = self.settled.links
        pieces: dict[int, list[Piece]] = defaultdict(list)
        nodes: dict[int, Node] = {}
        met: set[int] = set()
        for n, numbers in enumerate(self.settled.placed):
            whole = len(numbers) == 1
            for k, number in enumerate(numbers):
                root = links.root(number)
                pieces[root].append((n, None if whole else k))
                if number in met:
                    continue
                met.add(number)
                node = links.nodes[number]
                if root not in nodes or _rank(node) < _rank(nodes[root]):
                    nodes[root] = node
        return pieces, nodes

    def _settle_claims(self, found: list[Profile], verdicts: list[Verdict]) -> tuple[list[Profile], list[Verdict]]:
        """Where more devices are an asset than there are machines in its row: its listed interfaces and bare addresses and
        names are one machine; any other is a conflict."""
        claims: dict[int, list[int]] = defaultdict(list)
        for k, verdict in enumerate(verdicts):
            if verdict.asset is not None:
                claims[verdict.asset].append(k)
        gone: set[int] = set()
        for asset, listed in sorted(claims.items()):
            count = self.groups.owners.assets[asset].count
            if len(listed) <= count:
                continue
            listed.sort(key=lambda k: (-verdicts[k].points, found[k].id()))
            lead, *others = listed[count - 1 :]
            joined = [k for k in others if count == 1 and self._is_part(found[k], found[lead], verdicts[k])]
            for k in set(others) - set(joined):
                verdicts[k] = Verdict(None, verdicts[k].points, verdicts[k].reasons, (asset,), len(listed))
            if joined:
                found[lead] = self._merged([found[k] for k in (lead, *joined)])
                verdicts[lead] = self.judge.decide(found[lead])
                gone.update(joined)
        keep = [k for k in range(len(found)) if k not in gone]
        return [found[k] for k in keep], [verdicts[k] for k in keep]

    def _is_part(self, part: Profile, whole: Profile, verdict: Verdict) -> bool:
        """Whether a thing is another face of the machine: the register lists an identifier of it, or it has none."""
        for one, other in ((part.serials, whole.serials), (part.clouds, whole.clouds)):
            if one and other and not one & other:
                return False
        bare = any(not (one.serials or one.clouds or one.universal_macs(self.groups)) for one in (part, whole))
        return bare or any(reason.word in LISTED for reason in verdict.reasons)

    def _merged(self, profiles: Sequence[Profile]) -> Profile:
        node = min((profile.node for profile in profiles), key=_rank)
        pieces = [piece for profile in profiles for piece in profile.pieces]
        pieces.sort(key=lambda piece: (piece[0], -1 if piece[1] is None else piece[1]))
        return Profile(self.groups, pieces, node, any(profile.doubtful for profile in profiles))

    def _placed(self, profiles: Sequence[Profile]) -> tuple[tuple[int, ...], ...]:
        made: list[tuple[int, ...] | list[int]] = [[-1] * len(trace.stays) for trace in self.groups.traces]
        for number, profile in enumerate(profiles):
            for n, stay in profile.pieces:
                if stay is None:
                    made[n] = (number,)
                else:
                    made[n][stay] = number  # type: ignore[index]
        return tuple(tuple(numbers) if len(set(numbers)) > 1 else tuple(numbers[:1]) for numbers in made)

    # ── telling ──

    def _tell(self, profile: Profile, verdict: Verdict) -> Device:
        if verdict.asset is not None:
            return self._known(profile, verdict, verdict.asset)
        ids = tuple(sorted(self.groups.owners.assets[n].id for n in verdict.rivals))
        if verdict.points >= ENOUGH and verdict.rivals:
            why = self._contest(verdict, ids)
            return _device(profile, "conflict", reasons=(why, *verdict.reasons), assets=ids)
        near = None
        if verdict.rivals:
            weak = Reason("too-weak", (str(verdict.points), str(ENOUGH)))
            near = NearMiss(ids[0], verdict.points, (*verdict.reasons, weak))
        doubts = self._doubts(profile)
        if doubts is None:
            hidden = (Reason("translated-ip", profile.node[1:2]),) if profile.node[0] == "translated" else ()
            return _device(profile, "unknown", reasons=hidden, near=near)
        owners = sorted({asset for mac in profile.macs for asset in self.groups.owners.macs.get(mac, ())})
        candidates = tuple(self.groups.owners.assets[n].id for n in owners)
        return _device(profile, "conflict", reasons=(doubts,), near=near, assets=candidates)

    def _contest(self, verdict: Verdict, ids: tuple[str, ...]) -> Reason:
        if len(ids) == 1:
            asset = self.groups.owners.assets[verdict.rivals[0]]
            return Reason("claimed-twice", (asset.id, str(verdict.claims), str(asset.count)))
        return Reason("two-assets", ids)

    def _doubts(self, profile: Profile) -> Reason | None:
        """Why it cannot be told what a thing is that no asset fits; None where it is simply unknown."""
        kind, value = profile.node[:2]
        if kind == "relay":
            return Reason(
                "relay-mac", (value, str(len({ip for n, _ in profile.pieces for ip in self.groups.traces[n].ips})))
            )
        if kind == "router":
            return Reason("router-mac", (value,))
        if profile.doubtful:
            return Reason("two-holders" if kind == "ip" else "not-told-apart", (value,))
        return Reason("not-told-apart", (value,)) if kind in ("carried", "shared") else None

    def _known(self, profile: Profile, verdict: Verdict, asset_number: int) -> Device:
        asset = self.groups.owners.assets[asset_number]
        differs = differences(profile, verdict.reasons, asset, asset_number, self.judge)
        words = {reason.word for reason in differs}
        status: Status = "moved" if "other-zone" in words else "changed" if words else "known"
        points = verdict.points
        confidence: Confidence = "sure" if points >= SURE else "likely" if points >= LIKELY else "possible"
        return _device(
            profile,
            status,
            asset=asset.id,
            confidence=confidence,
            points=points,
            reasons=verdict.reasons,
            differs=differs,
        )


def _rank(node: Node) -> tuple[int, Node]:
    return _RANKS.index(node[0]), node


def _device(
    profile: Profile,
    status: Status,
    *,
    asset: str | None = None,
    confidence: Confidence | None = None,
    points: int = 0,
    reasons: tuple[Reason, ...] = (),
    differs: tuple[Reason, ...] = (),
    near: NearMiss | None = None,
    assets: Iterable[str] = (),
) -> Device:
    return Device(
        profile.id(), status, asset, confidence, points, reasons, differs, near, tuple(assets), profile.zone,
        tuple(sorted(profile.zones)), tuple(sorted(profile.macs)), tuple(sorted({ip for ip, _ in profile.spots})),
        tuple(sorted(profile.hosts)), tuple(sorted(profile.serials)), tuple(sorted(profile.clouds)), profile.first,
        profile.last, profile.seen, tuple(sorted(profile.sources)),
    )  # fmt: skip
