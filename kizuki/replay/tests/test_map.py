"""Pages of the measures map: what is shown to whom, as of which day."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from django.utils import timezone

from conftest import Cast
from kizuki.casebook.actions import import_cases
from kizuki.casebook.library import cases
from kizuki.register import actions
from kizuki.register.actions import Edit
from kizuki.register.engine.format import Coverage
from kizuki.register.engine.format import Organisation as Document
from kizuki.register.engine.kinds import scope_key
from kizuki.register.models import Coverage as CoverageRow
from kizuki.register.models import Organisation, Unit
from kizuki.register.tests.conftest import SMALL
from kizuki.replay import past
from kizuki.replay.engine import heat
from kizuki.replay.engine.heat import Focus

TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that sets the time."""

    def set_to(*moment: int) -> None:
        monkeypatch.setattr(timezone, "now", lambda: datetime(*moment, tzinfo=TOKYO))  # type: ignore[misc, arg-type]

    return set_to


@pytest.fixture
def small(clock: Any, db: None) -> Organisation:
    """The small organisation, stored on 1 October."""
    clock(2026, 10, 1, 9)
    return actions.store_organisation(document=msgspec.convert(SMALL, Document), by="a test", home=True)


def cover(measure: str, state: str, **scope: Any) -> Edit:
    row = {"measure": measure, "scope": scope, "state": state}
    found = msgspec.convert(row, Coverage)
    return Edit("coverage", f"{measure} {scope_key(found.scope)}", row)


def sets(document: Document | None) -> dict[str, list[Any]]:
    """A register as it is, whatever the order of its records."""
    assert document is not None
    made: dict[str, Any] = msgspec.to_builtins(document)
    return {k: sorted(v, key=str) if isinstance(v, list | tuple) else v for k, v in made.items()}


def test_the_register_of_a_past_day_is_what_it_was(small: Organisation, clock: Any) -> None:
    """Whatever is added, changed and taken out: at the end of each day the journal knows the register as it stood."""
    random, days = Random(7), {}
    for n in range(12):
        day = date(2026, 10, 2) + timedelta(days=n)
        for hour in range(3):
            clock(day.year, day.month, day.day, 8 + hour)
            small.refresh_from_db()
            actions.apply(organisation=small, edits=[_edit(random, small)], by="a test")
        small.refresh_from_db()
        days[day] = sets(small.read)
    clock(2026, 11, 1, 9)
    assert len({str(found) for found in days.values()}) == len(days)
    for day, then in days.items():
        assert sets(past.document_at(small, past.end_of(day))) == then
    assert past.document_at(small, past.end_of(date(2026, 9, 30))) is None
    assert past.first_day(small) == date(2026, 10, 1)


def _edit(random: Random, organisation: Organisation) -> Edit:
    """Something new, something else, something gone."""
    assets = [asset.id for asset in organisation.read.assets if asset.id.startswith("new")]
    what = random.choice(("add", "add", "change", "remove", "cover"))
    if what == "cover":
        return cover(
            "P06",
            random.choice(("none", "full")),
            zone=random.choice(("lan", "dmz")),
            kind=random.choice(("pc", "iot", "saas")),
        )
    if what == "add" or not assets:
        key = f"new{random.randrange(10**9)}"
        return Edit("asset", key, {"id": key, "name": key, "kind": "pc", "unit": "it"})
    key = random.choice(assets)
    if what == "remove":
        return Edit("asset", key, None)
    return Edit("asset", key, {"id": key, "name": key, "kind": "pc", "unit": "shop", "os": str(random.random())})


def test_what_the_organisation_said_of_itself_then(small: Organisation, clock: Any) -> None:
    before = small.head
    clock(2026, 10, 5, 9)
    said = msgspec.structs.replace(before, sector="health")
    actions.describe_organisation(organisation=small, about=said, complete=("links",), by="a test")
    clock(2026, 10, 9, 9)
    actions.describe_organisation(organisation=small, about=before, complete=(), by="a test")
    clock(2026, 10, 20, 9)
    small.refresh_from_db()
    then = past.document_at(small, past.end_of(date(2026, 10, 6)))
    assert then is not None
    assert (then.organisation.sector, then.complete) == ("health", ("links",))


def test_the_map_of_a_past_day_and_what_went_better(
    small: Organisation, clock: Any, cast: Cast, signed_in: Any
) -> None:
    clock(2026, 10, 10, 9)
    actions.apply(
        organisation=small, edits=[cover("P06", "full", all=True), cover("P01", "none", zone="dmz")], by="a test"
    )
    clock(2026, 10, 20, 9)
    client = signed_in(cast.executive)
    now, then = (_cells(client, day) for day in ("", "day=2026-10-05"))
    assert now["P06", "it"]["state"] == "full"
    assert then["P06", "it"]["state"] == "partial"
    assert then["P01", "sales"]["state"] == "unknown"
    told = _cells(client, "since=2026-10-05")
    assert told["P06", "it"]["change"] == "better"
    assert told["P01", "sales"]["change"] == "known"
    assert told["P06", "sales"]["change"] == "same"
    page = client.get("/replay/map?since=2026-10-05").content.decode()
    assert "better than then" in page
    before = client.get("/replay/map?day=2026-09-01").content.decode()
    assert "The first record is of 2026-10-01." in before
    early = client.get("/replay/map?since=2026-09-01").content.decode()
    assert "There is nothing to compare with" in early
    assert "went-new" not in early.split("<table")[1]
    wrong = client.get("/replay/map?since=2027-01-01").content.decode()
    assert "Name a day before the one that is shown." in wrong


def _cells(client: Any, query: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    found = client.get(f"/replay/map?format=json&{query}")
    assert found.status_code == 200
    told = json.loads(found.content)
    return {(cell["measure"], cell["column"]): cell for cell in told["cells"]}


def test_the_page_says_what_the_engine_says(small: Organisation, cast: Cast, signed_in: Any) -> None:
    import_cases(documents=cases(), by="a test")
    client = signed_in(cast.manager)
    for axis, name in (("units", "unit"), ("zones", "zone"), ("kinds", "kind")):
        register = past.compiled_now(small)
        columns = {column.id: column for column in heat.columns(register, axis, Focus())}  # type: ignore[arg-type]
        cells = _cells(client, f"by={axis}")
        for (measure, column), cell in cells.items():
            expected = heat.cell(register.cover(measure), columns[column].bits, register.count)
            words = ("full", "partial", "none", "unknown", "not_applicable")
            assert {word.replace("_", " "): cell[word] for word in words} == dict(expected.by_state())
            part = client.get(f"/replay/map/{measure}?format=json&{name}={column or '-'}") if measure == "P06" else None
            if part is not None:
                assert json.loads(part.content)["counts"] == expected.by_state()
        page = client.get(f"/replay/map?by={axis}").content.decode()
        assert page.count('class="cell c-') == len(cells)
    assert any(cell["cases"] for cell in _cells(client).values())


def test_a_measure_down_to_the_row_that_holds(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.responder)
    page = client.get("/replay/map/P06?unit=shop").content.decode()
    assert "Web server" in page
    assert "Seen" in page
    assert "2026-10-01" in page
    rows = list(csv.DictReader(io.StringIO(client.get("/replay/map/P06?format=csv").content.decode("utf-8-sig"))))
    assert {(row["asset"], row["state"], row["scope"], row["evidence"]) for row in rows} == {
        ("www", "full", "asset=www", "Seen"), ("pcs", "partial", "all", ""),
    }  # fmt: skip
    for wrong in ("/replay/map/X99", "/replay/map?unit=none", "/replay/map?zone=none", "/replay/map?kind=toaster"):
        assert client.get(wrong).status_code == 404


def test_weights(small: Organisation, cast: Cast, signed_in: Any) -> None:
    client = signed_in(cast.manager)
    assert _cells(client)["P06", "sales"]["full"] == 1
    assert _cells(client, "weigh=importance")["P06", "sales"]["full"] in (1, 2)  # the web server's own or inherited
    assert _cells(client)["P06", "it"]["partial"] == 20


def test_owners_of_a_unit_see_their_part_only(small: Organisation, cast: Cast, signed_in: Any) -> None:
    """The reporter is the contact “ken”, who answers for sales and the shop below it."""
    client = signed_in(cast.reporter)
    cells = _cells(client)
    assert {column for _measure, column in cells} == {"shop"}
    assert cells["P06", "shop"]["assets"] == 1
    assert {column for _m, column in _cells(client, "by=zones")} == {"dmz"}
    assert client.get("/replay/map?unit=shop").status_code == 200
    assert client.get("/replay/map?zone=dmz").status_code == 200
    for hidden in ("?unit=it", "?unit=all", "?unit=-", "/P06?unit=it", "?zone=lan", "/P06?zone=lan", "?zone=-"):
        assert client.get(f"/replay/map{hidden}").status_code == 404
    page = client.get("/replay/map/P06").content.decode()
    assert "Seen" in page
    assert "PCs" not in page
    assert json.loads(client.get("/replay/map/P06?format=json").content)["counts"]["partial"] == 0


def test_evidence_of_wider_rows_is_not_for_owners_of_a_unit(small: Organisation, cast: Cast, signed_in: Any) -> None:
    edit = cover("P01", "partial", all=True)
    secret = {**dict(edit.document or {}), "evidence": "audit of all plants", "verified_by": "Auditor"}
    actions.apply(organisation=small, edits=[edit._replace(document=secret)], by="a test")
    for person, seen in ((cast.reporter, False), (cast.manager, True)):
        client = signed_in(person)
        for kind in ("", "?format=csv", "?format=json"):
            page = client.get(f"/replay/map/P01{kind}").content.decode("utf-8")
            assert ("audit of all plants" in page) is seen
            assert ("Auditor" in page) is seen


def test_owners_find_the_map_where_they_look(small: Organisation, cast: Cast, signed_in: Any) -> None:
    owner, manager = signed_in(cast.reporter), signed_in(cast.manager)
    units = {unit.key: unit.get_absolute_url() for unit in Unit.objects.all()}
    for client in (owner, manager):
        assert '<a class="btn" href="/replay/map?unit=sales">' in client.get(units["sales"]).content.decode()
    assert owner.get(units["it"]).status_code == 404
    page = owner.get("/tasks/").content.decode()
    assert '<a class="btn" href="/replay/map">' in page
    assert "/replay/map" not in manager.get("/tasks/").content.decode()
    assert owner.get("/replay/map").status_code == 200
    assert 'href="/replay/"' not in owner.get("/replay/map").content.decode()


def test_from_a_cell_to_recording_what_holds_there(small: Organisation, cast: Cast, signed_in: Any) -> None:
    owner, manager, reader = (signed_in(person) for person in (cast.reporter, cast.manager, cast.executive))
    for asked, wanted in (
        ("P01?unit=sales", "/measures/coverage/new?measure=P01&amp;unit=sales"),
        ("P01?unit=sales&zone=dmz&kind=pc", "/measures/coverage/new?measure=P01&amp;unit=sales&amp;zone=dmz&amp;kind=pc"),
        ("P01", "/measures/coverage/new?measure=P01"),
        ("P06", f"/measures/coverage/{CoverageRow.objects.get(key='P06 all').pk}/edit"),
    ):  # fmt: skip
        page = manager.get(f"/replay/map/{asked}").content.decode()
        assert f'<a class="btn btn-primary" href="{wanted}">' in page
    for none in ("P01?unit=-", "P01?unit=sales&own=1", "P01?day=2026-09-01"):
        assert "/measures/coverage/new" not in manager.get(f"/replay/map/{none}").content.decode()
    filled = manager.get("/measures/coverage/new?measure=P01&unit=sales&zone=dmz&kind=pc").context["form"]
    assert [filled[name].value() for name in ("measure", "unit", "zone", "kind")] == ["P01", "sales", "dmz", "pc"]
    page = owner.get("/replay/map/P01?unit=sales").content.decode()
    assert '<a class="btn btn-primary" href="/measures/proposals/new?measure=P01&amp;unit=sales">' in page
    assert owner.get("/measures/proposals/new?measure=P01&unit=sales").context["form"]["unit"].value() == "sales"
    assert "/measures/proposals/new" not in owner.get("/replay/map/P01?zone=dmz").content.decode()
    page = reader.get("/replay/map/P01?unit=sales").content.decode()
    assert "/measures/coverage/new" not in page
    assert "/measures/proposals/new" not in page


def test_strangers_and_reporters_see_nothing(small: Organisation, cast: Cast, signed_in: Any, db: None) -> None:
    from conftest import make_person

    client = signed_in(make_person("reporter", "Somebody"))
    assert client.get("/replay/map").status_code == 404
    assert client.get("/replay/map/P06").status_code == 404


def test_contradictions_are_marked_where_the_claim_is(small: Organisation, cast: Cast, signed_in: Any) -> None:
    """The web server is claimed in full, and its realm has a second factor in part only; the PCs are claimed in part."""
    www = next(asset for asset in SMALL["assets"] if asset["id"] == "www")
    actions.apply(organisation=small, edits=[Edit("asset", "www", {**www, "realm": "ad"})], by="a test")
    client = signed_in(cast.manager)
    cells = _cells(client)
    assert {column for (measure, column), cell in cells.items() if measure == "P06" and cell["contradicted"]} == {
        "sales"
    }
    page = client.get("/replay/map/P06").content.decode()
    assert page.count("Realm AD: a second factor is asked for in part only.") == 1
    assert "contradicted by the register" in client.get("/replay/map").content.decode()
    owner = signed_in(cast.reporter).get("/replay/map/P06").content.decode()
    assert "contradicted by the register" in owner
    assert "Realm AD" not in owner


def test_a_row_that_is_over_counts_as_unknown_from_then_on(
    small: Organisation, clock: Any, cast: Cast, signed_in: Any
) -> None:
    row = {"measure": "P06", "scope": {"asset": "www"}, "state": "full", "valid_until": "2026-10-05"}
    actions.apply(organisation=small, edits=[Edit("coverage", "P06 asset=www", row)], by="a test")
    clock(2026, 10, 20, 9)
    client = signed_in(cast.manager)
    for day, state in (("2026-10-04", "full"), ("2026-10-05", "full"), ("2026-10-06", "unknown"), ("", "unknown")):
        assert _cells(client, f"day={day}")["P06", "sales"]["state"] == state
    assert "2026-10-05" in client.get("/replay/map/P06?unit=shop").content.decode()


def test_cells_of_a_file_are_no_formulas(small: Organisation, cast: Cast, signed_in: Any) -> None:
    unit = {"id": "sales", "name": "=cmd|' /C calc'!A0", "parent": "all", "owner": "ken"}
    actions.apply(organisation=small, edits=[Edit("unit", "sales", unit)], by="a test")
    rows = list(
        csv.reader(
            io.StringIO(signed_in(cast.manager).get("/replay/map?format=csv&unit=all").content.decode("utf-8-sig"))
        )
    )
    assert any("'=cmd" in cell for row in rows for cell in row)
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row)


def test_no_organisation_yet(cast: Cast, signed_in: Any) -> None:
    assert "No organisation is stored yet." in signed_in(cast.manager).get("/replay/map").content.decode()
