"""Who answers for what: the units whose owner or deputy a person is, found by the address of the account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kizuki.accounts import rules
from kizuki.register.engine.kinds import RecordKind

#: What the owner of a unit and the deputies may change in it. Who answers for what, and how networks hang together, is for managers.
OWNED: Final[frozenset[RecordKind]] = frozenset({"asset", "information", "service", "backup"})


def own_units(person: Any) -> frozenset[str]:
    """The units of the home organisation for which a person answers, those below included. Kept with the person's object for the
    length of a request."""
    if not rules.is_person(person):
        return frozenset()
    kept: frozenset[str] | None = getattr(person, "_own_units", None)
    if kept is None:
        kept = person._own_units = _answered(person.email)
    return kept


def _answered(mail: str) -> frozenset[str]:
    from kizuki.register.models import TABLES, Mention

    home = {"organisation__is_home": True}
    keys = list(
        TABLES["contact"].objects.filter(**home, deleted_at=None, mail__iexact=mail).values_list("key", flat=True)
    )
    if not mail or not keys:
        return frozenset()
    owned = Mention.objects.filter(**home, kind="unit", of_kind="contact", of_key__in=keys).values_list(
        "key", flat=True
    )
    above = dict(TABLES["unit"].objects.filter(**home, deleted_at=None).values_list("key", "parent"))
    return frozenset(below(set(owned) & set(above), above))


def below(tops: set[str], above: Mapping[str, str]) -> set[str]:
    """These units and all below them. `above`: unit → the one above it, "" for none."""
    found = set(tops)
    for unit in above:
        way: list[str] = []
        at = unit
        while at and at not in found and at not in way:
            way.append(at)
            at = above.get(at, "")
        if at in found:
            found.update(way)
    return found


def may_see_register(person: Any) -> bool:
    """Whoever works in all rooms, and whoever answers for a unit."""
    return bool(rules.may_read_all(person) or own_units(person))


def may_write(person: Any, kind: RecordKind, unit: str) -> bool:
    """Whether a person may change a record for which `unit` answers: managers all, owners and deputies what is `OWNED`."""
    return bool(rules.may_edit(person) or (kind in OWNED and unit and unit in own_units(person)))
