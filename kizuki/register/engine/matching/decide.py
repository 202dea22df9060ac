"""Things made devices: each decided, claims on one asset settled, and told with reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from kizuki.register.engine.matching.assign import LISTED, Judge, Verdict
from kizuki.register.engine.matching.differ import differences
from kizuki.register.engine.matching.links import Node
from kizuki.register.engine.matching.profile import Piece, Profile
from kizuki.register.engine.matching.result import Confidence, Device, NearMiss, Reason, Status
from kizuki.register.engine.matching.rules import ENOUGH, LIKELY, SURE
from kizuki.register.engine.matching.settle import Settled

_RANKS = ("cloud", "serial", "mac", "name", "router", "relay", "carried", "shared", "ip", "translated", "nameless")


class Found(NamedTuple):
    """A device and where it came from. `asset`: the number of the asset that it is."""

    pieces: list[Piece]
    node: Node
    doubtful: bool
    asset: int | None
    device: Device


class Decided:
    """`devices` in the order of their ids; `placed`: for each trace the numbers of its devices (as in `Matching`)."""

    def __init__(self, settled: Settled, judge: Judge) -> None:
        self.settled, self.judge, self.groups = settled, judge, settled.groups
        pieces, nodes = self._pieces()
        doubts = {settled.links.root(number) for number in settled.doubts}
        found = [self._find(pieces[root], nodes[root], root in doubts) for root in pieces]
        found = sorted(self._settle_claims(found), key=lambda one: one.device.id)
        self.devices = tuple(one.device for one in found)
        self.placed = self._placed(found)

    def _find(self, pieces: list[Piece], node: Node, doubtful: bool) -> Found:
        """A thing decided and told; its profile is not kept, as there are very many."""
        profile = Profile(self.groups, pieces, node, doubtful)
        verdict = self.judge.decide(profile)
        return Found(pieces, node, doubtful, verdict.asset, self._tell(profile, verdict))

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

    def _settle_claims(self, found: list[Found]) -> Iterable[Found]:
        """Where more devices are an asset than there are machines in its row: its listed interfaces and bare addresses and
        names are one machine; any other is a conflict."""
        claims: dict[int, list[Found]] = defaultdict(list)
        for one in found:
            if one.asset is None:
                yield one
            else:
                claims[one.asset].append(one)
        for asset, listed in claims.items():
            count = self.groups.owners.assets[asset].count
            if len(listed) <= count:
                yield from listed
                continue
            listed.sort(key=lambda one: (-one.device.points, one.device.id))
            yield from listed[: count - 1]
            yield from self._settle(asset, listed[count - 1], listed[count:], count == 1, len(listed))

    def _settle(self, asset: int, lead: Found, others: list[Found], single: bool, claims: int) -> Iterable[Found]:
        whole = self._profile(lead)
        joined = [lead]
        for one in others:
            part = self._profile(one)
            verdict = self.judge.decide(part)
            if single and self._is_part(part, whole, verdict):
                joined.append(one)
            else:
                clash = Verdict(None, verdict.points, verdict.reasons, (asset,), claims)
                yield Found(one.pieces, one.node, one.doubtful, None, self._tell(part, clash))
        if len(joined) == 1:
            yield lead
            return
        pieces = [piece for one in joined for piece in one.pieces]
        pieces.sort(key=lambda piece: (piece[0], -1 if piece[1] is None else piece[1]))
        node = min((one.node for one in joined), key=_rank)
        yield self._find(pieces, node, any(one.doubtful for one in joined))

    def _profile(self, one: Found) -> Profile:
        return Profile(self.groups, one.pieces, one.node, one.doubtful)

    def _is_part(self, part: Profile, whole: Profile, verdict: Verdict) -> bool:
        """Whether a thing is another face of the machine: the register lists an identifier of it, or it has none."""
        for one, other in ((part.serials, whole.serials), (part.clouds, whole.clouds)):
            if one and other and not one & other:
                return False
        bare = any(not (one.serials or one.clouds or one.universal_macs(self.groups)) for one in (part, whole))
        return bare or any(reason.word in LISTED for reason in verdict.reasons)

    def _placed(self, found: Sequence[Found]) -> tuple[tuple[int, ...], ...]:
        made: list[tuple[int, ...]] = [()] * len(self.groups.traces)
        split: dict[int, list[int]] = {}
        for number, one in enumerate(found):
            whole = (number,)
            for n, stay in one.pieces:
                if stay is None:
                    made[n] = whole
                else:
                    split.setdefault(n, [-1] * len(self.groups.traces[n].stays))[stay] = number
        for n, numbers in split.items():
            made[n] = tuple(numbers) if len(set(numbers)) > 1 else (numbers[0],)
        return tuple(made)

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
