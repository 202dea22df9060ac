"""The library, a case, the three ways in, the glossary; bringing cases in, taking them out."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require
from kizuki.casebook import actions, filters, hooks, likeness, pdf, pictures, presenting, readers, situation
from kizuki.casebook.forms import CaseFileForm
from kizuki.casebook.library import glossary as the_glossary
from kizuki.casebook.models import Case
from kizuki.casebook.tasks import make_pdf
from kizuki.jobs.actions import enqueue
from kizuki.kit.kept import Kept
from kizuki.register.models import home
from kizuki.search import queries
from kizuki.ui.templatetags.kizuki import language

PAGE = 25
RESULTS = ("through", "depends", "stopped", "other")


@require_safe
def library(request: HttpRequest) -> HttpResponse:
    """All cases a person may see: found by one box, narrowed by facets, with what each would do to us."""
    form = filters.LibraryForm(request.GET)
    form.is_valid()
    chosen = filters.ticked(request.GET)
    visible = Case.objects.visible_to(request.user)
    found = filters.narrowed(visible, chosen, form)
    text = form.cleaned_data.get("q", "")
    hits = queries.find(room="casebook", text=text, language=language()) if text else None
    if hits is not None:
        found = found.filter(slug__in=[hit.key for hit in hits])
    results = [word for word in request.GET.getlist("result") if word in RESULTS]
    if results and hooks.narrow_by_result:
        found = hooks.narrow_by_result(request.user, found, results)
    page, total = _page(request, found, hits)
    organisation = home(request.user)
    counts = hooks.count_results(request.user, found) if hooks.count_results else {}
    plain = not (text or results or any(chosen.values()) or form.cleaned_data.get("measure"))
    first = plain and page.number == 1
    likes = likeness.like_us(visible, organisation.head) if organisation and first else []
    outcomes = hooks.outcomes(request.user, [*page.object_list, *(like.case for like in likes)])
    context = {
        "form": form,
        "text": text,
        "facets": filters.facets(found, chosen, keep=not results),
        "results": [(word, counts.get(word, 0), word in results) for word in RESULTS] if counts or results else [],
        "counts": counts,
        "page": page,
        "total": total,
        "rows": presenting.rows(page.object_list, outcomes, hits),
        "likes": [(like, outcomes.get(like.case.slug)) for like in likes],
        "organisation": organisation,
        "narrowed": not plain,
        "readers": readers.READERS,
    }
    return render(request, "casebook/library.html", context)


def _page(request: HttpRequest, found: Any, hits: Any) -> tuple[Any, int]:
    """The page asked for: by rank where something is searched, else in the library's order."""
    if hits is None:
        pager = Paginator(found.defer("document"), PAGE)
        page = pager.get_page(request.GET.get("page"))
        page.object_list = list(page.object_list)
        return page, pager.count
    rank = {hit.key: n for n, hit in enumerate(hits)}
    slugs = sorted(found.order_by().values_list("slug", flat=True), key=lambda slug: rank[slug])
    pager = Paginator(slugs, PAGE)
    page = pager.get_page(request.GET.get("page"))
    cases = Case.objects.filter(slug__in=list(page.object_list)).defer("document").in_bulk(field_name="slug")
    page.object_list = [cases[slug] for slug in page.object_list]
    return page, pager.count


@require_safe
def case(request: HttpRequest, slug: str) -> HttpResponse:
    """One case in the casebook's own form."""
    row = get_visible(Case.objects, request.user, slug=slug)
    context = case_context(request.user, row) | {
        "outcome": hooks.outcomes(request.user, [row]).get(row.slug),
        "organisation": home(request.user),
        "reader": readers.chosen(request),
        "readers": readers.READERS,
        "may_edit": rules.may_edit(request.user),
    }
    return render(request, "casebook/case.html", context)


#: The situation and the timelines of a case, drawn once for each language as long as the case stays as it is.
_drawn: Kept[tuple[Any, Any]] = Kept(32)


def case_context(person: Any, row: Case) -> dict[str, Any]:
    """What the page of a case and its PDF have in common."""
    here, document = language(), row.read
    others = presenting.compared(person, row)
    drawn = _drawn.get(
        (row.digest, here), lambda: (situation.situation(document, here), pictures.timeline(document, here))
    )
    return {
        "row": row,
        "case": document,
        "situation": drawn[0],
        "timelines": drawn[1],
        "table": presenting.timeline_table(document, here),
        "head": presenting.head(document),
        "six": presenting.six(document),
        "steps": presenting.steps(document),
        "times": presenting.times(row, document, others),
        "times_picture": presenting.times_picture(row, others, here),
    }


@require_http_methods(["GET", "HEAD", "POST"])
def case_pdf(request: HttpRequest, slug: str) -> HttpResponseBase:
    """POST asks for the PDF, which is drawn as a job; GET gives it once it is drawn, else leads back to the case."""
    row = get_visible(Case.objects, request.user, slug=slug)
    wanted = request.GET.get("language", "")
    here = wanted if wanted in ("ja", "en") else language()
    path = pdf.file_of(pdf.html_for(row, request.user, here))
    if path.exists():
        name = f"{row.slug}-{here}.pdf"
        return FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type="application/pdf")
    if request.method == "POST":
        job = enqueue(make_pdf, row.slug, here, by=request.user)
        return redirect("jobs:job", job.pk)
    return redirect(row)


@require_safe
def case_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The case as a file that can be imported again."""
    from kizuki.kit.document import dump

    row = get_visible(Case.objects, request.user, slug=slug)
    return HttpResponse(
        dump(row.read),
        content_type="application/yaml; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{row.slug}.yaml"'},
    )


@require_safe
def way_in(request: HttpRequest, reader: str) -> HttpResponse:
    """The library as one sort of reader needs it first."""
    way = readers.READERS.get(reader)
    if way is None:
        return render(request, "ui/404.html", status=404)
    cases = list(Case.objects.visible_to(request.user).exclude(kind="public-report")[:40])
    context = {"way": way, "readers": readers.READERS, "parts": readers.parts(reader, cases, request.user)}
    return render(request, f"casebook/way_{reader}.html", context)


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    terms = sorted(the_glossary().terms, key=lambda term: term.written(language())[0].casefold())
    return render(request, "casebook/glossary.html", {"terms": terms})


@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Import case files: checked whole, stored whole or not at all."""
    require(request.user, rules.may_edit)
    form = CaseFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        counts = actions.import_cases(documents=form.cleaned_data["files"], by=request.user)
        messages.success(request, _("Cases added: %(added)d, changed: %(changed)d, unchanged: %(same)d.") % counts)
        return redirect("casebook:library")
    status = 422 if form.is_bound else 200
    return render(request, "casebook/bring_in.html", {"form": form}, status=status)


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    row = get_visible(Case.objects, request.user, slug=slug)
    require(request.user, rules.may_edit)
    actions.remove_case(case=row, by=request.user)
    messages.success(request, _("The case %(id)s was taken out of the library.") % {"id": row.slug})
    return redirect(reverse("casebook:library") + f"?removed={row.slug}")


@require_POST
def restore(request: HttpRequest, slug: str) -> HttpResponse:
    require(request.user, rules.may_edit)
    row = Case.objects.filter(slug=slug).first()
    if row is None:
        return render(request, "ui/404.html", status=404)
    actions.restore_case(case=row, by=request.user)
    messages.success(request, _("The case %(id)s is back in the library.") % {"id": row.slug})
    return redirect(row)
