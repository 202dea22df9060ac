"""Whether what a record says can be meant: the same checks for a file as a whole and for one record that is edited."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from kizuki.kit import document
from kizuki.kit.faults import quoted
from kizuki.kit.text import Name
from kizuki.register.engine.format import Asset, Coverage, Information, Scope, Zone
from kizuki.register.engine.kinds import RecordKind, named
from kizuki.register.engine.vocabulary import Vocabulary

Place = tuple["str | int", ...]
Finding = tuple[Place, str]
#: The ids that may be named, by kind of record.
Known = Mapping[RecordKind, Collection[str]]
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
#: As long as lists and pages can show a name.
LONGEST_NAME: Final = 200
LONGEST_NOTES: Final = 4000
_LONG: Final = ("notes", "unpatchable_because", "responsibility", "customers", "does", "access", "evidence")
_DAYS: Final = ("checked", "admitted_until", "last_restore_test", "contract_until", "judged", "verified", "valid_until")


def of_record(
    kind: RecordKind, record: Any, known: Known, vocabulary: Vocabulary, measures: Collection[str]
) -> Iterator[Finding]:
    """Everything in one record that its form allows and that cannot be meant: the place within it and what is wrong."""
    name = getattr(record, "name", None)
    if name is not None:
        yield from bad_name(("name",), name)
    for attribute in _LONG:
        if (text := getattr(record, attribute, None)) is not None:
            yield from bad_name((attribute,), text, LONGEST_NOTES)
    for attribute in _DAYS:
        yield from bad_date((attribute,), getattr(record, attribute, None))
    for of, place, id in named(kind, record):
        ids = known.get(of, ())
        if id not in ids:
            yield from dangling(place, id, ids, of)
    if isinstance(record, Asset):
        yield from _asset(record, vocabulary)
    elif isinstance(record, Coverage):
        yield from _coverage(record, measures)
    elif isinstance(record, Zone):
        yield from _zone(record)
    elif isinstance(record, Information) and record.word is not None:
        yield from unknown_word(("word",), record.word, vocabulary.ids("information"), "kind of information")
    elif kind == "link" and record.from_ == record.to:
        yield ("to",), f"the link leads from “{record.to}” to itself; name the asset at its other end"


def _asset(asset: Asset, vocabulary: Vocabulary) -> Iterator[Finding]:
    if asset.traits:
        contrary = vocabulary.contraries()
        for k, trait in enumerate(asset.traits):
            if trait not in contrary:
                yield from unknown_word(("traits", k), trait, contrary, "trait")
            elif contrary[trait] in asset.traits[:k]:
                yield ("traits", k), f"“{trait}” and “{contrary[trait]}” rule each other out; keep one of them"
    if asset.holds:
        information = vocabulary.ids("information")
        for k, word in enumerate(asset.holds):
            if word not in information:
                yield from unknown_word(("holds", k), word, information, "kind of information")
    yield from _named_twice(asset, "zone", asset.zone, asset.zones)
    yield from _named_twice(asset, "realm", asset.realm, asset.realms)


def _named_twice(asset: Asset, what: str, one: str | None, several: Sequence[str]) -> Iterator[Finding]:
    for k, id in enumerate(several):
        if id == one or id in several[:k]:
            yield (f"{what}s", k), f"the {what} “{id}” is named twice for “{asset.id}”; name it once"


def _zone(zone: Zone) -> Iterator[Finding]:
    for k, written in enumerate(zone.ranges):
        try:
            ipaddress.ip_network(written, strict=False)
        except ValueError:
            yield (
                ("ranges", k),
                f"{quoted(written)} is no range of addresses; write it as 192.0.2.0/24 or 2001:db8::/32",
            )


def _coverage(row: Coverage, measures: Collection[str]) -> Iterator[Finding]:
    if row.measure not in measures:
        yield from unknown_word(("measure",), row.measure, measures, "measure")
    yield from _scope(("scope",), row.scope)
    for k, digest in enumerate(row.files):
        if not _SHA256.fullmatch(digest):
            yield ("files", k), f"{quoted(digest)} is not a SHA-256; write its 64 signs in small letters"


def _scope(place: Place, scope: Scope) -> Iterator[Finding]:
    given = [key for key in ("unit", "zone", "kind", "asset") if getattr(scope, key) is not None]
    if not given and not scope.all:
        yield place, "the scope is empty; write all: true, or unit, zone, kind or asset"
    if scope.all and given:
        yield place, f"“all” stands alone; leave it out, or leave out {', '.join(given)}"


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


def circles(above: Mapping[str, str]) -> set[str]:
    """Those from which the way up comes back to themselves; every way is gone once, however many there are."""
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
