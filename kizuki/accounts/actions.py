"""Every write of the accounts room. Each is one transaction with one entry in the journal."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.accounts import keys
from kizuki.accounts.choices import Language, Role
from kizuki.accounts.models import FirstLink, Key, Person, SignIn
from kizuki.journal.actions import By, record

ROOM = "accounts"
#: How many sign-ins are kept for each person.
SIGN_INS_KEPT = 200
LONGEST_KEY = timedelta(days=366)


class Stale(ValidationError):
    """Someone else changed the row since the form was shown; nothing was written."""

    def __init__(self, person: Person) -> None:
        super().__init__(_("Someone changed this in the meantime. Here is how it is now; please decide again."))
        self.person = person


@transaction.atomic
def create_person(
    *, email: str, name: str, role: str, by: By, language: str = Language.JA, time_zone: str | None = None
) -> Person:
    """Add a person without a password; they come in by a first link. ValidationError where the data cannot stand."""
    person = Person(email=email, name=name, role=role, language=language, time_zone=time_zone or settings.TIME_ZONE)
    person.set_unusable_password()
    person.full_clean()
    person.save()
    record(by=by, room=ROOM, verb="create_person", obj=person, data={"email": person.email, "role": person.role})
    return person


@transaction.atomic
def make_first_link(*, person: Person, by: By, hours: int | None = None) -> str:
    """Make a link that signs the person in once, and end the ones before. Returns its token, which is kept nowhere."""
    if not person.is_active:
        raise ValidationError(_("This person is deactivated. Activate the account first."))
    now = timezone.now()
    FirstLink.objects.filter(person=person, ended_at=None, expires_at__gt=now).update(ended_at=now)
    token = secrets.token_urlsafe(32)
    until = now + timedelta(hours=hours or settings.FIRST_LINK_HOURS)
    FirstLink.objects.create(person=person, digest=keys.digest(token), created_at=now, expires_at=until)
    record(by=by, room=ROOM, verb="make_first_link", obj=person, data={"until": until.isoformat()})
    return token


def find_first_link(token: str) -> FirstLink | None:
    """The open link with that token, without using it up."""
    link = FirstLink.objects.select_related("person").filter(digest=keys.digest(token)).first()
    return link if link is not None and link.open_at(timezone.now()) else None


@transaction.atomic
def use_first_link(*, token: str) -> Person | None:
    """Use the link up and return its person; None if it is unknown, used, or over. Of two at once only one wins."""
    now = timezone.now()
    link = FirstLink.objects.select_related("person").filter(digest=keys.digest(token)).first()
    if link is None or not link.person.is_active:
        return None
    if not FirstLink.objects.filter(pk=link.pk, ended_at=None, expires_at__gt=now).update(ended_at=now):
        return None
    record(by=link.person, room=ROOM, verb="use_first_link", obj=link.person)
    return link.person


@transaction.atomic
def set_password(*, person: Person, password: str, by: By) -> Person:
    """Set a password that has passed the validators."""
    person.set_password(password)
    person.save(update_fields=["password"])
    record(by=by, room=ROOM, verb="set_password", obj=person)
    return person


@transaction.atomic
def change_role(*, person: Person, role: str, version: int, by: By) -> Person:
    """Give the person another role; refused for the last administrator and when `version` is stale."""
    if role not in Role.values:
        raise ValidationError(_("There is no such role."))
    before = person.role
    if role != Role.ADMINISTRATOR:
        _keep_an_administrator(person)
    _update(person, version, role=role)
    record(by=by, room=ROOM, verb="change_role", obj=person, data={"from": before, "to": role})
    return person


@transaction.atomic
def deactivate(*, person: Person, version: int, by: By) -> Person:
    """Close the account: sessions, links and keys stop at once. Refused for oneself and the last administrator."""
    if getattr(by, "pk", None) == person.pk:
        raise ValidationError(_("You cannot deactivate your own account. Ask another administrator."))
    _keep_an_administrator(person)
    _update(person, version, is_active=False)
    record(by=by, room=ROOM, verb="deactivate", obj=person)
    return person


@transaction.atomic
def activate(*, person: Person, version: int, by: By) -> Person:
    """Open a closed account again, with the role it had."""
    _update(person, version, is_active=True)
    record(by=by, room=ROOM, verb="activate", obj=person)
    return person


@transaction.atomic
def update_profile(*, person: Person, name: str, language: str, time_zone: str, version: int, by: By) -> Person:
    """Change the name, language and time zone of a person."""
    before = {"name": person.name, "language": person.language, "time_zone": person.time_zone}
    after = {"name": name.strip(), "language": language, "time_zone": time_zone}
    for field, value in after.items():
        setattr(person, field, value)
    person.full_clean()
    _update(person, version, **after)
    changed = {field: [before[field], value] for field, value in after.items() if before[field] != value}
    if changed:
        record(by=by, room=ROOM, verb="update_profile", obj=person, data=changed)
    return person


@transaction.atomic
def create_key(*, person: Person, name: str, scope: str, expires_at: datetime, by: By) -> tuple[Key, str]:
    """Make an API key; returns it with the text to send, which is kept nowhere."""
    if expires_at > timezone.now() + LONGEST_KEY:
        raise ValidationError(_("A key lasts at most one year."))
    prefix, secret = keys.fresh()
    key = Key(person=person, name=name, scope=scope, prefix=prefix, digest=keys.digest(secret), expires_at=expires_at)
    key.full_clean()
    key.save()
    record(by=by, room=ROOM, verb="create_key", obj=key, data={"scope": scope, "until": expires_at.isoformat()})
    return key, keys.written(prefix, secret)


@transaction.atomic
def revoke_key(*, key: Key, by: By) -> Key:
    """End a key at once. Doing it twice changes nothing."""
    now = timezone.now()
    if Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        key.revoked_at = now
        record(by=by, room=ROOM, verb="revoke_key", obj=key)
    return key


@transaction.atomic
def note_sign_in(*, person: Person, succeeded: bool, how: str, address: str, agent: str) -> SignIn:
    """Note a sign-in or a failed one. Only those that succeed go into the journal, so that guessing cannot flood it."""
    seen = SignIn.objects.create(
        person=person, succeeded=succeeded, how=how[:40], address=address[:64], agent=agent.replace("\x00", "")[:200]
    )
    old = SignIn.objects.filter(person=person).values_list("pk", flat=True)[SIGN_INS_KEPT:]
    SignIn.objects.filter(pk__in=list(old)).delete()
    if succeeded:
        record(by=person, room=ROOM, verb="sign_in", obj=person, data={"how": how, "address": address})
    return seen


@transaction.atomic
def note_second_factor(*, person: Person, verb: str, kind: str) -> None:
    """Put a change of somebody's second factors into the journal; allauth has made the change itself."""
    record(by=person, room=ROOM, verb=verb, obj=person, data={"kind": kind})


def _update(person: Person, version: int, **values: object) -> None:
    """Write `values` only where `version` is still the row's, else Stale."""
    changed = Person.objects.filter(pk=person.pk, version=version).update(**values, version=version + 1)
    person.refresh_from_db()
    if not changed:
        raise Stale(person)


def _keep_an_administrator(person: Person) -> None:
    """Refuse what would leave nobody who can manage people. Locks the rows, so that two cannot go at once."""
    active = Person.objects.select_for_update().filter(role=Role.ADMINISTRATOR, is_active=True).order_by("pk")
    others = [pk for pk in active.values_list("pk", flat=True) if pk != person.pk]
    if person.role == Role.ADMINISTRATOR and not others:
        raise ValidationError(_("This is the last administrator. Make someone else administrator first."))


def prune_links(*, older_than: timedelta) -> int:
    """Remove first links that ran out that long ago; the journal keeps that they were made. Returns how many."""
    count, _kinds = FirstLink.objects.filter(expires_at__lt=timezone.now() - older_than).delete()
    return count
