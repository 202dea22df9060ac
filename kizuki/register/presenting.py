"""What pages show of records: the cells of lists, the lines of a record, what a change changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kizuki.journal.models import Revision
from kizuki.register import words
from kizuki.register.choices import called, names_of
from kizuki.register.engine.kinds import KINDS, RecordKind
from kizuki.register.engine.merge import changed
from kizuki.register.fields import SECTIONS, Field, fields_of
from kizuki.register.models import TABLES
from kizuki.register.shapes import shape
from kizuki.ui.templatetags.kizuki import plain

#: The columns of each list after the name, in this order; those that are fields of the document or of the row.
LISTED: Final[dict[RecordKind, tuple[str, ...]]] = {
    "asset": ("kind", "unit", "zone", "owner", "importance", "lifecycle"),
    "unit": ("parent", "owner", "deputies"),
    "contact": ("unit", "roles", "channels"),
    "zone": ("kind", "ranges", "unit"),
    "route": ("from", "to", "services"),
    "realm": ("mfa", "accounts", "privileged_accounts", "checked"),
    "information": ("word", "unit", "owner", "importance"),
    "supplier": ("kind", "does", "contract_until"),
    "service": ("level", "unit", "owner", "importance"),
    "link": ("from", "to", "kind"),
    "backup": ("of", "generations", "apart", "last_restore_test"),
}
SORTABLE: Final = frozenset({"kind", "unit", "zone", "owner", "importance", "lifecycle", "level"})


class Cell(NamedTuple):
    label: Any
    text: str
    address: str = ""
    missing: bool = False


class Line(NamedTuple):
    """One row of a list."""

    row: Any
    cells: list[Cell]


class Names:
    """What the records named on a page are called; asked of the database by one question."""

    def __init__(self, kind: RecordKind, documents: Iterable[Mapping[str, Any]], fields: Sequence[Field]) -> None:
        self._fields = [field for field in fields if field.of is not None]
        wanted = [
            (field.of, id) for document in documents for field in self._fields for id in _ids(document.get(field.name))
        ]
        self._found = names_of((of, id) for of, id in wanted if of is not None)

    def spelled(self, field: Field, value: Any) -> str:
        """A value in words, with names for ids."""
        if value in (None, "", [], {}):
            return ""
        if field.of is None:
            return shape(field).spelled(field, value)
        told = [plain(self._found.get((field.of, id))) or id for id in _ids(value)]
        return str(_(", ")).join(told)


def _ids(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) and value else []


def columns(kind: RecordKind) -> list[Field]:
    """The fields that a list shows."""
    known = {field.name: field for field in fields_of(kind)}
    return [known[name] for name in LISTED[kind]]


def lines(kind: RecordKind, rows: Sequence[Any]) -> list[Line]:
    """The rows of a list page."""
    shown = columns(kind)
    called = Names(kind, [row.document for row in rows], shown)
    return [Line(row, [_cell(row, field, called) for field in shown]) for row in rows]


def _cell(row: Any, field: Field, called: Names) -> Cell:
    if field.name == "importance":
        value = row.importance
        return Cell(field.label, "" if value is None else str(words.IMPORTANCE[value]), missing=value is None)
    text = called.spelled(field, row.document.get(field.name))
    return Cell(field.label, text, missing=not text and field.name in ("unit", "owner", "zone"))


class Told(NamedTuple):
    """One line of a record's page."""

    label: Any
    text: str
    links: list[tuple[str, str]]


class Part(NamedTuple):
    title: Any
    told: list[Told]


def parts(kind: RecordKind, document: Mapping[str, Any]) -> list[Part]:
    """What is recorded, section by section; what is not recorded is left out."""
    called = Names(kind, [document], fields_of(kind))
    made = []
    for section in SECTIONS[kind]:
        told = [
            _told(field, document[field.name], called)
            for field in section.fields
            if document.get(field.name) not in (None, [], "")
        ]
        if told:
            made.append(Part(section.title, told))
    return made


def _told(field: Field, value: Any, called: Names) -> Told:
    if field.of is None:
        return Told(field.label, called.spelled(field, value), [])
    links = [(address_of(field.of, id), called.spelled(field, id)) for id in _ids(value)]
    return Told(field.label, "", links)


def address_of(kind: RecordKind, key: str) -> str:
    """The page of a record of the home organisation."""
    return reverse("register:find", args=[KINDS[kind].part, key])


class Difference(NamedTuple):
    label: Any
    before: str
    after: str


class Change(NamedTuple):
    """One revision beside the one before it. `taken_out`, `made`: the record ended or began with it."""

    revision: Revision
    differences: list[Difference]
    made: bool
    taken_out: bool


def history(kind: RecordKind, revisions: Sequence[Revision]) -> list[Change]:
    """Revisions (newest first, without a gap) with what each changed."""
    by_name = {field.name: field for field in fields_of(kind)}
    called = Names(kind, [r.document for r in revisions if r.document], list(by_name.values()))
    found = []
    for n, revision in enumerate(revisions):
        before = revisions[n + 1].document if n + 1 < len(revisions) else None
        pairs = changed(before or {}, revision.document or {}) if before and revision.document else []
        differences = [
            Difference(by_name[name].label, called.spelled(by_name[name], old), called.spelled(by_name[name], new))
            for name, old, new in pairs
            if name in by_name
        ]
        found.append(
            Change(revision, differences, before is None and revision.document is not None, revision.document is None)
        )
    return found


class User(NamedTuple):
    """A record that names another one."""

    kind: Any
    name: str
    address: str


def users(found: Sequence[tuple[RecordKind, str]]) -> list[User]:
    """Records that name something, as lines with links. `found`: their kinds and keys."""
    made = []
    for (kind, key), one in called(found).items():
        part = KINDS[kind].part
        label = words.PARTS[part].one if part in words.PARTS else _("Coverage")
        row = TABLES[kind](pk=one.pk, key=key)
        made.append(User(label, plain(one.name), row.get_absolute_url()))
    return made
