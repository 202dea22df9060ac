"""A register that is made ready again after a change shares what is still true, and says the same as one made anew."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from kizuki.casebook.library import cases
from kizuki.kit.library import library_path
from kizuki.measures.library import catalogue
from kizuki.register.engine.format import Asset, Coverage, Importance, Organisation, Route, Scope
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.replay.engine import heat
from kizuki.replay.engine.heat import Focus
from kizuki.replay.engine.register import Compiled, compile_register
from kizuki.replay.engine.replay import replay

COMPANY = library_path() / "templates" / "organisation.yaml"
#: For each field of an asset another value, and whether replay looks at it.
FIELDS: dict[str, tuple[Any, bool]] = {
    "id": ("another", True), "name": ("Another", False), "kind": ("mobile", True), "unit": (None, True), "zone": (None, True),
    "zones": (("guest",), True), "internet_facing": (True, True), "supplier_facing": (True, True), "count": (7, True),
    "realm": (None, True), "realms": (("other",), True), "importance": (Importance(3, 3, 3), True), "holds": (("health",), True),
    "traits": (("always-on",), True), "components": (("curl",), False), "owner": ("nobody", False), "lifecycle": ("in use", False),
    "macs": (("02:00:00:00:00:01",), False), "ips": (("192.0.2.9",), False), "hosts": (("a.example",), False),
    "serials": (("S-1",), False), "cloud_ids": (("c-1",), False), "urls": (("https://a.example",), False), "make": ("X", False),
    "model": ("Y", False), "os": ("Z", False), "services": (("s",), False), "information": (("i",), False),
    "unpatchable_because": ("Old", False), "admitted_until": ("2030-01-01", False), "notes": ("New", False),
}  # fmt: skip


@pytest.fixture(scope="module")
def company() -> Organisation:
    return read(COMPANY.name, COMPANY.read_bytes(), vocabulary=vocabulary(), measures=catalogue())


@pytest.fixture(scope="module")
def before(company: Organisation) -> Compiled:
    return compile_register(company, catalogue(), vocabulary())


def told(register: Compiled) -> Any:
    """All that pages take from a register: the map with its letters, and every replay in full."""
    measures = list(register.catalogue)
    passing = heat.passing(cases(), register)
    maps = [heat.heat(register, measures, axis, Focus(), passing=passing) for axis in ("units", "zones", "kinds")]
    return maps, [replay(case, register, changes=True, questions=True) for case in cases()[:3]]


def test_every_field_of_an_asset_is_known_here() -> None:
    assert set(FIELDS) == set(Asset.__struct_fields__)


@pytest.mark.parametrize("field", FIELDS)
def test_only_what_replay_looks_at_is_worked_out_anew(field: str, company: Organisation, before: Compiled) -> None:
    value, matters = FIELDS[field]
    first = next(a for a in company.assets if a.unit and a.zone and a.realm and getattr(a, field) != value)
    changed = msgspec.structs.replace(first, **{field: value})
    organisation = msgspec.structs.replace(company, assets=tuple(changed if a is first else a for a in company.assets))
    found = before.followed(organisation)
    assert (found is None) == matters
    if found is not None:
        assert found.sight is before.sight
        assert next(a for a in found.assets if a.id == first.id) == changed
        assert told(found) == told(compile_register(organisation, catalogue(), vocabulary()))


def test_coverage_and_routes_are_worked_out_anew(company: Organisation, before: Compiled) -> None:
    row = Coverage("P06", Scope(all=True), "none")
    for part, more in (("coverage", row), ("routes", Route("guest", "internet", ("dns",)))):
        organisation = msgspec.structs.replace(company, **{part: (*getattr(company, part), more)})
        made = compile_register(organisation, catalogue(), vocabulary(), before)
        assert made.sight is not before.sight
        assert made.atoms is before.atoms
        assert told(made) == told(compile_register(organisation, catalogue(), vocabulary()))
    single = Coverage("P06", Scope(asset=company.assets[0].id), "none")
    organisation = msgspec.structs.replace(company, coverage=(*company.coverage, single))
    made = compile_register(organisation, catalogue(), vocabulary(), before)
    assert told(made) == told(compile_register(organisation, catalogue(), vocabulary()))
    fewer = msgspec.structs.replace(company, assets=company.assets[1:])
    assert before.followed(fewer) is None
