"""What the register's views share: the kind of an address, the record behind it, and who may change it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require_seen
from kizuki.register.access import OWNED, may_see_register, may_write, own_units
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.filters import kind_of
from kizuki.register.models import TABLES, Organisation


def kind_or_404(person: Any, part: str) -> RecordKind:
    """The kind of record of an address, for whoever sees any of the register."""
    kind = kind_of(part)
    if kind is None:
        raise Http404
    require_seen(person, may_see_register)  # type: ignore[arg-type]  # a plain function will do
    return kind


def record_or_404(person: Any, kind: RecordKind, pk: int) -> Any:
    """One record that the person may see."""
    return get_visible(TABLES[kind].objects.select_related("organisation"), person, pk=pk)


def must_write(person: Any, kind: RecordKind, unit: str) -> None:
    """Answer 403 unless the person may change what this unit answers for."""
    if not may_write(person, kind, unit):
        raise PermissionDenied


def may_add(person: Any, kind: RecordKind) -> bool:
    return rules.may_edit(person) or (kind in OWNED and bool(own_units(person)))


def home_or_404() -> Organisation:
    """The home organisation; its pages say how to begin where there is none."""
    found = Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if found is None:
        raise Http404
    return found


def units_for(person: Any) -> frozenset[str] | None:
    """The units among which the person may choose; None: all."""
    return None if rules.may_edit(person) else own_units(person)
