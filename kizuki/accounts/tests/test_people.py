"""People: who may look and manage, roles, deactivating with undo, and never losing the last administrator."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from conftest import make_person
from kizuki.accounts.actions import Stale, activate, change_role, create_person, deactivate, update_profile
from kizuki.accounts.models import FirstLink, Person
from kizuki.journal.models import Entry

pytestmark = pytest.mark.django_db
LOOK = [("reporter", 404), ("responder", 404), ("manager", 404), ("executive", 404), ("auditor", 200),
        ("administrator", 200)]  # fmt: skip
MANAGE = [("reporter", 404), ("responder", 404), ("manager", 404), ("executive", 404), ("auditor", 403)]


@pytest.mark.parametrize(("role", "status"), LOOK)
def test_who_may_look(role: str, status: int, cast: Any, signed_in: Any) -> None:
    client = signed_in(getattr(cast, role))
    assert client.get("/account/people/").status_code == status
    assert client.get(f"/account/people/{cast.manager.pk}/").status_code == status
    assert client.get("/account/people/999999/").status_code == 404


@pytest.mark.parametrize(("role", "status"), MANAGE)
@pytest.mark.parametrize("act", ["role/", "link/", "deactivate/", "activate/"])
def test_who_may_not_manage(act: str, role: str, status: int, cast: Any, signed_in: Any) -> None:
    client = signed_in(getattr(cast, role))
    before = list(Person.objects.order_by("pk").values())
    data = {"role": "administrator", "version": 1}
    assert client.post(f"/account/people/{cast.reporter.pk}/{act}", data).status_code == status
    assert list(Person.objects.order_by("pk").values()) == before
    assert not FirstLink.objects.exists()


@pytest.mark.parametrize(("role", "status"), [*MANAGE, ("administrator", 200)])
def test_who_may_invite(role: str, status: int, cast: Any, signed_in: Any) -> None:
    client = signed_in(getattr(cast, role))
    assert client.get("/account/people/invite/").status_code == status
    data = {"name": "新人", "email": "Shinjin@Example.org", "role": "responder", "language": "ja"}
    page = client.post("/account/people/invite/", data)
    assert page.status_code == status
    assert Person.objects.filter(email="shinjin@example.org").exists() is (status == 200)
    if status == 200:
        assert page.context["link"].startswith("http://testserver/account/first/")
        assert page["Cache-Control"].startswith("max-age=0")


def test_an_address_is_there_once(cast: Any, signed_in: Any) -> None:
    data = {"name": "Twice", "email": cast.manager.email.upper(), "role": "reporter", "language": "en"}
    page = signed_in(cast.administrator).post("/account/people/invite/", data)
    assert page.context["form"].errors["email"]
    with pytest.raises(ValidationError):
        create_person(email=cast.manager.email, name="Twice", role="reporter", by="test")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.create(email="UPPER@example.org", name="x", role="reporter")


def test_a_person_begins_without_a_password(cast: Any) -> None:
    person = create_person(email="a@example.org", name="A", role="reporter", by=cast.administrator)
    assert not person.has_usable_password()
    assert Entry.objects.get(verb="create_person").details == {"email": "a@example.org", "role": "reporter"}


def test_a_role_is_changed_once_and_a_stale_page_is_refused(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.administrator)
    path = f"/account/people/{cast.reporter.pk}/role/"
    assert client.post(path, {"role": "manager", "version": 1}).status_code == 302
    stale = client.post(path, {"role": "executive", "version": 1})
    assert stale.status_code == 409
    assert b"in the meantime" in stale.content
    cast.reporter.refresh_from_db()
    assert (cast.reporter.role, cast.reporter.version) == ("manager", 2)
    assert Entry.objects.get(verb="change_role").details == {"from": "reporter", "to": "manager"}


def test_an_unknown_role_is_refused(cast: Any) -> None:
    with pytest.raises(ValidationError):
        change_role(person=cast.reporter, role="emperor", version=1, by="test")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=cast.reporter.pk).update(role="emperor")


def test_the_last_administrator_stays(cast: Any) -> None:
    with pytest.raises(ValidationError, match="last administrator"):
        change_role(person=cast.administrator, role="reporter", version=1, by="test")
    with pytest.raises(ValidationError, match="last administrator"):
        deactivate(person=cast.administrator, version=1, by="test")
    second = make_person("administrator", "Second")
    change_role(person=cast.administrator, role="reporter", version=1, by=second)
    with pytest.raises(ValidationError, match="last administrator"):
        deactivate(person=second, version=1, by=cast.administrator)


def test_deactivating_asks_first_and_can_be_undone(cast: Any, signed_in: Any) -> None:
    client = signed_in(cast.administrator)
    path = f"/account/people/{cast.reporter.pk}/"
    assert b"Deactivate Reporter?" in client.get(path + "deactivate/").content
    client.post(path + "deactivate/", {"version": 1})
    cast.reporter.refresh_from_db()
    assert not cast.reporter.is_active
    assert b"Undo" in client.get(path).content
    client.post(path + "activate/", {"version": 2})
    cast.reporter.refresh_from_db()
    assert cast.reporter.is_active
    assert list(Entry.objects.about(cast.reporter).order_by("seq").values_list("verb", flat=True)) == [
        "deactivate", "activate",
    ]  # fmt: skip


def test_nobody_deactivates_themselves(cast: Any) -> None:
    make_person("administrator", "Second")
    with pytest.raises(ValidationError, match="your own"):
        deactivate(person=cast.administrator, version=1, by=cast.administrator)


def test_activate_and_profile_refuse_a_stale_version(cast: Any) -> None:
    with pytest.raises(Stale):
        activate(person=cast.reporter, version=9, by="test")
    with pytest.raises(Stale):
        update_profile(person=cast.reporter, name="N", language="en", time_zone="UTC", version=9, by="test")


def test_the_list_finds_and_asks_few_questions(cast: Any, signed_in: Any, django_assert_max_num_queries: Any) -> None:
    client = signed_in(cast.auditor)
    with django_assert_max_num_queries(6):
        page = client.get("/account/people/", {"q": "mana"})
    assert [person.name for person in page.context["people"]] == ["Manager"]
    assert client.get("/account/people/", {"from": "x"}).status_code == 200
