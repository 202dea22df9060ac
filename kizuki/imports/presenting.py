"""What pages show of a plan: lines with their differences in words, faults in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kizuki.imports.choices import LineState, Outcome
from kizuki.imports.filters import kind_names
from kizuki.imports.models import Import, PlanLine
from kizuki.register.engine.kinds import RecordKind
from kizuki.register.fields import SECTIONS, Field, fields_of
from kizuki.register.presenting import Names, address_of
from kizuki.ui.faults import told

#: By what a record was recognised.
HOW: Final[dict[str, Any]] = {
    "id": gettext_lazy("by its id"), "serials": gettext_lazy("by its serial number"), "cloud_ids": gettext_lazy("by its id in a cloud"),
    "macs": gettext_lazy("by its MAC address"), "made_macs": gettext_lazy("by its made-up MAC address"),
    "hosts": gettext_lazy("by its host name"), "ips": gettext_lazy("by its IP address, which stays"),
    "name": gettext_lazy("by its name and kind"), "mail": gettext_lazy("by its mail address"),
    "chosen": gettext_lazy("as somebody chose"), "left": gettext_lazy("left out, as somebody chose"),
}  # fmt: skip
#: As many fields of a new record are shown in its line.
MOST: Final = 12


class Told(NamedTuple):
    """One field of a line: what it is and will be."""

    label: Any
    before: str
    after: str


class Row(NamedTuple):
    """A line as a page shows it."""

    line: PlanLine
    kind: Any
    state: Any
    how: Any
    told: list[Told]
    reason: str
    address: str
    takeable: bool


def rows(lines: Sequence[PlanLine]) -> list[Row]:
    """Lines in words; names for ids are asked of the database once for each kind."""
    called = {kind: _names(kind, lines) for kind in SECTIONS if any(line.kind == kind for line in lines)}
    kinds, states = kind_names(), dict(LineState.choices)
    made = []
    for line in lines:
        kind: RecordKind = line.kind  # type: ignore[assignment]  # the table holds no other kinds
        address = address_of(kind, line.key) if line.key and _stands(line) else ""
        words = (kinds.get(kind, kind), states[line.state], HOW.get(line.how, ""))
        told = _told(line, called.get(kind))
        made.append(Row(line, *words, told, sentence(line), address, line.takeable and not line.outcome))
    return made


def _stands(line: PlanLine) -> bool:
    """Whether the register has such a record, so that its page can be shown."""
    if line.outcome == Outcome.DONE:
        return line.state != LineState.GONE
    return line.state in (LineState.CHANGED, LineState.SAME, LineState.GONE) and line.kind in SECTIONS


def _names(kind: RecordKind, lines: Sequence[PlanLine]) -> Names:
    documents: list[dict[str, Any]] = []
    for line in lines:
        if line.kind == kind:
            documents += [line.document or {}, {field: before for field, before, _after in line.changes}]
    return Names(kind, documents, fields_of(kind))


def _told(line: PlanLine, called: Names | None) -> list[Told]:
    if called is None:
        return []
    fields: dict[str, Field] = {field.name: field for field in fields_of(line.kind)}  # type: ignore[arg-type]
    if line.changes:
        pairs = [(field, before, after) for field, before, after in line.changes]
    elif line.document and line.state in (LineState.NEW, LineState.CONFLICT):
        pairs = [
            (name, None, line.document[name]) for name in fields if name in line.document and name not in ("id", "name")
        ]
    else:
        return []
    return [
        Told(fields[name].label, called.spelled(fields[name], before), called.spelled(fields[name], after))
        for name, before, after in pairs[:MOST]
        if name in fields
    ]


def sentence(line: PlanLine) -> str:
    """Why a line is as it is, in the reader's language."""
    if line.problem:
        return told(line.problem)
    if line.outcome == Outcome.REFUSED:
        return _("It was changed meanwhile, or you may not write it. Have the file read again.")
    if not line.reason:
        return ""
    arguments = {**line.arguments}
    if "why" in arguments:
        arguments["why"] = told(arguments["why"])
    return _(line.reason) % arguments


class Count(NamedTuple):
    """How many lines are in a state."""

    state: str
    name: Any
    n: int


def counts(imported: Import) -> list[Count]:
    """The states of which there are lines, in the order in which they are looked at."""
    from kizuki.imports.filters import SHOWN

    return [Count(str(state), state.label, imported.counts[state]) for state in SHOWN if imported.counts.get(state)]
