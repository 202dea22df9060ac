"""One measure of the map, down to single assets: the coverage row that holds for each, its evidence, who verified it when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.utils.translation import gettext_lazy as _

from kizuki.kit.text import Name, shown
from kizuki.measures.engine.format import Measure
from kizuki.register.engine.format import Coverage
from kizuki.register.engine.kinds import scope_key
from kizuki.register.models import Asset, Organisation
from kizuki.register.words import ASSET_KINDS
from kizuki.replay import map as maps
from kizuki.replay.against import against
from kizuki.replay.engine import heat
from kizuki.replay.engine.coverage import below
from kizuki.replay.engine.heat import Cell, Focus, Holding
from kizuki.replay.engine.register import Compiled
from kizuki.replay.engine.result import Known
from kizuki.replay.map import Asked, Naming
from kizuki.replay.map_ways import record_here
from kizuki.replay.past import compiled_on, state_of
from kizuki.replay.presenting import kind_name
from kizuki.ui.templatetags.kizuki import language

PAGE = 50
#: Rows about single assets can be many; the page lists so many rows, the file all.
MOST_ROWS = 40


class RowView(NamedTuple):
    """A coverage row where it holds. `row` None: nothing is recorded. `hidden`: it is of the whole organisation or of other units,
    so that only its state and day are told."""

    row: Coverage | None
    state: Known
    assets: int
    scope: str
    key: str
    hidden: bool


class AssetView(NamedTuple):
    id: str
    name: Name
    kind: str
    unit: str
    zone: str
    machines: int
    importance: int | None
    state: Known
    before: Known | None
    row: RowView
    contradiction: Any
    address: str


class Detail:
    """Everything that the page of one measure says about one part of the organisation."""

    def __init__(
        self, organisation: Organisation, question: Asked, register: Compiled, measure: Measure, person: Any
    ) -> None:
        self.organisation, self.question, self.register, self.measure = organisation, question, register, measure
        self.person = person
        self.names = Naming(register)
        self.where = heat.focused(register, question.focus)
        self.cover = register.cover(measure.id)
        self.earlier = compiled_on(organisation, question.since) if question.since else None
        self.state = state_of(organisation, question.day)
        # What is known of a whole realm is for those who see all of it.
        whole = question.focus.units is None
        self.against = {
            asset: found.text if whole else str(_("contradicted by the register"))
            for found in against(register, self.state, question.day)
            if found.measure == measure.id
            for asset in found.assets
        }

    def context(self, page: str | None) -> dict[str, Any]:
        question, register = self.question, self.register
        rows = heat.holding(register, self.measure.id, self.where)
        pager = Paginator(self.numbers(), PAGE).get_page(page)
        cases, passing = maps.passing_of(register, self.person)
        at = [
            found.case
            for found in passing
            if found.where.get(self.measure.id, 0) & heat.focused(found.register, question.focus)
        ]
        return {
            "organisation": self.organisation, "about": register.about, "question": question, "measure": self.measure,
            "cell": self.cell(), "parts": self.parts(), "page": pager, "kept": maps.kept(question),
            "rows": [self.row(found) for found in rows[:MOST_ROWS]], "more": max(0, len(rows) - MOST_ROWS),
            "assets": self.linked(pager.object_list), "focus": self.names.focus(question.focus),
            "cases": [cases[case] for case in at], "share": maps.share(self.cell()), "contradicted": self._contradicted(),
            "record": record_here(self.organisation, question, self.measure.id, self.person),
        }  # fmt: skip

    def _contradicted(self) -> int:
        numbers = [self.register.number[asset] for asset in self.against if asset in self.register.number]
        return self.register.count(self.register.spread(numbers) & self.where)

    def cell(self) -> Cell:
        count = heat.weigher(self.register) if self.question.weighted else self.register.count
        return heat.cell(self.cover, self.where, count)

    def parts(self) -> list[tuple[str, Cell, int | None, str]]:
        """(name, cell, share, address) of what lies below: sub-units, else zones, else kinds."""
        question = self.question._replace(axis=self._axis())
        columns = heat.columns(self.register, question.axis, question.focus)
        if len(columns) < 2:
            return []
        count = heat.weigher(self.register) if question.weighted else self.register.count
        cells = [(column, heat.cell(self.cover, column.bits, count)) for column in columns]
        return [
            (self.names.column(question, column), cell, maps.share(cell), maps.address(question, column))
            for column, cell in cells
        ]

    def _axis(self) -> heat.Axis:
        focus = self.question.focus
        if focus.zone is not None:
            return "kinds"
        children = {unit.parent for unit in self.register.organisation.units}
        if focus.unit is None or (focus.unit in children and not focus.direct):
            return self.question.axis if focus.unit is None else "units"
        return "zones"

    def numbers(self) -> list[int]:
        """All assets, those with the worst state first, then by id."""
        cover = self.cover
        parts = (cover.none, cover.unknown, cover.partial, cover.full, cover.inapplicable)
        return [n for part in parts for n in heat.numbers(self.register, part & self.where)]

    def row(self, found: Holding) -> RowView:
        row = None if found.index is None else self.register.rows.rows[found.index]
        return self._row(row, found.state, found.assets)

    def _row(self, row: Coverage | None, state: Known, assets: int) -> RowView:
        if row is None:
            return RowView(None, state, assets, "", "", False)
        key = f"{row.measure} {scope_key(row.scope)}"
        return RowView(row, state, assets, self._scope(row), key, not self._own(row))

    def _own(self, row: Coverage) -> bool:
        """Whether the evidence of a row is for the reader: it speaks of the reader's units or assets alone."""
        units = self.question.focus.units
        if units is None:
            return True
        if row.scope.asset is not None:
            return self.register.assets[self.register.number[row.scope.asset]].unit in units
        return row.scope.unit is not None and below(self.register.organisation.units, row.scope.unit) <= units

    def _scope(self, row: Coverage) -> str:
        scope, made = row.scope, []
        if scope.asset is not None:
            made.append(shown(self.register.assets[self.register.number[scope.asset]].name, language()))
        focus = Focus(scope.unit, scope.zone)
        made += self.names.focus(focus)
        if scope.kind is not None:
            made.append(kind_name(scope.kind))
        return " · ".join(made)

    def asset(self, n: int) -> AssetView:
        asset = self.register.assets[n]
        index = heat.row_at(self.register, self.measure.id, n)
        state = heat.state_at(self.register, self.measure.id, n)
        row = None if index is None else self.register.rows.rows[index]
        most = asset.importance
        return AssetView(
            asset.id, asset.name, str(ASSET_KINDS.get(asset.kind, asset.kind)), self.names.unit(asset.unit or ""),
            ", ".join(self.names.zone(zone) for zone in asset.all_zones()) or self.names.zone(""), asset.count,
            None if most is None else max(most.confidentiality, most.integrity, most.availability),
            state, self._before(asset.id), self._row(row, state, asset.count), self.against.get(asset.id), "",
        )  # fmt: skip

    def linked(self, numbers: Iterable[int]) -> list[AssetView]:
        """Some assets with the addresses of their pages in the register, where they still stand there."""
        views = [self.asset(n) for n in numbers]
        rows = Asset.objects.filter(
            organisation=self.organisation, deleted_at=None, key__in=[view.id for view in views]
        )
        known = {row.key: row.get_absolute_url() for row in rows.only("key")}
        return [view._replace(address=known.get(view.id, "")) for view in views]

    def _before(self, asset: str) -> Known | None:
        """The state on the earlier day; None where none is compared with, or the asset was not there yet."""
        if self.earlier is None or asset not in self.earlier.number:
            return None
        return heat.state_at(self.earlier, self.measure.id, self.earlier.number[asset])

    def table(self) -> Iterator[dict[str, Any]]:
        """Every asset with its state and the row that holds, as far as the reader may see it."""
        here = language()
        for n in self.numbers():
            view = self.asset(n)
            row = view.row.row
            told = row if row is not None and not view.row.hidden else None
            yield {
                "measure": self.measure.id, "asset": view.id, "name": shown(view.name, here), "kind": view.kind,
                "unit": view.unit, "zone": view.zone, "machines": view.machines,
                "importance": "" if view.importance is None else view.importance, "state": view.state,
                "before": view.before or "", "scope": scope_key(row.scope) if row else "",
                "evidence": shown(told.evidence, here) if told else "", "link": (told.link or "") if told else "",
                "verified": (row.verified or "") if row else "", "verified_by": (told.verified_by or "") if told else "",
                "valid_until": (row.valid_until or "") if row else "",
                "contradiction": str(view.contradiction or ""),
            }  # fmt: skip

    def told(self) -> dict[str, Any]:
        focus = self.names.focus(self.question.focus)
        counts: dict[str, int] = {str(state): n for state, n in self.cell().by_state().items()}
        return {
            "schema": "kizuki/map/1", "organisation": self.organisation.slug, "measure": self.measure.id, "focus": focus,
            "day": self.question.day.isoformat(), "counts": counts, "assets": list(self.table()),
        }  # fmt: skip
