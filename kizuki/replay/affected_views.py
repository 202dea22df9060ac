"""Pages of “are we affected?”: the question and its answer, the call list, notes of answers and how they compare with now."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen, who
from kizuki.casebook.models import Case
from kizuki.register.engine.format import Contact
from kizuki.register.models import Organisation
from kizuki.replay import actions
from kizuki.replay import affected as asking
from kizuki.replay.affected_forms import AffectedForm, NoteForm
from kizuki.replay.affected_words import STANDINGS
from kizuki.replay.engine.result import Replay
from kizuki.replay.map_views import document, table
from kizuki.replay.models import Note
from kizuki.replay.presenting import Names, sentence
from kizuki.replay.views import replay_context
from kizuki.search import queries
from kizuki.ui.templatetags.kizuki import language, plain

PAGE, FIRST, FOUND = 25, 20, 10


@require_safe
def affected(request: HttpRequest) -> HttpResponse:
    """Pick a case or say what hit somebody else; see at once what it would do here. Asking changes nothing."""
    organisation = _organisation(request)
    form = _form(request.GET)
    question = asking.question_of(request.GET, form, request.user)
    context: dict[str, Any] = {"organisation": organisation, "form": form, "q": request.GET.get("q", "")[:200]}
    if question is None:
        return render(request, "replay/affected.html", context | {"found": _search(request)})
    answer = asking.answer_to(question, organisation)
    kind = request.GET.get("format")
    if kind == "csv":
        return table("assets-concerned.csv", asking.table(answer))
    if kind == "json":
        return document(_told(answer))
    context |= _answered(request, answer)
    if request.GET.get("show") == "calls":
        return render(request, "replay/affected_calls.html", context | {"calls": asking.call_lines(answer)})
    return render(request, "replay/affected.html", context)


def _form(data: QueryDict) -> AffectedForm:
    """Bound as soon as one of its fields is in the address."""
    return AffectedForm(data if set(data) & set(AffectedForm.base_fields) else None)


def _organisation(request: HttpRequest) -> Organisation:
    require_seen(request.user, rules.may_read_all)
    found: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    return found


def _search(request: HttpRequest) -> list[Case]:
    """Cases by the search box; without words the first of the library."""
    visible = Case.objects.visible_to(request.user).exclude(kind="study").defer("document")
    text = request.GET.get("q", "")[:200]
    if not text:
        return list(visible[:FOUND])
    hits = queries.find(room="casebook", text=text, language=language())[: 3 * FOUND]
    rows = {row.slug: row for row in visible.filter(slug__in=[hit.key for hit in hits])}
    return [rows[hit.key] for hit in hits if hit.key in rows][:FOUND]


def _answered(request: HttpRequest, answer: asking.Answer) -> dict[str, Any]:
    found, question = answer.found, answer.question
    summary = asking.summary(answer)
    asked = request.GET.copy()
    asked.pop("show", None)
    title = plain(question.row.title) if question.row else _title(question)
    context = replay_context(question.case, found.replay, found.register.organisation)
    return context | {
        "answer": answer, "question": question, "counts": summary["counts"], "rows": summary["rows"],
        "products": answer.products, "assets": asking.Lines(answer).first(FIRST), "more": max(0, summary["rows"] - FIRST),
        "calls": asking.call_lines(answer, FIRST), "more_calls": max(0, len(answer.calls) - FIRST),
        "checks": asking.checks(answer), "logs": asking.log_sources(answer),
        "lessons": asking.lessons(answer, request.user), "basis": asking.basis(question),
        "note_form": NoteForm(initial={"title": title[:200], "asked": asked.urlencode()}),
        "may_note": rules.may_replay(request.user), "asked": asked.urlencode(),
    }  # fmt: skip


def _title(question: asking.Question) -> str:
    what = question.what
    assert what is not None
    words = [what.product, *what.techniques]
    return _(", ").join(word for word in words if word) or _("What happened to another organisation")


def _told(answer: asking.Answer) -> dict[str, Any]:
    return {
        "schema": "kizuki/affected/1", "facts": answer.question.facts, "case": msgspec.to_builtins(answer.question.case),
        "result": msgspec.to_builtins(answer.found.replay), "concerned": asking.summary(answer),
    }  # fmt: skip


@require_POST
def save_note(request: HttpRequest) -> HttpResponse:
    """Answer the question once more and keep what came of it."""
    organisation = _organisation(request)
    require(request.user, rules.may_replay)
    form = NoteForm(request.POST)
    asked = QueryDict(request.POST.get("asked", "")[:4000])
    described = _form(asked)
    question = asking.question_of(asked, described, request.user)
    if question is None:
        return render(request, "replay/affected.html", {"organisation": organisation, "form": described}, status=422)
    answer = asking.answer_to(question, organisation)
    if not form.is_valid():
        request.GET = asked
        context = {"organisation": organisation, "form": described} | _answered(request, answer) | {"note_form": form}
        return render(request, "replay/affected.html", context, status=422)
    made = actions.save_note(
        organisation=organisation, title=form.cleaned_data["title"], text=form.cleaned_data["text"], facts=question.facts,
        case=question.case, case_digest=asking.digest_of(question.case), result=answer.found.replay,
        concerned=asking.summary(answer), by=who(request),
    )  # fmt: skip
    return redirect(made)


@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """All notes, newest first."""
    _organisation(request)
    rows = Note.objects.visible_to(request.user).select_related("by").defer("case", "concerned")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    made = [(row, row.result.get("word"), row.result.get("step") or "") for row in page.object_list]
    return render(request, "replay/notes.html", {"page": page, "rows": made})


@require_safe
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A note as it was written; with `now`, beside the answer by the register as it stands today."""
    organisation = _organisation(request)
    row: Note = get_visible(Note.objects, request.user, pk=pk)
    if request.GET.get("format") == "json":
        return document({"facts": row.facts, "case": row.case, "result": row.result, "concerned": row.concerned})
    result = msgspec.convert(row.result, Replay)
    context: dict[str, Any] = {
        "note": row, "result": result, "sentence": sentence(result), "facts": _facts(row), "calls": _calls(row),
        "steps": row.document.attack,
        "standing_rows": _standings(row.concerned["counts"], {}),
    }  # fmt: skip
    if "now" in request.GET:
        context |= _beside(row, organisation)
    return render(request, "replay/note.html", context)


def _beside(row: Note, organisation: Organisation) -> dict[str, Any]:
    """The same question answered by the register as it stands now."""
    answer = asking.answer_to(asking.question_again(row.document, row.facts), organisation)
    difference = asking.compare(row.concerned, asking.summary(answer))
    names = Names(organisation.read)
    return {
        "now": answer.found.replay, "now_sentence": sentence(answer.found.replay), "difference": difference,
        "more": names.some(difference.more, most=12), "fewer": names.some(difference.fewer, most=12),
        "changed": organisation.digest != row.organisation_digest,
        "standing_rows": _standings(difference.before, difference.now),
    }  # fmt: skip


def _standings(then: dict[str, int], now: dict[str, int]) -> list[tuple[str, str, Any, int, int]]:
    return [(word, *STANDINGS[word], then.get(word, 0), now.get(word, 0)) for word in STANDINGS]


def _calls(row: Note) -> list[tuple[Contact, list[str], int]]:
    """Whom to call, as recorded then: contact, channels, number of assets."""
    kept = [call for call in row.concerned["calls"] if call["contact"]]
    contacts = [msgspec.convert(call["contact"], Contact) for call in kept]
    return [(contact, asking.channels(contact), call["assets"]) for contact, call in zip(contacts, kept, strict=True)]


def _facts(row: Note) -> list[tuple[Any, str]]:
    """What was known then, as label and value."""
    if "described" not in row.facts:
        return [(_("Case"), plain(row.document.title))]
    form = AffectedForm()
    made = []
    for name, value in row.facts["described"].items():
        field: Any = form.fields[name]
        words = dict(getattr(field, "choices", ()))
        values = value if isinstance(value, list) else [value]
        made.append((field.label, _(", ").join(str(words.get(one, one)) for one in values)))
    return made
