"""Whose a task is: of the unit that answers for it, and of the contact that is to do it."""

from __future__ import annotations

from typing import Any

from kizuki.accounts import rules
from kizuki.register.access import own_units


def own_contacts(person: Any) -> frozenset[str]:
    """The contacts of the home organisation with the address of this person's account. Kept with the person's object."""
    if not rules.is_person(person) or not person.email:
        return frozenset()
    kept: frozenset[str] | None = getattr(person, "_own_contacts", None)
    if kept is None:
        kept = person._own_contacts = frozenset(contacts_of(person))
    return kept


def contacts_of(person: Any) -> Any:
    """The same as a question that is part of another one."""
    from kizuki.register.models import Contact

    if not person.email:
        return Contact.objects.none().values_list("key", flat=True)
    mine = Contact.objects.filter(organisation__is_home=True, deleted_at=None, mail__iexact=person.email)
    return mine.values_list("key", flat=True)


def may_see_tasks(person: Any) -> bool:
    """Whoever works in all rooms, answers for a unit, or can be given a task."""
    return bool(rules.may_read_all(person) or own_units(person) or own_contacts(person))


def may_create(person: Any, unit: str) -> bool:
    """Managers for anybody, owners of a unit for that unit."""
    return bool(rules.may_edit(person) or (unit and unit in own_units(person)))


def may_work(person: Any, unit: str, owner: str) -> bool:
    """Whether a person may move a task on: a manager, who answers for its unit, or who is to do it."""
    return may_create(person, unit) or bool(owner and owner in own_contacts(person))
