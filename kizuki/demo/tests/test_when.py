"""When the demo's life is told, and when it is not: each test begins with an empty installation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from conftest import make_person
from kizuki.accounts.choices import Role
from kizuki.criteria.actions import begin_draft
from kizuki.criteria.queries import document
from kizuki.demo.actions import load_company, load_library, sign_in_links
from kizuki.devices.models import Device, Source
from kizuki.measures.models import OwnMeasure, Round
from kizuki.register.actions import Edit, apply
from kizuki.register.models import Coverage, Organisation
from kizuki.tasks.actions import Origin, create_task
from kizuki.tasks.models import Task

pytestmark = pytest.mark.django_db


def _somebody_edited(company: Organisation) -> None:
    row = Coverage.objects.get(organisation=company, key="R07 all")
    apply(organisation=company, edits=[Edit("coverage", row.key, {**row.document, "state": "partial"})], by="a test")


def _somebody_has_a_task(company: Organisation) -> None:
    create_task(title="Mine", origin=Origin.OWN, unit="it", by="a test", organisation=company)


def _somebody_writes_criteria(company: Organisation) -> None:
    load_library()
    base = document("admission")
    assert base is not None
    begin_draft(document=base, by=make_person(Role.MANAGER))


def _it_is_not_home(company: Organisation) -> None:
    Organisation.objects.filter(pk=company.pk).update(is_home=False)


@pytest.mark.parametrize("before", [_somebody_edited, _somebody_has_a_task, _somebody_writes_criteria, _it_is_not_home])
def test_a_company_that_somebody_works_with_is_left_alone(before: Callable[[Organisation], None]) -> None:
    company = load_company()
    before(company)
    version = Organisation.objects.get(pk=company.pk).version
    sign_in_links()
    assert Organisation.objects.get(pk=company.pk).version == version
    assert not Device.objects.exists()
    assert not OwnMeasure.objects.exists()


def test_it_is_all_or_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise RuntimeError("stopped half-way")

    load_library()
    company = load_company()
    monkeypatch.setattr("kizuki.demo.life.take_snapshot", fail)
    with pytest.raises(RuntimeError):
        sign_in_links()
    assert not any(model.objects.exists() for model in (Device, OwnMeasure, Round, Source, Task))
    assert Organisation.objects.get(pk=company.pk).version == company.version
