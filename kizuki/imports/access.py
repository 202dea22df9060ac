"""Who may import what: managers everything, owners and deputies of a unit what belongs to it."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from kizuki.accounts import rules
from kizuki.imports.engine.lines import May
from kizuki.register.access import may_write, own_units
from kizuki.register.engine.kinds import RecordKind
from kizuki.ui.context import Way


def may_import(person: Any) -> bool:
    return bool(rules.may_edit(person) or own_units(person))


def import_way(person: Any) -> Way | None:
    """The way from the register to the imports, for whoever may import."""
    return Way(reverse("imports:imports"), _("Import")) if may_import(person) else None


def may_of(by: Any) -> May:
    """What whoever imports may write. A name is the command line, which may all."""
    if isinstance(by, str) or rules.may_edit(by):
        return _all
    return lambda kind, unit: may_write(by, kind, unit)


def _all(_kind: RecordKind, _unit: str) -> bool:
    return True
