"""“Are we affected?” by API: the answer by the register as it stands, and notes of answers."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

import msgspec
from django.http import HttpRequest
from ninja import Body, Field, Query, Router, Schema, Status

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, who
from kizuki.casebook.models import Case
from kizuki.replay import actions
from kizuki.replay import affected as asking
from kizuki.replay.affected_forms import AffectedForm
from kizuki.replay.api import home
from kizuki.replay.engine import described
from kizuki.replay.models import Note
from kizuki.ui.api import REFUSALS, Sent, Since, not_fit, portion

router = Router(tags=["affected"])
_canonical = msgspec.json.Encoder(order="deterministic")


class Question(Sent):
    """A case of the casebook by its id, or what is known of an attack on somebody else: at least how it came in, what was hit, or
    which product it was. Kinds and traits are words of the vocabulary."""

    case: str = Field("", max_length=60)
    way: Literal["not stated", "internet", "credentials", "mail", "supplier"] = "not stated"
    product: str = Field("", max_length=200, description="words that must all stand there; a comma parts alternatives")
    techniques: list[str] = Field([], max_length=30, description="numbers of ATT&CK, such as T1190")
    kinds: list[str] = Field([], max_length=60)
    traits: list[str] = Field([], max_length=60)
    onward: Literal["", "network", "account", "link"] = ""
    reached: list[str] = Field([], max_length=60)
    lost: list[Literal["tamper", "encrypt", "leak", "misuse", "outage"]] = Field([], max_length=5)


class NoteNew(Sent):
    """What was asked, and what is kept with the answer."""

    title: str = Field(min_length=1, max_length=200)
    text: str = Field("", max_length=20_000)
    question: Question


class NoteLine(Schema):
    """An answer as it was given then. `word`: what the case came to; `assets`: how many are concerned."""

    id: int
    at: dt.datetime
    title: str
    text: str
    by: str
    word: str
    assets: int
    facts: dict[str, Any]


class NotePage(Schema):
    """`next` is the cursor of the next page, null on the last."""

    items: list[NoteLine]
    next: str | None


class NoteFull(NoteLine):
    """With the case that was replayed, the result, and the assets concerned with whom to call."""

    case: dict[str, Any]
    result: dict[str, Any]
    concerned: dict[str, Any]


@router.post(
    "/affected", response={200: dict[str, Any], 422: REFUSALS[422]}, summary="Are we affected?", url_name="affected"
)
def affected(request: HttpRequest, body: Body[Question]) -> Any:
    """The answer as kizuki/affected/1: what the attack would do here, which assets are concerned, whom to call. Nothing is stored."""
    organisation = home(request)
    question = _question(request, body)
    if isinstance(question, Status):
        return question
    answer = asking.answer_to(question, organisation)
    return {
        "schema": "kizuki/affected/1", "facts": question.facts, "case": msgspec.to_builtins(question.case),
        "result": msgspec.to_builtins(answer.found.replay), "concerned": asking.summary(answer),
    }  # fmt: skip


def _question(request: HttpRequest, body: Question) -> Any:
    """The question; or a refusal, where the form of the pages finds it wrong. 404 for a case that the person does not see."""
    if body.case:
        row: Case = get_visible(Case.objects, request.user, slug=body.case)
        return asking.Question(row.read, row, None, ())
    form = AffectedForm({**body.model_dump(exclude={"case"}), "techniques": " ".join(body.techniques)[:200]})
    if not form.is_valid():
        return not_fit(form)
    made = described.sketch(form.described, asking.known_cases(request.user))
    return asking.Question(made.case, None, form.described, made.named)


@router.get(
    "/notes", response=NotePage, summary="Notes of answers, in the order in which they were kept", url_name="notes"
)
def notes(request: HttpRequest, query: Query[Since]) -> Any:
    """Notes never change."""
    home(request)
    rows = Note.objects.visible_to(request.user).select_related("by").defer("case")
    if query.updated_since:
        rows = rows.filter(at__gt=query.updated_since)
    found, after = portion(rows, query)
    return NotePage(items=[NoteLine(**_values(row)) for row in found], next=after)


@router.get("/notes/{int:note_id}", response=NoteFull, summary="One note", url_name="note")
def note(request: HttpRequest, note_id: int) -> Any:
    home(request)
    return _full(get_visible(Note.objects.select_related("by"), request.user, pk=note_id))


@router.post(
    "/notes", response={200: NoteFull, 422: REFUSALS[422]}, summary="Answer and keep the answer", url_name="notes"
)
def keep(request: HttpRequest, body: Body[NoteNew]) -> Any:
    """For those who may run replays. The same title and text of the same person about the same question, while case and register are
    as they were, is given back, and none is made."""
    organisation = home(request)
    require(request.user, rules.may_replay)
    question = _question(request, body.question)
    if isinstance(question, Status):
        return question
    digest, title, text = asking.digest_of(question.case), body.title.strip(), body.text.strip()
    alike = Note.objects.visible_to(request.user).filter(
        by=who(request), title=title, text=text, case_digest=digest, organisation_digest=organisation.digest
    )
    facts = _canonical.encode(question.facts)
    same = next((row for row in alike.order_by("-pk")[:20] if _canonical.encode(row.facts) == facts), None)
    if same is not None:
        return _full(same)
    answer = asking.answer_to(question, organisation)
    made = actions.save_note(
        organisation=organisation, title=title, text=text, facts=question.facts, case=question.case, case_digest=digest,
        result=answer.found.replay, concerned=asking.summary(answer), by=who(request),
    )  # fmt: skip
    return _full(made)


def _values(row: Note) -> dict[str, Any]:
    return {
        "id": row.pk, "at": row.at, "title": row.title, "text": row.text, "by": str(row.by), "facts": row.facts,
        "word": row.result.get("word", ""), "assets": row.concerned["rows"],
    }  # fmt: skip


def _full(row: Note) -> NoteFull:
    return NoteFull(**_values(row), case=row.case, result=row.result, concerned=row.concerned)
