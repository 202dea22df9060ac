"""The procedures in force: those of the library, and the organisation's own, which take the place of one with the same id."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, NamedTuple

from kizuki.casebook.models import Case
from kizuki.incidents.choices import Kind
from kizuki.incidents.engine import procedure as engine
from kizuki.incidents.engine.procedure import Procedure, Step
from kizuki.incidents.models import OwnProcedure
from kizuki.kit.library import library_path
from kizuki.measures import library as measures


class Offered(NamedTuple):
    """A procedure, and the organisation's row where it is one of its own."""

    procedure: Procedure
    own: OwnProcedure | None = None

    @property
    def in_force(self) -> bool:
        """Whether it can be begun: a retired one only stays to be read."""
        return self.own is None or self.own.retired_at is None


@functools.cache
def library_ids() -> tuple[str, ...]:
    """The ids of the library's procedures, in the order of the kinds of incident."""
    known = {path.stem for path in (library_path() / "playbooks").glob("*.yaml")}
    return (*(kind for kind in Kind.values if kind in known), *sorted(known - set(Kind.values)))


@functools.cache
def of_library(id: str) -> Procedure | None:
    """A procedure of the library by its id, which is also the name of its file; None where there is none. Read once."""
    if id not in library_ids():
        return None
    path = library_path() / "playbooks" / f"{id}.yaml"
    return engine.read(path.name, path.read_bytes(), measures=frozenset(measures.measures()))


def offered() -> list[Offered]:
    """Every procedure, those in force first in the order of the kinds of incident, then the retired own ones."""
    own = {row.key: row for row in OwnProcedure.objects.all()}
    library = [found for id in library_ids() if (found := of_library(id)) is not None]
    made = [Offered(found) for found in library if not _replaced(own.get(found.id))]
    made += [Offered(row.read, row) for row in own.values()]
    return sorted(made, key=_order)


def find(id: str) -> Offered | None:
    """The procedure of that id: the own one where there is one in force, else the library's, else a retired own one."""
    if "\x00" in id:
        return None  # no id has one, and PostgreSQL would not even look
    row = OwnProcedure.objects.filter(key=id).first()
    if row is not None and (_replaced(row) or id not in library_ids()):
        return Offered(row.read, row)
    found = of_library(id)
    return Offered(found) if found else None


def in_force() -> list[Procedure]:
    """The procedures that can be begun."""
    return [one.procedure for one in offered() if one.in_force]


def cases_of(person: Any, steps: Iterable[Step]) -> dict[str, Case]:
    """The cases that the steps name and the person may see, by id; without a question where they name none."""
    named = {case for step in steps for case in step.cases}
    if not named:
        return {}
    rows = Case.objects.visible_to(person).filter(slug__in=named)
    return {row.slug: row for row in rows.only("slug", "number", "title_ja", "title_en")}


def _replaced(row: OwnProcedure | None) -> bool:
    return row is not None and row.retired_at is None


def _order(one: Offered) -> tuple[bool, int, bool, str]:
    kind = Kind.values.index(one.procedure.kind)
    return (not one.in_force, kind, one.own is not None, one.procedure.id)
