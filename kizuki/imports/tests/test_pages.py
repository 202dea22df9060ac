"""The pages of imports, from a file to the register and back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from conftest import Cast
from kizuki.imports.choices import State
from kizuki.imports.models import Import, KeptMapping, PlanLine
from kizuki.imports.tests.conftest import TABLE, entered, given, line, planned, upload
from kizuki.jobs.worker import drain
from kizuki.register.models import Asset, Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(small: Organisation, cast: Cast, signed_in: Any) -> Client:
    client: Client = signed_in(cast.manager)
    return client


def text(client: Client, address: str, status: int = 200) -> str:
    response = client.get(address)
    assert response.status_code == status, address
    return str(response.content.decode())


def described(client: Client, made: Import, **changes: str) -> Any:
    """Send the form of a file as it stands, with some values changed."""
    form = client.get(f"/imports/{made.pk}/describe").context["form"]
    values = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    columns = client.get(f"/imports/{made.pk}/describe").context["columns"]
    values |= {f"column_{column.n}": column.field for column in columns}
    return client.post(f"/imports/{made.pk}/describe", {k: v for k, v in values.items() if v is not False} | changes)


def test_the_whole_way(manager: Client) -> None:
    response = manager.post("/imports/", {"file": upload(TABLE)})
    made = Import.objects.get()
    assert response.headers["Location"] == f"/imports/{made.pk}/describe"
    page = text(manager, f"/imports/{made.pk}/describe")
    assert "Asset tag" in page
    assert "Front desk · Back office · Web server" in page
    assert described(manager, made, name="Our list", single="replace").headers["Location"] == f"/imports/{made.pk}"
    assert "being read" in text(manager, f"/imports/{made.pk}")
    drain()
    page = text(manager, f"/imports/{made.pk}")
    assert "Enter 6 records" in page
    assert "Windows 11" in page
    assert KeptMapping.objects.get().name == "Our list"
    front = line(made, "PC-1")
    shown = [one.n for one in PlanLine.objects.filter(of=made)]
    ticked = [n for n in shown if n != front.n]
    manager.post(f"/imports/{made.pk}/take", {"shown": shown, "take": ticked, "asked": ""})
    assert "Enter 5 records" in text(manager, f"/imports/{made.pk}")
    manager.post(f"/imports/{made.pk}/apply")
    drain()
    assert Asset.objects.filter(key="PC-2").exists()
    assert not Asset.objects.filter(key="PC-1").exists()
    page = text(manager, f"/imports/{made.pk}")
    assert "Undo all of it" in page
    manager.post(f"/imports/{made.pk}/undo")
    drain()
    assert "taken back" in text(manager, f"/imports/{made.pk}")
    assert not Asset.objects.filter(key="PC-2", deleted_at=None).exists()


def test_pressed_twice_it_says_so(manager: Client, cast: Cast) -> None:
    made = planned(TABLE, by=cast.manager)
    manager.post(f"/imports/{made.pk}/apply")
    response = manager.post(f"/imports/{made.pk}/apply", follow=True)
    assert "gone on with this import already" in response.content.decode()


def test_names_are_chosen(manager: Client, cast: Cast) -> None:
    made = planned(TABLE, by=cast.manager)
    assert "Look at the names" in text(manager, f"/imports/{made.pk}")
    page = text(manager, f"/imports/{made.pk}/names")
    assert "Accounts" in page
    unit, zone = line(made, "accounts", "unit"), line(made, "annex", "zone")
    mika = line(made, "mika@example.org", "contact")
    wrong = {f"do_{unit.pk}": "map", f"key_{unit.pk}": "nowhere"}
    assert manager.post(f"/imports/{made.pk}/names", wrong).status_code == 422
    right = {f"do_{unit.pk}": "map", f"key_{unit.pk}": "it", f"do_{zone.pk}": "leave", f"do_{mika.pk}": "new"}
    manager.post(f"/imports/{made.pk}/names", right)
    drain()
    assert line(made, "PC-2").document == {
        "id": "PC-2", "name": "Back office", "kind": "pc", "unit": "it", "owner": "mika@example.org", "ips": ["10.1.0.6"],
        "serials": ["S-2"], "os": "Windows 11",
    }  # fmt: skip


def test_the_form_is_shown_again_without_anything_being_done(manager: Client, cast: Cast) -> None:
    made = given("Note\nx\nAsset tag,Name,Type\nA-1,Box,PC\n", by=cast.manager)
    response = manager.post(
        f"/imports/{made.pk}/describe", {"format": "csv", "kind": "unit", "header_row": "3", "look": "1"}
    )
    assert response.status_code == 200
    assert [column.heading for column in response.context["columns"]] == ["Asset tag", "Name", "Type"]
    assert Import.objects.get(pk=made.pk).state == State.GIVEN


def test_a_file_that_cannot_be_read_says_why_and_where(manager: Client, cast: Cast) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE nmaprun [<!ENTITY a "aa">]><nmaprun scanner="nmap">&a;</nmaprun>'
    made = planned(bomb, "scan.xml", by=cast.manager)
    assert text(manager, f"/imports/{made.pk}", 302) == ""
    assert "declares entities" in text(manager, f"/imports/{made.pk}/describe")
    odd = given(b"\x00\x01\x02", "odd.bin", by=cast.manager)
    assert described_status(manager, odd) == 422


def described_status(client: Client, made: Import) -> int:
    return client.post(f"/imports/{made.pk}/describe", {"format": "", "clock": "UTC"}).status_code


def test_lines_are_narrowed_down_and_given_as_a_table(manager: Client, cast: Cast) -> None:
    made = planned(TABLE + "PC-4,=cmd|x,Boat,,,,,S-9,\n", by=cast.manager)
    page = text(manager, f"/imports/{made.pk}?state=changed")
    assert "Web server" in page
    assert "Front desk" not in page
    assert "Front desk" in text(manager, f"/imports/{made.pk}?q=PC-1")
    assert "Nothing fits" in text(manager, f"/imports/{made.pk}?q=zzz")
    response: Any = manager.get(f"/imports/{made.pk}/lines.csv?state=bad")
    table = b"".join(response.streaming_content).decode()
    assert table.startswith("\ufeffRow,Kind,Id,Name,State,Column,What is to be done\r\n5,Asset,")
    assert "\n=" not in table
    assert ",=" not in table


def test_a_batch_of_the_register_leads_back(manager: Client, cast: Cast) -> None:
    made = entered(planned(TABLE, by=cast.manager), by=cast.manager)
    assert f"/register/batches/{made.batch}" in text(manager, f"/imports/{made.pk}")
    assert "6 records" in text(manager, f"/register/batches/{made.batch}")


def test_readers_may_not_and_strangers_learn_nothing(small: Organisation, cast: Cast, signed_in: Any) -> None:
    made = planned(TABLE, by=cast.manager)
    addresses = ["/imports/", *(f"/imports/{made.pk}{end}" for end in ("", "/describe", "/names", "/lines.csv"))]
    for person in (cast.responder, cast.executive, cast.auditor):
        for address in addresses:
            assert signed_in(person).get(address).status_code == 403, address
    for end in ("take", "apply", "undo", "discard"):
        assert signed_in(cast.executive).post(f"/imports/{made.pk}/{end}").status_code == 403
        assert signed_in(cast.reporter).post(f"/imports/{made.pk}/{end}").status_code == 404
    # the reporter of the small organisation answers for a unit, and may bring in files, but does not see others'
    assert signed_in(cast.reporter).get("/imports/").status_code == 200
    assert signed_in(cast.reporter).get(f"/imports/{made.pk}").status_code == 404
    own = planned(TABLE, by=cast.reporter)
    page = signed_in(cast.reporter).get(f"/imports/{own.pk}").content.decode()
    assert "Your units do not answer for this" in page


def test_a_stranger_finds_no_such_room(db: None, cast: Cast, signed_in: Any) -> None:
    assert signed_in(cast.reporter).get("/imports/").status_code == 404


def test_files_of_imports_are_seen_by_whoever_sees_the_import(manager: Client, cast: Cast, signed_in: Any) -> None:
    made = planned(TABLE, by=cast.manager)
    assert manager.get(f"/files/{made.digest}").status_code == 200
    assert signed_in(cast.reporter).get(f"/files/{made.digest}").status_code == 404


def test_in_japanese_lines_are_chosen_not_robbed(manager: Client, cast: Cast) -> None:
    made = planned(TABLE)
    cast.manager.language = "ja"
    cast.manager.save()
    page = text(manager, f"/imports/{made.pk}")
    assert "取り込みの選択" in page
    assert "奪取" not in page


def test_from_every_list_of_the_register_a_way_leads_here(manager: Client, cast: Cast, signed_in: Any) -> None:
    way = '<a class="btn" href="/imports/">'
    for address in ("/register/", "/register/assets/", "/register/zones/"):
        assert way in text(manager, address)
        assert way in text(signed_in(cast.reporter), address)  # who answers for a unit
        assert way not in text(signed_in(cast.executive), address)
