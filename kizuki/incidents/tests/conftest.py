"""The small organisation of the register's tests, and an incident in it."""

from __future__ import annotations

import pytest

from conftest import Cast
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Incident
from kizuki.register.models import Organisation
from kizuki.register.tests.conftest import small

__all__ = ["small"]


@pytest.fixture
def incident(small: Organisation, cast: Cast) -> Incident:
    """An open incident that the responder leads."""
    return open_incident(title="Odd sign-ins", kind="account-takeover", by=cast.responder)
