"""Which records a person asks for: one set of filters for pages, tables and the API."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kizuki.register import words
from kizuki.register.access import below
from kizuki.register.choices import choices_of
from kizuki.register.columns import plain
from kizuki.register.engine.format import KIND_PARENT
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.models import TABLES, Mention, home_pk

#: Filters that are columns, by kind of record.
COLUMNS: Final[dict[RecordKind, tuple[str, ...]]] = {
    "asset": ("unit", "zone", "kind", "importance", "lifecycle", "facing", "owner", "gap"),
    "unit": ("parent",),
    "contact": ("unit",),
    "zone": ("kind", "unit"),
    "information": ("unit", "owner", "importance"),
    "service": ("unit", "owner", "importance", "level"),
    "supplier": ("kind",),
    "link": ("kind", "unit"),
    "backup": ("unit",),
}
LABELS: Final[dict[str, Any]] = {
    "unit": _("Unit"), "zone": _("Zone"), "kind": _("Kind"), "importance": _("Importance, at least"),
    "lifecycle": _("Life"), "facing": _("Internet"), "owner": _("Owner"), "gap": _("What is missing"), "parent": _("Part of"),
    "level": _("Importance to the mission"),
}  # fmt: skip
GAPS: Final[dict[str, Any]] = {
    "unit": _("no unit"), "owner": _("no owner"), "zone": _("no zone"), "importance": _("importance not judged"),
}  # fmt: skip
_KINDS: Final[dict[str, dict[str, Any]]] = {
    "asset": words.ASSET_KINDS, "zone": words.ZONE_KINDS, "supplier": words.SUPPLIER_KINDS, "link": words.LINK_KINDS,
}  # fmt: skip
_WORDS: Final[dict[str, dict[Any, Any]]] = {
    "lifecycle": words.LIFECYCLES, "facing": words.FACING, "gap": GAPS, "level": words.LEVELS,
    "importance": {str(value): name for value, name in words.IMPORTANCE.items()},
}  # fmt: skip
_NAMED: Final[dict[str, RecordKind]] = {"unit": "unit", "zone": "zone", "owner": "contact", "parent": "unit"}
SORTS: Final = {"name": "name_en", "-name": "-name_en", "changed": "changed_at", "-changed": "-changed_at"}
_MOST_CHOICES: Final = 300


class FilterForm(forms.Form):
    """The filters of a kind. A word that is not known selects nothing and harms nothing."""

    q = forms.CharField(required=False, max_length=200, label=_("Find"))

    def __init__(self, kind: RecordKind, data: Any) -> None:
        super().__init__(data)
        self.kind = kind
        for name in COLUMNS.get(kind, ()):
            self.fields[name] = _field(kind, name)
        self.is_valid()

    @property
    def given(self) -> dict[str, Any]:
        """What was really asked for, by filter."""
        return {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows that fit all filters."""
        for name, value in self.given.items():
            rows = _text(rows, value) if name == "q" else rows.filter(_condition(self.kind, name, value))
        return rows


def _field(kind: RecordKind, name: str) -> forms.Field:
    if name in _NAMED:
        found = choices_of(_NAMED[name], _MOST_CHOICES)
        if found is None:
            return forms.CharField(label=LABELS[name], required=False, max_length=120)
    else:
        known = _KINDS.get(kind, {}) if name == "kind" else _WORDS[name]
        found = list(known.items())
    return forms.ChoiceField(label=LABELS[name], required=False, choices=[("", _("any")), *found])


def _text(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Rows that hold every word somewhere in what a search looks at."""
    for word in plain(text).split()[:8]:
        rows = rows.filter(text__contains=word)
    return rows


def _condition(kind: RecordKind, name: str, value: str) -> Q:
    if name == "gap":
        return Q(importance=None) if value == "importance" else Q(**{value: ""})
    if name == "importance":
        return Q(importance__gte=int(value))
    if name == "kind" and kind == "asset":
        return Q(kind__in=[value, *(child for child, parent in KIND_PARENT.items() if parent == value)])
    if name == "unit":
        return Q(unit__in=with_those_below(value))
    if name == "zone":
        return Q(key__in=_naming(kind, "zone", value))
    return Q(**{name: value})


def _naming(kind: RecordKind, of_kind: RecordKind, of_key: str) -> QuerySet[Any, str]:
    rows = Mention.objects.filter(organisation=home_pk(), kind=kind, of_kind=of_kind, of_key=of_key)
    return rows.values_list("key", flat=True)


def with_those_below(unit: str) -> set[str]:
    """A unit of the home organisation and all below it."""
    rows = TABLES["unit"].objects.filter(organisation__is_home=True, deleted_at=None)
    return below({unit}, dict(rows.values_list("key", "parent")))


def kind_of(part: str) -> RecordKind | None:
    """The kind of record that a part of the register holds; None where there is none with pages of its own."""
    return next((kind.name for kind in KINDS.values() if kind.part == part), None) if part in words.PARTS else None


def sorted_by(rows: QuerySet[Any], wanted: str, language: str) -> QuerySet[Any]:
    """Rows in the order asked for; by name in the reader's language where nothing is."""
    name = f"name_{language}"
    column = {"name": name, "-name": f"-{name}"}.get(wanted) or SORTS.get(wanted) or _column(rows, wanted) or name
    return rows.order_by(column, "pk")


def _column(rows: QuerySet[Any], wanted: str) -> str | None:
    column = wanted.removeprefix("-")
    if column not in ("kind", "unit", "zone", "owner", "importance", "lifecycle", "level"):
        return None
    return wanted if column in {field.name for field in rows.model._meta.concrete_fields} else None


__all__ = ["COLUMNS", "FilterForm", "kind_of", "sorted_by", "with_those_below"]
