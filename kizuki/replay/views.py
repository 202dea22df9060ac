"""All cases at a glance for one organisation, one replay as a path, priorities, a replay of a dropped file."""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require_seen
from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.models import Case
from kizuki.kit.document import dump
from kizuki.kit.library import library_path
from kizuki.measures.catalogue import find
from kizuki.register.engine.format import Organisation as Register
from kizuki.register.models import Organisation, home
from kizuki.replay import actions, follow, listing, presenting, service
from kizuki.replay.engine.result import Replay
from kizuki.replay.forms import OrganisationFileForm

PAGE = 25


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every case for the home organisation: result, where it ended, when it would be seen."""
    require_seen(request.user, rules.may_read_all)
    organisation = home(request.user)
    context: dict[str, Any] = {"organisation": organisation, "form": OrganisationFileForm()}
    if organisation:
        cases = Case.objects.visible_to(request.user)
        pager = Paginator(cases.defer("document"), PAGE)
        page = pager.get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
        context |= {
            "page": page,
            "rows": listing.rows(organisation, page.object_list),
            "counts": listing.counts(organisation, cases),
            "register": organisation.read,
        }
    return render(request, "replay/overview.html", context)


@require_safe
def one(request: HttpRequest, slug: str) -> HttpResponse:
    """One replay: the verdict, what decides, the path, what is lost, what would change it."""
    require_seen(request.user, rules.may_read_all)
    row = get_visible(Case.objects, request.user, slug=slug)
    organisation = _organisation(request)
    answers = _answers(request)
    result = service.replay_if(row, organisation, answers) if answers else service.replay_of(row, organisation)
    if request.GET.get("format") == "json":
        return HttpResponse(msgspec.json.encode(result), content_type="application/json")
    context = replay_context(service.document_of(row), result, organisation.read)
    context |= {"row": row, "organisation": organisation, "answers": presenting.answer_lines(answers), "asking": True}
    return render(request, "replay/one.html", context)


def _answers(request: HttpRequest) -> dict[str, bool]:
    """What the address says of unknown measures: `yes` in force, `no` absent. Measures that do not exist are passed over."""
    told = dict.fromkeys(request.GET.getlist("no")[:20], False)
    told |= dict.fromkeys(request.GET.getlist("yes")[:20], True)
    return {measure: yes for measure, yes in told.items() if find(measure)}


def _organisation(request: HttpRequest) -> Organisation:
    found: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    return found


def replay_context(case: Document, result: Replay, register: Register) -> dict[str, Any]:
    """What the page and the fold of a dropped file show of one replay."""
    where = presenting.Names(register)
    head, lines = presenting.step_lines(case, result, register)
    return {
        "case": case,
        "result": result,
        "sentence": presenting.sentence(result),
        "head": head,
        "lines": lines,
        "assumed": presenting.assumed_lines(result.assumed, where),
        "questions": presenting.question_lines(result.questions, where),
        "changes": presenting.change_lines(result.changes, where),
        "information": presenting.information(result.loss),
        "lost_names": where.some(result.loss.harmed_ids, result.loss.harmed, 4) if result.loss.harmed_ids else "",
        "entry_names": [(e.step, where.some((e.asset,), 1)) for e in (result.shown.entry if result.shown else ())],
        "seen": presenting.sight(result.seen),
        "register": register,
    }


@require_safe
def priorities(request: HttpRequest) -> HttpResponse:
    """What to find out first, and what to do first, with what each gains."""
    require_seen(request.user, rules.may_read_all)
    organisation = _organisation(request)
    found = listing.priorities_for(organisation)
    if found is None:
        return render(request, "replay/ranking_wait.html", {"register": organisation.read}, status=202)
    if request.GET.get("format") == "json":
        return HttpResponse(msgspec.json.encode(found), content_type="application/json")
    marks = {case.slug: case for case in actions.weighed()}
    context = listing.priorities_context(found, organisation.read, marks)
    rows = (*found.ask.rows, *found.do.rows)
    followed = follow.followed(request.user, [ask for row in rows for ask in row.asks])
    context |= {"organisation": organisation, "followed": followed, "may_follow": rules.may_edit(request.user)}
    return render(request, "replay/priorities.html", context)


@require_POST
def tried(request: HttpRequest) -> HttpResponse:
    """Replay a file that was dropped on the page. It is checked, replayed, shown, and stored nowhere."""
    require_seen(request.user, rules.may_read_all)
    form = OrganisationFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "replay/refused.html", {"form": form}, status=422)
    register: Register = form.cleaned_data["file"]
    rows = list(Case.objects.visible_to(request.user).exclude(kind="public-report")[: actions.WEIGHED])
    documents = [service.document_of(row) for row in rows]
    _compiled, results = service.replay_documents(documents, register)
    told = [
        (row, result, replay_context(document, result, register))
        for row, document, result in zip(rows, documents, results, strict=True)
    ]
    counts = listing.count_words(result.word for result in results)
    context = {"register": register, "told": told, "counts": counts, "form": OrganisationFileForm()}
    return render(request, "replay/tried.html", context)


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The organisation file to start from, with comments."""
    text = (library_path() / "templates" / "organisation.yaml").read_text(encoding="utf-8")
    headers = {"Content-Disposition": 'attachment; filename="organisation.yaml"'}
    return HttpResponse(text, content_type="application/yaml; charset=utf-8", headers=headers)


@require_safe
def organisation_file(request: HttpRequest) -> HttpResponse:
    """The home organisation as a file that can be imported again."""
    require_seen(request.user, rules.may_read_all)
    organisation = _organisation(request)
    headers = {"Content-Disposition": f'attachment; filename="{organisation.slug}.yaml"'}
    return HttpResponse(dump(organisation.read), content_type="application/yaml; charset=utf-8", headers=headers)
