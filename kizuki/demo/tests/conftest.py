"""The demo as it is after its first start."""

from __future__ import annotations

from typing import Any

import pytest

from kizuki.demo.actions import load_company, load_library, sign_in_links
from kizuki.register.models import Organisation


@pytest.fixture(scope="module")
def _told(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The demo as it is after its first start; made once for this file and rolled back at its end."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        load_library()
        load_company()
        sign_in_links()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def company(_told: None, db: None) -> Organisation:
    return Organisation.objects.get(slug="demo-company")
