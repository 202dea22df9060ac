"""What differs between a device and the asset that it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from kizuki.register.engine.matching.assign import Judge
from kizuki.register.engine.matching.profile import Profile
from kizuki.register.engine.matching.result import Known, Reason, Word
from kizuki.register.engine.matching.rules import DAY, cloud_of, serial_of

#: What a source said this much before the latest is not held against it.
_STALE = 7 * DAY


def differences(
    profile: Profile, reasons: Sequence[Reason], asset: Known, number: int, judge: Judge
) -> tuple[Reason, ...]:
    """Every word in which the device is not as the register says, in the order of the words."""
    found: dict[Word, Reason] = {r.word: Reason(r.word, r.values) for r in reasons if r.word == "other-mac"}
    pairs: tuple[tuple[Word, set[str], set[str]], ...] = (
        ("other-serial", profile.serials, {s for written in asset.serials if (s := serial_of(written))}),
        ("other-cloud-id", profile.clouds, {c for written in asset.cloud_ids if (c := cloud_of(written))}),
        ("other-name", profile.late_names, {name for host in asset.hosts if (name := judge.owners.name(host))}),
        (
            "other-ip",
            _fixed(profile, judge) if asset.ips else set(),
            {ip for ip in asset.ips if _is_fixed(ip, asset, number, judge)},
        ),
        ("other-zone", profile.zones, set(asset.zones)),
    )
    for word, seen, registered in pairs:
        if seen and registered and not seen & registered:
            first = profile.zone if word == "other-zone" and profile.zone else min(seen)
            found[word] = Reason(word, (first, min(registered)))
    return (*(found[word] for word in sorted(found)), *_said(profile, asset))


def _fixed(profile: Profile, judge: Judge) -> set[str]:
    return {ip for ip, zone in profile.spots if judge.fixed(ip, zone)}


def _is_fixed(ip: str, asset: Known, number: int, judge: Judge) -> bool:
    places = judge.groups.places
    return any(number in judge.owners.ips.get((ip, places.of(ip, zone)[0]), ()) for zone in asset.zones or (None,))


def _said(profile: Profile, asset: Known) -> Iterable[Reason]:
    """Words of the register of which no source that is up to date says the same."""
    registered: dict[str, set[str]] = defaultdict(set)
    for word, value in asset.says:
        registered[word].add(value)
    for word, values in sorted(registered.items()):
        heard = profile.says.get(word)
        if not heard:
            continue
        newest = max(heard.values())
        fresh = [said for at, said in heard.values() if at >= newest[0] - _STALE]
        if not any(_alike(said, values) for said in fresh):
            yield Reason("other-says", (word, ", ".join(newest[1]), ", ".join(sorted(values))))


def _alike(said: Iterable[str], registered: Iterable[str]) -> bool:
    """The same values; or one text within the other (Windows 11, Microsoft Windows 11 Pro)."""
    one, other = ({value.casefold().strip() for value in values} for values in (said, registered))
    if one == other:
        return True
    if len(one) == len(other) == 1:
        (a,), (b,) = one, other
        return a in b or b in a
    return False
