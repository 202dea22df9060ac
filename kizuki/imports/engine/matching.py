"""Which record of the register a proposal means.

Ids, serial numbers, ids in clouds and hardware addresses tell a thing for good; if they lead to different ones, nobody guesses. A
host's name, an address that stays, and a name with the kind tell it only where nothing contradicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from kizuki.imports.engine import says
from kizuki.imports.engine.held import HARD, SOFT, Facts, Held, folded, form, identifiers, names
from kizuki.register.engine.format import KIND_PARENT
from kizuki.register.engine.kinds import RecordKind

#: As many of several candidates are named in a sentence.
MOST: Final = 5


class Match(NamedTuple):
    """`key`: the record that is meant; "" for none. `how`: by what it was found. `reason`: why nobody can tell."""

    key: str = ""
    how: str = ""
    reason: str = ""
    arguments: tuple[tuple[str, str], ...] = ()


def match_named(held: Held, kind: RecordKind, fields: dict[str, Any]) -> Match:
    """A unit, zone, contact or realm: by its id, then by its mail address, then by its name."""
    id, mail, name = fields.get("id"), fields.get("mail"), fields.get("name")
    if id and held.has(kind, id):
        return Match(id, "id")
    for how, written in (("mail", mail), ("name", name)):
        if not written:
            continue
        if how == "name" and held.has(kind, written):
            return Match(written, "id")
        found = held.called(kind, written)
        if len(found) == 1:
            return Match(found[0], how)
        if found:
            return Match("", how, says.SEVERAL_CALLED, (("which", listed(found)),))
    return Match()


def match_asset(held: Held, fields: dict[str, Any], pairs: Sequence[tuple[str, str]]) -> Match:
    """An asset. `fields` with the key of its zone; `pairs`: what it is found by (`pairs_of`)."""
    hits = _hits(held, fields.get("id"), [pair for pair in pairs if pair[0] in HARD])
    if not hits and not any(held.found(*pair) for pair in pairs) and fields.get("id"):
        return Match()  # nearly all rows of a first import
    facts = facts_of(fields)
    if hits:
        return _hard(held, fields, facts, hits)
    wanted = [pair for pair in pairs if pair[0] in SOFT and not (pair[0] == "ips" and fields.get("id"))]
    for field in SOFT:
        found = {key for f, value in wanted if f == field for key in held.found(field, value)}
        if found := _not_contrary(held, facts, found, field):
            return _one(held, fields, found, field)
    if not fields.get("id") and fields.get("name"):
        found = {key for name in names(facts.name) for key in held.found("name", folded(name))}
        found = {key for key in found if _of_kind(held.facts("asset", key).kind, facts.kind)}
        if found := _not_contrary(held, facts, found, "name"):
            return _one(held, fields, found, "name")
    return Match()


def _of_kind(known: str, said: str) -> bool:
    """Whether something may be of the kind that a row says; a row that says none means any."""
    return said in ("", known, KIND_PARENT.get(known)) or KIND_PARENT.get(said) == known


def _hits(held: Held, id: str | None, pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Field → the assets that it leads to, of the fields that lead anywhere."""
    hits: dict[str, set[str]] = {"id": {id}} if id and held.has("asset", id) else {}
    for field, value in pairs:
        if found := held.found(field, value):
            hits.setdefault(field, set()).update(found)
    return hits


def _hard(held: Held, fields: dict[str, Any], facts: Facts, hits: dict[str, set[str]]) -> Match:
    common = set.intersection(*hits.values())
    how = next(field for field in ("id", *HARD) if field in hits)
    if not common:
        which = "; ".join(f"{field}: {listed(hits[field])}" for field in ("id", *HARD) if field in hits)
        return Match("", how, says.CONTRARY, (("which", which),))
    if len(common) > 1:
        return _one(held, fields, common, how)
    key = next(iter(common))
    if how == "macs" and _other(held.facts("asset", key), facts, "serials"):
        return Match("", how, says.OTHER_SERIAL, (("which", key),))
    return Match(key, how)


def _other(known: Facts, facts: Facts, field: str) -> bool:
    """Whether both have identifiers of this sort, and none in common."""
    mine = {form(field, value) for value in getattr(facts, field)}
    theirs = {form(field, value) for value in getattr(known, field)}
    return bool(mine and theirs and not mine & theirs)


def _not_contrary(held: Held, facts: Facts, found: set[str], field: str) -> set[str]:
    """Those that nothing surer speaks against."""
    surer = ("serials", "cloud_ids") if field in ("hosts", "made_macs") else ("serials", "cloud_ids", "macs", "hosts")
    return {key for key in found if not any(_other(held.facts("asset", key), facts, sort) for sort in surer)}


def _one(held: Held, fields: dict[str, Any], found: set[str], how: str) -> Match:
    """The only one; of several one that says all of it already, so that the same file again changes nothing."""
    if len(found) > 1:
        same = {key for key in found if says_all(held.document("asset", key) or {}, fields)}
        found = {min(same)} if same else found
    if len(found) > 1:
        return Match("", how, says.SEVERAL, (("which", listed(found)),))
    return Match(next(iter(found)), how)


def says_all(document: dict[str, Any], fields: dict[str, Any]) -> bool:
    """Whether a document says all that a proposal says."""
    for field, value in fields.items():
        held = document.get(field)
        if field == "name":
            if folded(value) not in map(folded, _texts(held)):
                return False
        elif isinstance(value, list | tuple):
            if not set(value) <= set(held or ()):
                return False
        elif field not in ("id", "count") and held != value:
            return False
    return True


def _texts(name: Any) -> list[str]:
    return [text for text in name.values() if text] if isinstance(name, dict) else [name] if name else []


def listed(keys: Iterable[str]) -> str:
    """Keys in a row, the first of them."""
    ordered = sorted(keys)
    return ", ".join(ordered[:MOST]) + (" …" if len(ordered) > MOST else "")


def pairs_of(held: Held, fields: dict[str, Any]) -> list[tuple[str, str]]:
    """What a proposal is found by."""
    facts = facts_of(fields)
    return list(identifiers(facts, held.stays_in(facts.zone)))


def facts_of(fields: dict[str, Any]) -> Facts:
    """A proposal as the register's records are looked at."""
    return msgspec.convert({name: value for name, value in fields.items() if name in Facts.__struct_fields__}, Facts)
