"""What the operations on incidents share: finding them, naming people, and sending twice."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Annotated, Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from ninja import Field, Schema
from pydantic import ConfigDict

from kizuki.accounts.access import who
from kizuki.accounts.models import Person
from kizuki.incidents import rules
from kizuki.incidents.models import Incident
from kizuki.incidents.people import who_see
from kizuki.ui.api import REFUSALS, Problem, Sent

TAGS = ["incidents"]
#: Who may not, and what is not there; then what was refused.
REFUSED = {403: Problem, 404: Problem, **REFUSALS}
SEEN = {404: Problem}
Once = Annotated[
    str,
    Field(
        "",
        max_length=200,
        description="the sender's own name for this sending; sent again with the same, nothing is entered twice and the answer is the"
        " same",
    ),
]
#: A number in the address beyond which there is nothing.
MOST = 2**31 - 1


class Strict(Sent):
    """Base of bodies: a field that is not known is refused, since what somebody meant to change would silently stay as it was."""

    model_config = ConfigDict(extra="forbid")


class Who(Schema):
    """A person by number and name; `id` null for the program itself and for names that came with data."""

    id: int | None
    name: str


def once_of(request: HttpRequest, once: str) -> str:
    """The key as it is kept. Empty where none was sent."""
    return own_once(who(request), once)


def own_once(person: Person, once: str) -> str:
    """A key of this person alone, so that nobody is given what another has sent under the same."""
    return hashlib.sha256(f"api:{person.pk}:{once}".encode()).hexdigest() if once else ""


def enter(request: HttpRequest) -> None:
    """404 for those who learn nothing of incidents."""
    if not rules.may_enter(request.user):
        raise Http404


def person_named(incident: Incident, written: int | str | None, field: str, *, anyone: bool = False) -> Person | None:
    """The person by number or mail address: one who sees the incident, or with `anyone` everybody who can sign in."""
    if written in (None, ""):
        return None
    rows = Person.objects.filter(is_active=True) if anyone else who_see(incident)
    asked = {"pk": written} if isinstance(written, int) else {"email": str(written).strip().lower()}
    found: Person | None = rows.filter(**asked).first()
    if found is None:
        raise ValidationError(
            {field: "This is nobody who can see the incident." if not anyone else "There is nobody like that."}
        )
    return found


def numbers_seen(person: Any, pks: Iterable[int | None]) -> dict[int, str]:
    """Of other incidents the numbers, as far as the person may know of them, by key."""
    wanted = {pk for pk in pks if pk is not None}
    if not wanted:
        return {}
    return dict(Incident.objects.visible_to(person).filter(pk__in=wanted).values_list("pk", "number"))


def called(person: Any, name: str = "") -> Who | None:
    """A person as the API gives it; None for nobody."""
    if person is not None:
        return Who(id=person.pk, name=person.name)
    return Who(id=None, name=name) if name else None


def iso(moment: dt.datetime | None) -> str | None:
    return moment.isoformat() if moment else None
