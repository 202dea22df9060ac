"""The measures map of the home organisation: what is asked for, and what the pages and files show of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec
from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kizuki.casebook.models import Case
from kizuki.kit.kept import Kept
from kizuki.kit.text import shown
from kizuki.measures import catalogue
from kizuki.measures.engine.format import Measure
from kizuki.measures.words import FUNCTIONS
from kizuki.register.access import own_units
from kizuki.register.models import Organisation
from kizuki.register.words import ASSET_KINDS
from kizuki.replay.against import Against, against
from kizuki.replay.engine import heat
from kizuki.replay.engine.heat import Axis, Cell, Change, Column, Focus, Heat, Passing
from kizuki.replay.engine.register import Compiled
from kizuki.replay.past import compiled_now, compiled_on, state_of
from kizuki.ui.templatetags.kizuki import language

AXES: dict[str, Any] = {"units": _("units"), "zones": _("zones"), "kinds": _("kinds of asset")}
#: How the address names what has no unit or zone.
NONE_RECORDED = "-"
#: The axis on which the parts of one column are shown.
NEXT: dict[Axis, Axis] = {"units": "zones", "zones": "kinds", "kinds": "kinds"}
#: Cases that pass, by register and cases; each holds a few sets a case.
_passing: Kept[tuple[Passing, ...]] = Kept(6)


class MapForm(forms.Form):
    """What the address says. Days lie in the past, or are today."""

    by = forms.ChoiceField(label=_("Columns"), choices=list(AXES.items()), required=False)
    weigh = forms.ChoiceField(
        label=_("Assets count"),
        choices=[("", _("each as one")), ("importance", _("by their importance"))],
        required=False,
    )
    day = forms.DateField(
        label=_("As of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    since = forms.DateField(
        label=_("Compared with"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        day, since = given.get("day"), given.get("since")
        if since and since >= (day or timezone.localdate()):
            self.add_error("since", _("Name a day before the one that is shown."))
        return given


class Asked(NamedTuple):
    """A question to the map. `since`: the day with which it is compared."""

    axis: Axis
    focus: Focus
    weighted: bool
    day: date
    since: date | None
    form: MapForm


def asked(request: HttpRequest) -> Asked:
    """What the address asks for, within what the person may see. Where a field is wrong, what it would be without it."""
    form = MapForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    focus = _focus(request.GET, seen_units(request.user))
    today = timezone.localdate()
    return Asked(
        given.get("by") or "units", focus, given.get("weigh") == "importance", min(given.get("day") or today, today),
        given.get("since"), form,
    )  # fmt: skip


def seen_units(person: Any) -> frozenset[str] | None:
    """The units of which a person sees the map: None for all."""
    from kizuki.accounts import rules

    return None if rules.may_read_all(person) else own_units(person)


def _focus(data: QueryDict, units: frozenset[str] | None) -> Focus:
    def said(name: str) -> str | None:
        value = data.get(name) or None
        return heat.NOWHERE if value == NONE_RECORDED else value

    return Focus(said("unit"), said("zone"), said("kind"), data.get("own") == "1", units)


def register_of(organisation: Organisation, question: Asked) -> Compiled:
    """The register of the day. 404 where the unit, zone or kind is not there, or not the person's."""
    found = compiled_on(organisation, question.day)
    register = found if found is not None else empty(organisation)
    focus = question.focus
    units = {unit.id for unit in register.organisation.units}
    allowed = units if focus.units is None else units & focus.units
    known = [
        focus.unit is None or (focus.unit in allowed) or (focus.unit == heat.NOWHERE and focus.units is None),
        focus.zone is None or focus.zone in register.zones or focus.zone == heat.NOWHERE,
        focus.kind is None or focus.kind in ASSET_KINDS,
    ]
    # To the owner of a unit a zone in which nothing of it stands does not exist.
    hidden = focus.units is not None and focus.zone is not None and not heat.focused(register, focus)
    if not all(known) or hidden:
        raise Http404
    return register


def empty(organisation: Organisation) -> Compiled:
    """The register of a day on which nothing was recorded."""
    from kizuki.register.engine.format import Organisation as Document
    from kizuki.register.library import vocabulary
    from kizuki.replay.engine.register import compile_register

    nothing = Document(schema_="kizuki/organisation/1", organisation=organisation.head)
    return compile_register(nothing, catalogue.current(), vocabulary())


def passing_of(register: Compiled, person: Any) -> tuple[dict[str, Case], tuple[Passing, ...]]:
    """The cases of the library that a person may see, by id, and where those that go through pass."""
    return passing_in(register, Case.objects.visible_to(person))


def passing_in(register: Compiled, cases: QuerySet[Case]) -> tuple[dict[str, Case], tuple[Passing, ...]]:
    """These cases by id, and where those that go through pass."""
    from kizuki.replay.actions import WEIGHED

    rows = list(cases.exclude(kind="study").defer("document")[:WEIGHED])
    digests = tuple(row.digest for row in rows)

    def make() -> tuple[Passing, ...]:
        return heat.passing([row.read for row in Case.objects.filter(pk__in=[row.pk for row in rows])], register)

    return {row.slug: row for row in rows}, _passing.get((register.sight, digests), make)


def warm(organisation: Organisation) -> None:
    """Work out what the map of today takes from memory, so that whoever opens it after a change need not wait for it."""
    today = timezone.localdate()
    register, state = compiled_now(organisation), state_of(organisation, today)
    for measure in register.catalogue:
        register.cover(measure)
    passing_in(register, Case.objects.filter(deleted_at=None))
    against(register, state, today)


class CellView(NamedTuple):
    """A cell as the page shows it. `share`: percent in full, where states are mixed. `marks`: cases that pass here."""

    column: Column
    cell: Cell
    share: int | None
    marks: list[str]
    change: Change | None
    contradicted: bool
    address: str


class LineView(NamedTuple):
    """A measure with its cells. `same`: the state that all of them have, where there is nothing else to tell of any."""

    measure: Measure
    whole: Cell
    cells: list[CellView]
    change: Change | None
    same: str | None


class Map(NamedTuple):
    """The whole map made ready. `heads`: column, name, address of the map below it, "" where there is none."""

    heads: list[tuple[Column, str, str]]
    groups: list[tuple[Any, list[LineView]]]
    assets: int
    totals: Mapping[str, int]
    places: int


def draw(organisation: Organisation, question: Asked, register: Compiled, person: Any) -> Map:
    """The map that a question asks for, with the difference to an earlier day if it asks for that."""
    ids = list(register.catalogue)
    state = state_of(organisation, question.day)
    cases, passing = passing_of(register, person)
    found = heat.heat(register, ids, question.axis, question.focus, weighted=question.weighted, passing=passing)
    before = _before(organisation, question, ids)
    marks = {slug: case.mark for slug, case in cases.items()}
    wrong = contradicted(register, against(register, state, question.day))
    lines = _lines(register, found, question, before, marks=marks, wrong=wrong)
    names = Naming(register)
    heads = [(column, names.column(question, column), below(question, column, register)) for column in found.columns]
    return Map(heads, _grouped(lines), found.assets, _totals(found), sum(len(line.cells) for line in found.lines))


def _before(
    organisation: Organisation, question: Asked, ids: Sequence[str]
) -> dict[str, dict[tuple[str, bool], Cell]] | None:
    """The cells of the earlier day by measure and column; None where no day is compared with, or nothing was recorded on it."""
    if question.since is None:
        return None
    register = compiled_on(organisation, question.since)
    if register is None:
        return None
    found = heat.heat(register, ids, question.axis, question.focus, weighted=question.weighted)
    whole = (WHOLE, False)
    return {
        line.measure: {whole: line.whole}
        | {(column.id, column.direct): cell for column, cell in zip(found.columns, line.cells, strict=True)}
        for line in found.lines
    }


#: Stands for all columns together; no id of the register has a blank.
WHOLE = "the whole"


def _lines(
    register: Compiled,
    found: Heat,
    question: Asked,
    before: dict[str, dict[tuple[str, bool], Cell]] | None,
    *,
    marks: Mapping[str, str],
    wrong: Mapping[str, int],
) -> list[LineView]:
    made = []
    for line in found.lines:
        then = None if before is None else before.get(line.measure, {})
        bits = wrong.get(line.measure, 0)
        cells = [
            CellView(
                column, cell, share(cell), [marks[case] for case in cases],
                _went(then, (column.id, column.direct), cell), bool(bits & column.bits),
                address(question, column),
            )
            for column, cell, cases in zip(found.columns, line.cells, line.cases, strict=True)
        ]  # fmt: skip
        made.append(
            LineView(
                register.catalogue[line.measure],
                line.whole,
                cells,
                _went(then, (WHOLE, False), line.whole),
                _same(cells),
            )
        )
    return made


def _same(cells: Sequence[CellView]) -> str | None:
    """The state of all cells, where they are alike and nothing more is to be said of one."""
    states = {view.cell.state for view in cells if view.cell.state is not None}
    told = any(view.marks or view.share is not None or view.contradicted for view in cells)
    changed = any(view.change not in (None, "same") for view in cells)
    return None if told or changed or len(states) != 1 else states.pop()


def _went(then: Mapping[tuple[str, bool], Cell] | None, key: tuple[str, bool], now: Cell) -> Change | None:
    return None if then is None else heat.change(then.get(key), now)


def share(cell: Cell) -> int | None:
    """Percent of the applicable that is in full, rounded down, where some is and some is not."""
    if cell.applicable and 0 < cell.full < cell.applicable:
        return 100 * cell.full // cell.applicable
    return None


def _grouped(lines: Sequence[LineView]) -> list[tuple[Any, list[LineView]]]:
    return [
        (name, [line for line in lines if line.measure.function == function]) for function, name in FUNCTIONS.items()
    ]


def _totals(found: Heat) -> dict[str, int]:
    """How many cells are in each state."""
    states = [str(cell.state) for line in found.lines for cell in line.cells if cell.state is not None]
    return {state: states.count(state) for state in heat.STATES}


def contradicted(register: Compiled, found: Iterable[Against]) -> dict[str, int]:
    """For each measure the assets at which the register knows better than the claim."""
    made: dict[str, int] = {}
    for one in found:
        numbers = [register.number[asset] for asset in one.assets if asset in register.number]
        made[one.measure] = made.get(one.measure, 0) | register.spread(numbers)
    return made


class Naming:
    """Names of units and zones in the reader's language, without going through all assets."""

    def __init__(self, register: Compiled) -> None:
        here = language()
        self.units = {unit.id: shown(unit.name, here) for unit in register.organisation.units}
        self.zones = {zone.id: shown(zone.name, here) for zone in register.organisation.zones}

    def unit(self, id: str) -> str:
        return self.units.get(id, id) if id else str(_("no unit recorded"))

    def zone(self, id: str) -> str:
        return self.zones.get(id, id) if id else str(_("no zone recorded"))

    def column(self, question: Asked, column: Column) -> str:
        if question.axis == "units":
            name = self.unit(column.id)
            return str(_("%(unit)s itself") % {"unit": name}) if column.direct else name
        return self.zone(column.id) if question.axis == "zones" else str(ASSET_KINDS.get(column.id, column.id))

    def focus(self, focus: Focus) -> list[str]:
        """What is looked at, in words; empty for everything."""
        made = []
        if focus.unit is not None:
            name = self.unit(focus.unit)
            made.append(str(_("%(unit)s itself") % {"unit": name}) if focus.direct else name)
        if focus.zone is not None:
            made.append(self.zone(focus.zone))
        if focus.kind is not None:
            made.append(str(ASSET_KINDS.get(focus.kind, focus.kind)))
        return made


def kept(question: Asked) -> dict[str, str]:
    """What stays in the address from page to page."""
    focus = question.focus
    said = {"unit": focus.unit, "zone": focus.zone, "kind": focus.kind}
    made = {name: value or NONE_RECORDED for name, value in said.items() if value is not None}
    made |= {"own": "1"} if focus.direct else {}
    made |= {"weigh": "importance"} if question.weighted else {}
    made |= {"day": question.day.isoformat()} if question.day < timezone.localdate() else {}
    return made | ({"since": question.since.isoformat()} if question.since else {})


def address(question: Asked, column: Column, **more: str) -> str:
    """The query string that looks at one column."""
    values = kept(question) | {question.axis[:-1]: column.id or NONE_RECORDED} | more
    if column.direct:
        values["own"] = "1"
    query = QueryDict(mutable=True)
    query.update(values)
    return f"?{query.urlencode()}"


def below(question: Asked, column: Column, register: Compiled) -> str:
    """The query string of the map of a column's parts; "" where there is nothing below."""
    if question.axis == "kinds":
        return ""
    parts = any(unit.parent == column.id for unit in register.organisation.units) and not column.direct
    axis = "units" if question.axis == "units" and parts and column.id != question.focus.unit else NEXT[question.axis]
    return address(question, column, by=axis)


def table(question: Asked, made: Map) -> Iterator[dict[str, Any]]:
    """The map as rows, one a measure and column."""
    names = {(column.id, column.direct): name for column, name, _address in made.heads}
    for _name, lines in made.groups:
        for line in lines:
            for view in line.cells:
                yield {
                    "measure": line.measure.id, "name": line.measure.name.in_(language()), "by": question.axis,
                    "column": view.column.id, "column_name": names[view.column.id, view.column.direct],
                    "itself_only": view.column.direct, "assets": view.column.assets, "state": view.cell.state or "",
                    **{state.replace(" ", "_"): n for state, n in view.cell.by_state().items()},
                    "contradicted": view.contradicted, "cases": " ".join(view.marks), "change": view.change or "",
                }  # fmt: skip


def told(question: Asked, made: Map, organisation: Organisation) -> dict[str, Any]:
    """The map as JSON."""
    return {
        "schema": "kizuki/map/1", "organisation": organisation.slug, "by": question.axis, "day": question.day.isoformat(),
        "since": question.since.isoformat() if question.since else None, "weighted": question.weighted,
        "focus": {k: v for k, v in msgspec.to_builtins(question.focus).items() if k != "units" and v},
        "assets": made.assets, "cells": list(table(question, made)),
    }  # fmt: skip
