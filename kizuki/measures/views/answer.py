"""The pages behind a unit's link: its own questions, and nothing else of this site. No account, no script."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, NamedTuple, ParamSpec

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.measures import actions, catalogue, links, words
from kizuki.measures.actions.proposals import Said
from kizuki.measures.engine.format import Measure
from kizuki.measures.forms.evidence import AnswerForm, NameForm
from kizuki.measures.models import Part, Proposal

P = ParamSpec("P")


class Question(NamedTuple):
    """One question of a unit, with its answer so far."""

    measure: Measure
    answer: Proposal | None


def by_link(view: Callable[Concatenate[HttpRequest, Part, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """Let in whoever holds an open link, in the unit's language unless the switch says otherwise; 410 for others."""

    @never_cache
    @wraps(view)
    def wrapped(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if links.too_many_wrong(request, now_wrong=False):
            return _private(render(request, "429.html", status=429))
        part = links.part_of(token)
        if part is None:
            links.too_many_wrong(request, now_wrong=True)
            return _private(render(request, "measures/answer_over.html", status=410))
        if request.method == "POST" and links.too_many_saved(part):
            return _private(render(request, "429.html", status=429))
        code = None if settings.LANGUAGE_COOKIE_NAME in request.COOKIES else part.language
        with translation.override(code or translation.get_language()):
            return _private(view(request, part, *args, **kwargs))

    return wrapped


def _private(response: HttpResponse) -> HttpResponse:
    response["X-Robots-Tag"] = "noindex"
    response["Referrer-Policy"] = "same-origin"
    return response


def _questions(part: Part) -> list[Question]:
    known, answers = catalogue.measures(), {one.measure: one for one in part.proposals.all()}
    return [Question(known[id], answers.get(id)) for id in part.measures if id in known]


@require_safe
@by_link
def answer(request: HttpRequest, part: Part) -> HttpResponse:
    """All questions of the unit and how far it has come."""
    questions = _questions(part)
    left = [q for q in questions if q.answer is None]
    returned = [q for q in questions if q.answer is not None and q.answer.status == "returned"]
    context = {
        "part": part, "token": request.resolver_match.kwargs["token"] if request.resolver_match else "",
        "questions": questions, "answered": len(questions) - len(left), "returned": len(returned),
        "next": next(iter([*returned, *left]), None), "form": NameForm(initial={"name": part.answered_by or part.owner}),
        "late": part.round.due < timezone.localdate(),
    }  # fmt: skip
    return render(request, "measures/answer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@by_link
def question(request: HttpRequest, part: Part, measure: str) -> HttpResponse:
    """One question. Each answer is stored by itself, so that one can stop at any time."""
    token = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    questions = _questions(part)
    place = next((n for n, q in enumerate(questions) if q.measure.id == measure), None)
    if place is None:
        raise Http404
    found = questions[place]
    files = found.answer.files if found.answer else []
    if request.method == "POST":
        form = AnswerForm(request.POST, request.FILES, files=files)
    else:
        form = AnswerForm(initial=_said(found.answer), files=files)
    after = questions[place + 1].measure.id if place + 1 < len(questions) else None
    if form.is_bound and form.is_valid() and _saved(request, part, measure, form):
        return redirect("measures:question", token, after) if after else redirect("measures:answer", token)
    context = {
        "part": part, "token": token, "form": form, "measure": found.measure, "answer": found.answer, "n": place + 1,
        "of": len(questions), "after": after, "before": questions[place - 1].measure.id if place else None,
        "function": words.FUNCTIONS[found.measure.function],
    }  # fmt: skip
    return render(request, "measures/question.html", context, status=422 if form.errors else 200)


def _said(answer: Proposal | None) -> dict[str, Any]:
    return {"state": answer.state, "evidence": answer.evidence, "link": answer.link} if answer else {}


def _saved(request: HttpRequest, part: Part, measure: str, form: AnswerForm) -> bool:
    data = form.cleaned_data
    try:
        said = Said(data["state"], data["evidence"].strip(), data["link"].strip(), form.stored(str(part)))
        actions.save_answer(part=part, measure=measure, said=said)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    moment = timezone.localtime().strftime("%H:%M")
    messages.success(request, _("%(measure)s is saved, at %(time)s.") % {"measure": measure, "time": moment})
    return True


@require_POST
@by_link
def name(request: HttpRequest, part: Part) -> HttpResponse:
    """Who answers for the unit."""
    form = NameForm(request.POST)
    if form.is_valid():
        actions.name_answerer(part=part, name=form.cleaned_data["name"])
        messages.success(request, _("Your name is saved."))
    else:
        messages.error(request, _("Write your name."))
    return redirect("measures:answer", _token(request))


@require_POST
@by_link
def finish(request: HttpRequest, part: Part) -> HttpResponse:
    """The unit has answered what it can."""
    actions.finish_part(part=part)
    messages.success(request, _("Thank you. You can still change answers as long as the link leads here."))
    return redirect("measures:answer", _token(request))


def _token(request: HttpRequest) -> str:
    return str(request.resolver_match.kwargs["token"]) if request.resolver_match else ""
