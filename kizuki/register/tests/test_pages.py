"""The pages of the register: making, changing, two at once, history, many at once, and who gets what."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from kizuki.jobs.models import Job
from kizuki.register.models import Asset, Organisation, SavedFilter, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of(signed_in: Any, small: Organisation) -> Any:
    """A client for a person, on a site that has the small organisation."""
    return signed_in


def pk(key: str) -> int:
    return int(Asset.objects.get(key=key).pk)


def form_of(client: Client, address: str) -> dict[str, Any]:
    """What the page's form would send if nothing was changed."""
    return sent_by(client.get(address).context["form"])


def sent_by(form: Any) -> dict[str, Any]:
    """What a browser would send of a form as it is shown."""
    return {name: value for bound in form if (value := bound.value()) not in (None, "") for name in [bound.html_name]}


def test_an_asset_is_made_and_gets_an_id(client_of: Any, cast: Any) -> None:
    client = client_of(cast.manager)
    sent = {
        "name_ja": "新しい",
        "name_en": "New thing",
        "kind": "pc",
        "zone": "lan",
        "hosts": "a.example.org\nb",
        "version": 0,
    }
    answer = client.post("/register/assets/new", sent)
    row = Asset.objects.get(key="new-thing")
    assert answer["Location"] == row.get_absolute_url()
    assert row.document == {
        "id": "new-thing", "name": {"ja": "新しい", "en": "New thing"}, "kind": "pc", "zone": "lan", "hosts": ["a.example.org", "b"],
    }  # fmt: skip


def test_every_form_sent_back_untouched_changes_nothing(client_of: Any, cast: Any, small: Organisation) -> None:
    from kizuki.register.models import TABLES

    client, before = client_of(cast.manager), small.read
    for kind, table in TABLES.items():
        if kind == "coverage":
            continue
        for row in table.objects.all():
            sent = form_of(client, row.get_absolute_url() + "edit")
            assert client.post(row.get_absolute_url() + "edit", sent).status_code == 302, (kind, row.key)
    small.refresh_from_db()
    assert (small.read, small.version) == (before, 1)


def test_what_is_wrong_is_shown_at_its_field_and_nothing_typed_is_lost(client_of: Any, cast: Any) -> None:
    client = client_of(cast.manager)
    sent = {"name_en": "New", "kind": "pc", "ips": "10.0.0.1", "traits": ["patchable", "unpatchable"], "version": 0}
    answer = client.post("/register/assets/new", sent)
    assert answer.status_code == 422
    assert "rule each other out" in answer.context["form"].errors["traits"][0]
    assert "10.0.0.1" in answer.content.decode()
    missing = client.post("/register/assets/new", {"version": 0})
    assert missing.context["form"].errors["kind"]


def test_the_second_of_two_sees_both_texts_and_may_save_again(client_of: Any, cast: Any) -> None:
    one, two = client_of(cast.manager), client_of(cast.administrator)
    address = f"/register/assets/{pk('www')}/edit"
    first, second = form_of(one, address), form_of(two, address)
    assert one.post(address, first | {"os": "Debian 12"}).status_code == 302
    assert two.post(address, second | {"model": "R640"}).status_code == 302
    refused = two.post(address, second | {"os": "Debian 13"})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "Debian 12" in page
    assert "Debian 13" in page
    assert two.post(address, sent_by(refused.context["form"])).status_code == 302
    assert Asset.objects.get(key="www").document["os"] == "Debian 13"
    assert Asset.objects.get(key="www").document["model"] == "R640"


def test_history_undo_take_out_and_bring_back(client_of: Any, cast: Any) -> None:
    client = client_of(cast.manager)
    address = f"/register/assets/{pk('pcs')}/"
    client.post(address + "edit", form_of(client, address + "edit") | {"os": "Windows 10"})
    assert "Windows 10" in client.get(address).content.decode()
    client.post(address + "undo", {"number": 2})
    assert "os" not in Asset.objects.get(key="pcs").document
    assert client.post(address + "remove").status_code == 409
    made = client.post("/register/assets/new", {"name_en": "Gone", "kind": "pc", "version": 0})
    gone = made["Location"]
    assert client.post(gone + "remove").status_code == 302
    assert client.get(gone).status_code == 404
    assert client.post(gone + "restore")["Location"] == gone
    assert client.get(gone).status_code == 200


def test_many_at_once_and_all_of_it_undone(client_of: Any, cast: Any, small: Organisation) -> None:
    client, before = client_of(cast.manager), small.read
    sent = {"key": ["www", "pcs"], "field": "owner", "asked": ""}
    assert "Set it in 2 records" in client.post("/register/assets/bulk", sent).content.decode()
    assert small.read == before
    done = client.post("/register/assets/bulk", sent | {"apply": "1", "owner": "mari"})
    assert set(Asset.objects.values_list("owner", flat=True)) == {"mari"}
    assert client.get(done["Location"]).status_code == 200
    client.post(done["Location"] + "/undo")
    small.refresh_from_db()
    assert small.read == before
    wrong = client.post("/register/assets/bulk", sent | {"apply": "1", "owner": "nobody"})
    assert wrong.status_code == 200
    assert set(Asset.objects.values_list("owner", flat=True)) == {""}


def test_a_thousand_at_once_are_a_job(client_of: Any, cast: Any, small: Organisation) -> None:
    from kizuki.register.actions import Edit, apply

    edits = [Edit("asset", f"a{n}", {"id": f"a{n}", "name": f"A{n}", "kind": "pc"}) for n in range(410)]
    apply(organisation=small, edits=edits, by="a test")
    client = client_of(cast.manager)
    sent = {"everything": "1", "asked": "kind=pc", "field": "lifecycle", "apply": "1", "lifecycle": "in use"}
    answer = client.post("/register/assets/bulk", sent)
    assert answer["Location"].startswith("/jobs/")
    assert Job.objects.get(task__endswith="set_field").args[1] != []


def test_filters_are_kept_by_name_and_only_for_oneself(client_of: Any, cast: Any) -> None:
    client = client_of(cast.executive)
    assert [line.row.key for line in client.get("/register/assets/?unit=sales").context["lines"]] == ["www"]
    assert [line.row.key for line in client.get("/register/assets/?q=WWW.Example").context["lines"]] == ["www"]
    assert [line.row.key for line in client.get("/register/assets/?kind=server").context["lines"]] == ["www"]
    assert client.get("/register/assets/?zone=nowhere&gap=nonsense").context["lines"] != []
    client.post("/register/assets/filters", {"name": "Ours", "unit": "sales"})
    kept = SavedFilter.objects.get()
    assert "Ours" in client.get("/register/assets/").content.decode()
    other = client_of(cast.manager)
    assert "Ours" not in other.get("/register/assets/").content.decode()
    assert other.post(f"/register/assets/filters/{kept.pk}").status_code == 404
    client.post(f"/register/assets/filters/{kept.pk}")
    assert not SavedFilter.objects.exists()


def test_the_list_as_a_table_holds_what_the_page_holds(client_of: Any, cast: Any) -> None:
    client = client_of(cast.executive)
    text = b"".join(client.get("/register/assets/export.csv?unit=sales").streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["id"] for row in rows] == ["www"]
    assert client.get("/register/assets/export.xlsx").content[:2] == b"PK"
    assert b'"www"' in b"".join(client.get("/register/assets/export.json").streaming_content)


def test_owners_see_and_change_their_own_and_nothing_else(client_of: Any, cast: Any) -> None:
    # The reporter of the cast is the contact Ken, who answers for sales and so for the shop.
    owner = client_of(cast.reporter)
    page = owner.get("/register/assets/").content.decode()
    assert "Web server" in page
    assert "PCs" not in re.sub(r"(?s)<(p class=.stand|nav).*?</(p|nav)>", "", page)
    assert b"pcs" not in b"".join(owner.get("/register/assets/export.csv").streaming_content)
    assert owner.get(f"/register/assets/{pk('pcs')}/").status_code == 404
    assert owner.get("/register/assets/find/pcs").status_code == 404
    assert owner.get("/register/organisation.yaml").status_code == 404
    address = f"/register/assets/{pk('www')}/edit"
    assert owner.post(address, form_of(owner, address) | {"os": "BSD"}).status_code == 302
    assert owner.post(address, form_of(owner, address) | {"unit": "it"}).status_code == 422
    assert owner.get("/register/units/new").status_code == 403
    assert owner.get(f"/register/units/{Unit.objects.get(key='sales').pk}/edit").status_code == 403
    assert owner.post("/register/assets/new", {"name_en": "Mine", "kind": "pc", "version": 0}).status_code == 403
    made = owner.post("/register/assets/new", {"name_en": "Mine", "kind": "pc", "unit": "shop", "version": 0})
    assert made.status_code == 302
    owner.post("/register/assets/bulk", {"key": ["pcs", "www"], "field": "os", "apply": "1", "os": "X"})
    assert {row.key: row.document.get("os") for row in Asset.objects.all()} == {"www": "X", "pcs": None, "mine": None}


def test_a_register_begins_with_the_organisation(signed_in: Any, cast: Any) -> None:
    client = signed_in(cast.manager)
    assert "No organisation yet" in client.get("/register/").content.decode()
    assert client.post("/register/about", {"name_en": ""}).status_code == 422
    assert client.post("/register/about", {"name_en": "We", "complete": ["routes"], "size": 12}).status_code == 302
    found = Organisation.objects.get(is_home=True)
    assert (found.name, found.complete, found.head.size) == ("We", ["routes"], 12)
    state = client.get("/register/about").context["form"]["state"].value()
    assert client.post("/register/about", {"name_en": "We two", "state": state}).status_code == 302
    assert client.post("/register/about", {"name_en": "We three", "state": state}).status_code == 409


def test_five_questions_give_an_importance_with_reasons(client_of: Any, cast: Any) -> None:
    from kizuki.criteria.models import Decision
    from kizuki.demo.actions import load_library

    load_library()
    owner = client_of(cast.reporter)
    address = f"/register/assets/{pk('www')}/judge"
    form = owner.get(address).context["form"]
    worst = {question.html_name: question.field.choices[-1][0] for question, _source in form.rows()}
    for question, _source in form.rows():
        values = [value for value, _name in question.field.choices if value != "unknown"]
        worst[question.html_name] = values[-1]
    looked = owner.post(address, worst)
    assert [one["value"] for one in looked.context["shown"]] == [3, 3, 3]
    assert Asset.objects.get(key="www").document["importance"] == {"integrity": 1}
    assert owner.post(address, worst | {"record": "1"}).status_code == 302
    row = Asset.objects.get(key="www")
    assert row.document["importance"] == {"confidentiality": 3, "integrity": 3, "availability": 3}
    assert Decision.objects.about(row).count() == 3
