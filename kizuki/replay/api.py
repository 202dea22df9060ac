"""Replay by API: stored organisation, or one that is sent along and forgotten."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require_seen
from kizuki.casebook.models import Case
from kizuki.kit.document import BadFile
from kizuki.measures.library import catalogue
from kizuki.register.engine.read import read
from kizuki.register.library import vocabulary
from kizuki.register.models import Organisation
from kizuki.replay import actions, listing, service

router = Router(tags=["replay"])


class Faults(Schema):
    """Why a file was not taken: FILE:LINE: what is wrong and what would be right."""

    detail: str
    faults: list[str]


def _home(request: HttpRequest) -> Organisation:
    require_seen(request.user, rules.may_read_all)
    found: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    return found


def _cases(request: HttpRequest) -> list[Case]:
    return list(Case.objects.visible_to(request.user).exclude(kind="public-report")[: actions.WEIGHED])


@router.get(
    "/priorities", response={200: dict[str, Any], 202: dict[str, str]}, summary="What to find out and what to do first"
)
def priorities(request: HttpRequest) -> Any:
    found = listing.priorities_for(_home(request))
    if found is None:
        return Status(202, {"detail": "The priorities are being worked out; ask again in a minute."})
    return msgspec.to_builtins(found)


@router.get("/{case_id}", response=dict[str, Any], summary="One case over the home organisation")
def one(request: HttpRequest, case_id: str) -> Any:
    organisation = _home(request)
    case = get_visible(Case.objects, request.user, slug=case_id)
    return msgspec.to_builtins(service.replay_of(case, organisation))


@router.post("", response={200: list[dict[str, Any]], 422: Faults}, summary="All cases over an organisation file")
def tried(request: HttpRequest) -> Any:
    """The body is the organisation file, YAML or JSON. It is replayed and stored nowhere."""
    require_seen(request.user, rules.may_read_all)
    try:
        register = read("body", request.body, vocabulary=vocabulary(), measures=catalogue())
    except BadFile as error:
        faults = [str(fault) for fault in error.faults[:200]]
        return Status(422, {"detail": "The file was not taken.", "faults": faults})
    documents = [service.document_of(case) for case in _cases(request)]
    _compiled, results = service.replay_documents(documents, register)
    return [msgspec.to_builtins(result) for result in results]
