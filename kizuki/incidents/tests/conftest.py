"""The small organisation of the register's tests, and an incident in it."""

from __future__ import annotations

import pytest

from conftest import Cast
from kizuki.incidents import actions
from kizuki.incidents.actions import open_incident
from kizuki.incidents.models import Incident
from kizuki.incidents.procedures import of_library
from kizuki.incidents.tests.programs import Program
from kizuki.register.models import Organisation
from kizuki.register.tests.conftest import small

__all__ = ["small"]


@pytest.fixture
def incident(small: Organisation, cast: Cast) -> Incident:
    """An open incident that the responder leads."""
    return open_incident(title="Odd sign-ins", kind="account-takeover", by=cast.responder)


@pytest.fixture
def program(cast: Cast) -> Program:
    return Program(cast.responder)


@pytest.fixture
def at(incident: Incident) -> str:
    return f"/{incident.number}"


@pytest.fixture
def begun(incident: Incident, cast: Cast) -> Incident:
    """The incident with the tasks of a procedure, an own task and a decision."""
    procedure = of_library("ransomware")
    assert procedure is not None
    actions.begin_procedure(incident=incident, procedure=procedure, by=cast.responder)
    actions.add_task(incident=incident, title="Call the printer people", by=cast.responder)
    actions.add_entry(incident=incident, text="Seen", lane="it", kind="detect", by=cast.responder)
    actions.add_decision(
        incident=incident, question="Do we stop?", options=["Yes", "No"], chosen=1, reason="x", decided_by="Otsuka",
        by=cast.responder,
    )  # fmt: skip
    return incident
