"""What the pages of this room share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from kizuki.accounts.access import require
from kizuki.accounts.rules import may_edit
from kizuki.kit.faults import Fault
from kizuki.measures import words
from kizuki.measures.presenting import Names
from kizuki.measures.presenting import said as in_words
from kizuki.register.access import may_see_register, own_units
from kizuki.register.actions import Refused, Stale
from kizuki.register.engine.merge import changed
from kizuki.register.models import Organisation
from kizuki.ui import faults


def the_organisation() -> Organisation | None:
    """The home organisation. Who may see what of it is asked of its records."""
    return Organisation.objects.filter(is_home=True, deleted_at=None).first()


def organisation_for(person: Any) -> Organisation:
    """The home organisation for someone who sees some of its register; else 404."""
    found = the_organisation()
    if found is None or not may_see_register(person):
        raise Http404
    return found


def organisation_to_edit(person: Any) -> Organisation:
    """The home organisation for a manager: strangers 404, readers 403."""
    found = organisation_for(person)
    require(person, may_edit)
    return found


def own(person: Any) -> frozenset[str]:
    """The units for which a person answers, those below included."""
    return own_units(person)


def refused_lines(error: Refused) -> list[str]:
    """What the register refuses, in the reader's language."""
    lines = []
    for problem in error.problems:
        fault = Fault("", 0, problem.message)
        field = words.FIELDS.get(str(problem.place[0])) if problem.place else None
        told = faults.told(fault.message)
        lines.append(f"{field}{_(': ')}{told}" if field else told)
    return lines


def clashes_of(error: Stale, organisation: Organisation, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Both texts of every field in which two people differ: (field, mine, theirs)."""
    made = []
    for conflict in error.conflicts:
        now = dict(conflict.now or {})
        pairs = [(c.field, c.mine, c.theirs) for c in conflict.clashes] or [
            (field, mine, theirs) for field, theirs, mine in changed(now, document)
        ]
        names = Names(organisation.pk, [document.get("scope", {})])
        made += [
            {
                "field": words.FIELDS.get(field, field), "mine": in_words(mine, field, names),
                "theirs": in_words(theirs, field, names),
            }
            for field, mine, theirs in pairs
        ]  # fmt: skip
    return made


def sent_again(form: Any, **values: str) -> None:
    """Change what the form shows of itself when it is shown once more, such as the version that is now known."""
    form.data = form.data.copy()
    form.data.update(values)


def picked(values: Sequence[str], most: int = 1000) -> list[int]:
    """Whole numbers that a form sent; anything else is left out."""
    return [int(value) for value in values[:most] if value.isascii() and value.isdecimal() and len(value) < 18]
