"""Reading an organisation file: its form, and whether what it says hangs together."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal, Protocol

from kizuki.kit import document
from kizuki.kit.document import MAX_FAULTS, BadFile, Fault, Lines
from kizuki.kit.faults import quoted
from kizuki.kit.text import Name
from kizuki.register.engine.format import Asset, Organisation, Scope
from kizuki.register.engine.vocabulary import Vocabulary

Place = tuple["str | int", ...]
Finding = tuple[Place, str]
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: As long as lists and pages can show a name.
LONGEST_NAME: Final = 200


class Catalogue(Protocol):
    """What reading needs of the measures file (`kizuki.measures.engine.format.Measures`)."""

    def by_id(self) -> dict[str, Any]: ...


def read(file: str, raw: bytes, *, vocabulary: Vocabulary, measures: Catalogue) -> Organisation:
    """Read an organisation file. Raises `BadFile` with every fault (at most 200) and its line."""
    organisation, lines = document.parse(file, raw, Organisation)
    raise_for(faults(organisation, vocabulary=vocabulary, measures=measures), lines)
    return organisation


def raise_for(findings: Iterable[Finding], lines: Lines) -> None:
    """Raise `BadFile` if there are findings, each with the line of its place."""
    found = list(itertools.islice(findings, MAX_FAULTS))
    if found:
        raise BadFile(Fault(lines.file, lines.at(place), message) for place, message in found)


def faults(organisation: Organisation, *, vocabulary: Vocabulary, measures: Catalogue) -> Iterator[Finding]:
    """Everything in an organisation that its form allows and that cannot be meant: the place and what is wrong."""
    units = {unit.id for unit in organisation.units}
    zones = {zone.id for zone in organisation.zones}
    realms = {realm.id for realm in organisation.realms}
    assets = {asset.id for asset in organisation.assets}
    yield from _about(organisation, vocabulary)
    for part in ("units", "zones", "realms", "assets"):
        for n, thing in enumerate(getattr(organisation, part)):
            yield from bad_name((part, n, "name"), thing.name)
    for part in ("units", "zones", "realms", "assets"):
        yield from twice(((part, n, "id"), thing.id) for n, thing in enumerate(getattr(organisation, part)))
    yield from _units(organisation, units)
    for n, route in enumerate(organisation.routes):
        yield from dangling(("routes", n, "from"), route.from_, zones, "zone")
        yield from dangling(("routes", n, "to"), route.to, zones, "zone")
    yield from _assets(organisation.assets, units, zones, realms, vocabulary)
    yield from _links_and_backups(organisation, assets)
    yield from _coverage(organisation, measures.by_id(), {"unit": units, "zone": zones, "asset": assets})


def twice(ids: Iterable[tuple[Place, object]]) -> Iterator[Finding]:
    """The places of ids that stand there for the second time."""
    seen: set[object] = set()
    for place, id in ids:
        if id in seen:
            yield place, f"the id “{id}” is given twice; every id stands once"
        seen.add(id)


def dangling(place: Place, id: str, known: Collection[str], what: str) -> Iterator[Finding]:
    """A finding if `id` is not among the `known` things called `what`."""
    if id not in known:
        article = "an" if what[0] in "aeio" else "a"
        yield place, f"“{id}” is not {article} {what} of this file{_hint(id, known)}"


def unknown_word(place: Place, word: str, known: Collection[str], what: str) -> Iterator[Finding]:
    """A finding if `word` is not among the vocabulary's words called `what`."""
    if word not in known:
        yield place, f"“{word}” is not a known {what}{_hint(word, known)}"


def _hint(word: str, known: Collection[str]) -> str:
    # comparing with very many ids would take minutes, so that a hint is given only where a person could look
    return document.did_you_mean(word, sorted(known)) if 0 < len(known) <= 2000 else "; add it or correct the name"


def bad_name(place: Place, name: Name, longest: int = LONGEST_NAME) -> Iterator[Finding]:
    """A finding if a name says nothing in either language, or more than can be shown."""
    texts = [name] if isinstance(name, str) else [text for text in (name.ja, name.en) if text is not None]
    if not any(text.strip() for text in texts):
        yield place, "the text is missing; write it in Japanese (ja), in English (en), or in both"
    elif max(map(len, texts)) > longest:
        yield place, f"longer than {longest} characters; shorten it"


def bad_date(place: Place, written: str | None) -> Iterator[Finding]:
    """A finding if `written` is neither empty nor a possible day."""
    if written is None:
        return
    if not _DATE.fullmatch(written):
        yield place, f"{quoted(written)} is not a day; write it as 2026-11-22"
        return
    try:
        date.fromisoformat(written)
    except ValueError:
        yield place, f"“{written}” is a day that does not exist; correct the month or the day"


def _about(organisation: Organisation, vocabulary: Vocabulary) -> Iterator[Finding]:
    about = organisation.organisation
    yield from bad_name(("organisation", "name"), about.name)
    if about.sector != "not stated":
        yield from unknown_word(("organisation", "sector"), about.sector, vocabulary.ids("sectors"), "sector")
    known = vocabulary.ids("profile")
    for n, word in enumerate(about.profile):
        yield from unknown_word(("organisation", "profile", n), word, known, "word of a profile")


def _units(organisation: Organisation, units: Collection[str]) -> Iterator[Finding]:
    above = {unit.id: unit.parent for unit in organisation.units if unit.parent is not None}
    # with an id given twice nobody knows which unit is meant above another
    circles = _in_circles(above) if len(units) == len(organisation.units) else set()
    for n, unit in enumerate(organisation.units):
        if unit.parent is not None:
            yield from dangling(("units", n, "parent"), unit.parent, units, "unit")
        if unit.id in circles:
            yield ("units", n, "parent"), f"the unit “{unit.id}” lies within itself; name another unit above it"


def _in_circles(above: dict[str, str]) -> set[str]:
    """Those from which the way up comes back to themselves; every way is gone once, however many units there are."""
    seen: set[str] = set()
    found: set[str] = set()
    for start in above:
        way: dict[str, int] = {}
        id: str | None = start
        while id is not None and id not in seen and id not in way:
            way[id] = len(way)
            id = above.get(id)
        if id in way:
            found.update(list(way)[way[id] :])
        seen.update(way)
    return found


def _assets(
    assets: Sequence[Asset], units: set[str], zones: set[str], realms: set[str], vocabulary: Vocabulary
) -> Iterator[Finding]:
    contrary, information = vocabulary.contraries(), vocabulary.ids("information")
    for n, asset in enumerate(assets):
        if asset.unit is not None and asset.unit not in units:
            yield from dangling(("assets", n, "unit"), asset.unit, units, "unit")
        yield from _placed(n, asset, "zone", zones)
        yield from _placed(n, asset, "realm", realms)
        for k, trait in enumerate(asset.traits):
            if trait not in contrary:
                yield from unknown_word(("assets", n, "traits", k), trait, contrary, "trait")
            elif contrary[trait] in asset.traits[:k]:
                message = f"“{trait}” and “{contrary[trait]}” rule each other out; keep one of them"
                yield ("assets", n, "traits", k), message
        for k, word in enumerate(asset.holds):
            if word not in information:
                yield from unknown_word(("assets", n, "holds", k), word, information, "kind of information")


def _placed(n: int, asset: Asset, what: Literal["zone", "realm"], known: set[str]) -> Iterator[Finding]:
    one, several = (asset.zone, asset.zones) if what == "zone" else (asset.realm, asset.realms)
    if one is not None and one not in known:
        yield from dangling(("assets", n, what), one, known, what)
    for k, id in enumerate(several):
        if id not in known:
            yield from dangling(("assets", n, f"{what}s", k), id, known, what)
        elif id == one or id in several[:k]:
            yield ("assets", n, f"{what}s", k), f"the {what} “{id}” is named twice for “{asset.id}”; name it once"


def _links_and_backups(organisation: Organisation, assets: set[str]) -> Iterator[Finding]:
    for n, link in enumerate(organisation.links):
        yield from dangling(("links", n, "from"), link.from_, assets, "asset")
        yield from dangling(("links", n, "to"), link.to, assets, "asset")
        if link.from_ == link.to:
            yield ("links", n, "to"), f"the link leads from “{link.to}” to itself; name the asset at its other end"
    for n, backup in enumerate(organisation.backups):
        yield from dangling(("backups", n, "of"), backup.of, assets, "asset")
        yield from bad_date(("backups", n, "last_restore_test"), backup.last_restore_test)


def _coverage(organisation: Organisation, measures: Collection[str], known: dict[str, set[str]]) -> Iterator[Finding]:
    for n, row in enumerate(organisation.coverage):
        if row.measure not in measures:
            yield from unknown_word(("coverage", n, "measure"), row.measure, measures, "measure")
        yield from _scope(("coverage", n, "scope"), row.scope, known)
        yield from bad_date(("coverage", n, "verified"), row.verified)


def _scope(place: Place, scope: Scope, known: dict[str, set[str]]) -> Iterator[Finding]:
    given = {key: value for key in ("unit", "zone", "kind", "asset") if (value := getattr(scope, key)) is not None}
    if not given and not scope.all:
        yield place, "the scope is empty; write all: true, or unit, zone, kind or asset"
    if scope.all and given:
        yield place, f"“all” stands alone; leave it out, or leave out {', '.join(given)}"
    for key, ids in known.items():
        if key in given and given[key] not in ids:
            yield from dangling((*place, key), given[key], ids, key)
