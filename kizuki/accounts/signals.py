"""What allauth does by itself and the journal must know of: sign-ins, and changes of second factors."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import get_authentication_records
from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest

from kizuki.accounts import actions


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    adapter = get_adapter()
    actions.note_sign_in(
        person=user, succeeded=True, how=_how(request, user), address=adapter.get_client_ip(request),
        agent=adapter.get_http_user_agent(request),
    )  # fmt: skip


@receiver(password_changed)
def _password_changed(request: HttpRequest, user: Any, **kwargs: Any) -> None:
    request.session.pop("accounts_may_set_password", None)


@receiver(authenticator_added)
def _added(user: Any, authenticator: Any, **kwargs: Any) -> None:
    actions.note_second_factor(person=user, verb="add_second_factor", kind=authenticator.type)


@receiver(authenticator_removed)
def _removed(user: Any, authenticator: Any, **kwargs: Any) -> None:
    actions.note_second_factor(person=user, verb="remove_second_factor", kind=authenticator.type)


@receiver(authenticator_reset)
def _reset(user: Any, authenticator: Any, **kwargs: Any) -> None:
    actions.note_second_factor(person=user, verb="renew_second_factor", kind=authenticator.type)


def _how(request: HttpRequest, person: Any) -> str:
    """The strongest way in that this session has seen, such as "password+totp" or "passkey"."""
    ways = []
    for step in get_authentication_records(request, person):
        way = step.get("type", step["method"]) if step["method"] == "mfa" else step["method"]
        way = "passkey" if way == "webauthn" else way
        if way not in ways:
            ways.append(way)
    return "+".join(ways)[:40]
