"""What units say, beside what is recorded; accepting it, changing it, sending it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require
from kizuki.measures import actions, catalogue, presenting
from kizuki.measures.actions.coverage import key_of
from kizuki.measures.actions.proposals import Decided, Said, document_of
from kizuki.measures.engine.holding import Holding, Place
from kizuki.measures.evidence import files_of
from kizuki.measures.forms.coverage import AcceptForm, ProposalForm, initial_of
from kizuki.measures.forms.rounds import AcceptSeveralForm, RemarkForm
from kizuki.measures.models import Proposal, Round
from kizuki.measures.views.common import (
    clashes_of,
    organisation_for,
    organisation_to_edit,
    own,
    picked,
    refused_lines,
    sent_again,
)
from kizuki.register.actions import Refused, Stale
from kizuki.register.models import Coverage, Organisation
from kizuki.ui.templatetags.kizuki import language

PAGE = 100


class Beside(NamedTuple):
    """A proposal and what is recorded for the same measure and scope; where nothing is, the wider row that holds for the unit.
    `token`: proposal and row with their versions, for the form."""

    proposal: Proposal
    measure: Any
    unit: str
    scope: list[tuple[Any, str]]
    recorded: Any
    holds: Any
    files: list[tuple[str, Any]]
    token: str
    may_accept: bool


@require_safe
def proposals(request: HttpRequest) -> HttpResponse:
    """All proposals that this person may see, those that wait first; of one round with `?round=`."""
    organisation = organisation_for(request.user)
    found, chosen = _chosen(request)
    page = Paginator(found.select_related("part__round"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "lines": _beside(organisation, page.object_list), "round": chosen,
        "may_edit": rules.may_edit(request.user), "may_propose": bool(own(request.user)),
        "all": "all" in request.GET, "form": AcceptSeveralForm(initial={"valid_until": _in_a_year()}),
    }  # fmt: skip
    return render(request, "measures/proposals.html", context)


def _in_a_year() -> Any:
    day = timezone.localdate()
    # 29 February has no match in the next year.
    return day.replace(year=day.year + 1, day=min(day.day, 28) if day.month == 2 else day.day)


def _chosen(request: HttpRequest) -> tuple[Any, Round | None]:
    found: Any = Proposal.objects.visible_to(request.user)
    chosen = None
    if numbers := picked([request.GET.get("round", "")]):
        chosen = get_visible(Round.objects, request.user, pk=numbers[0])
        found = found.filter(part__round=chosen)
    if unit := request.GET.get("unit"):
        found = found.filter(unit=unit[:120])
    if "all" not in request.GET:
        found = found.filter(status="open")
    return found.order_by("unit", "measure", "pk"), chosen


def _beside(organisation: Organisation, given: Iterable[Proposal]) -> list[Beside]:
    given = list(given)
    keys = {proposal.pk: key_of(proposal.measure, proposal.scope) for proposal in given}
    wider = _wider(organisation, given)
    wanted = {*keys.values(), *wider.values()}
    rows: Any = Coverage.objects.filter(organisation=organisation, key__in=wanted, deleted_at=None)
    recorded = {line.row.key: line for line in presenting.rows_of(rows)}
    names = presenting.Names(organisation.pk, [{"unit": p.unit} for p in given] + [p.scope for p in given])
    files = files_of(digest for proposal in given for digest in proposal.files)
    known = catalogue.measures()
    made = []
    for proposal in given:
        line = recorded.get(keys[proposal.pk])
        token = f"{proposal.pk}:{proposal.version}:{line.row.version if line else 0}"
        may = proposal.status == "open" and proposal.state != "unknown"
        attached = [(digest, files.get(digest)) for digest in proposal.files]
        made.append(
            Beside(
                proposal, known.get(proposal.measure), names.of("unit", proposal.unit), names.scope(proposal.scope), line,
                recorded.get(wider.get(proposal.pk, "")), attached, token, may,
            )
        )  # fmt: skip
    return made


def _wider(organisation: Organisation, given: Iterable[Proposal]) -> dict[int, str]:
    """The key of the row that holds today for the unit of each proposal about a whole unit."""
    of_units = [proposal for proposal in given if proposal.scope.get("unit")]
    if not of_units:
        return {}
    holding = Holding(organisation.standing(presenting.today()))
    rows = {one.pk: holding.at(one.measure, Place(unit=one.scope["unit"])) for one in of_units}
    return {pk: row.key for pk, row in rows.items() if row is not None}


@require_POST
def accept(request: HttpRequest) -> HttpResponse:
    """Accept the ticked proposals, all or none."""
    organisation = organisation_to_edit(request.user)
    form = AcceptSeveralForm(request.POST)
    back = redirect(f"{request.path.rsplit('/', 1)[0]}/{_kept_query(request)}")
    if not form.is_valid():
        messages.error(request, " ".join(str(line) for lines in form.errors.values() for line in lines))
        return back
    until = form.cleaned_data["valid_until"]
    known = Proposal.objects.visible_to(request.user).in_bulk(
        [pk for pk, _version, _base in form.cleaned_data["ticked"]]
    )
    decided = [Decided(known[pk], version, base) for pk, version, base in form.cleaned_data["ticked"] if pk in known]
    try:
        actions.accept_proposals(
            organisation=organisation,
            decided=decided,
            by=request.user,
            valid_until=until.isoformat() if until else None,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except Refused as error:
        messages.error(request, " ".join(refused_lines(error)))
    except Stale:
        messages.error(
            request, _("Somebody changed what is recorded in the meantime. Nothing was stored; look at both again.")
        )
    else:
        n = len(decided)
        messages.success(request, ngettext("%(n)d answer is recorded.", "%(n)d answers are recorded.", n) % {"n": n})
    return back


def _kept_query(request: HttpRequest) -> str:
    """The round that the list showed, so that the manager comes back to it."""
    numbers = picked([request.POST.get("round", "")])
    return f"?round={numbers[0]}" if numbers else ""


@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal beside what is recorded. A manager may put it otherwise before it is recorded."""
    organisation = organisation_for(request.user)
    found: Proposal = get_visible(Proposal.objects.select_related("part__round"), request.user, pk=pk)
    may_edit = rules.may_edit(request.user)
    if request.method == "POST":
        require(request.user, rules.may_edit)
    beside = _beside(organisation, [found])[0]
    context: dict[str, Any] = {
        "line": beside, "proposal": found, "may_edit": may_edit, "heading": presenting.scope_words(beside.scope),
        "mine": found.part_id is None and found.person_id == getattr(request.user, "pk", None),
        "remark_form": RemarkForm(initial={"version": found.version}),
    }  # fmt: skip
    if may_edit and found.status != "accepted":
        form = _accept_form(request, organisation, found, beside)
        context["form"] = form
        if form.is_bound and form.is_valid() and (done := _accept_one(request, organisation, found, form, context)):
            return done
    return render(request, "measures/proposal.html", context)


def _accept_form(request: HttpRequest, organisation: Organisation, found: Proposal, beside: Beside) -> AcceptForm:
    document = document_of(found, str(request.user), _in_a_year().isoformat())
    shell = _Shell(found.measure, document)
    if request.method == "POST":
        return AcceptForm(request.POST, request.FILES, organisation=organisation, row=shell, files=found.files)
    version = beside.recorded.row.version if beside.recorded else 0
    first = {**initial_of(document, version), "version": found.version}
    if found.state == "unknown":
        first["state"] = ""
    return AcceptForm(initial=first, organisation=organisation, row=shell, files=found.files)


class _Shell(NamedTuple):
    """Measure and scope of a row that may not be there yet."""

    measure: str
    document: dict[str, Any]


def _accept_one(
    request: HttpRequest, organisation: Organisation, found: Proposal, form: AcceptForm, context: dict[str, Any]
) -> HttpResponse | None:
    data = form.cleaned_data
    try:
        document = form.document(form.stored(request.user))
        decided = [Decided(found, data["version"], data["base"] or None)]
        actions.accept_proposals(organisation=organisation, decided=decided, by=request.user, changed=document)
    except (Refused, ValidationError) as error:
        form.add_error(None, refused_lines(error) if isinstance(error, Refused) else error)
    except Stale as error:
        context["clashes"] = clashes_of(error, organisation, document)
        sent_again(form, base=str(error.conflicts[0].version))
    else:
        messages.success(request, _("The answer is recorded."))
        address = f"?round={found.part.round_id}" if found.part else ""
        response = redirect("measures:proposals")
        response["Location"] += address
        return response
    return None


@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a proposal back with a remark."""
    organisation_for(request.user)
    found: Proposal = get_visible(Proposal.objects, request.user, pk=pk)
    require(request.user, rules.may_edit)
    form = RemarkForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a sentence what is missing."))
        return redirect("measures:proposal", found.pk)
    decided = [Decided(found, form.cleaned_data["version"], None)]
    try:
        actions.return_proposals(decided=decided, remark=form.cleaned_data["remark"], by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("Sent back. The unit sees your remark beside the question."))
    return redirect("measures:proposal", found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest) -> HttpResponse:
    """The owner of a unit, or a deputy, says how far a measure is in force there."""
    organisation = organisation_for(request.user)
    units = own(request.user)
    if not units:
        raise PermissionDenied
    if request.method == "POST":
        form = ProposalForm(request.POST, request.FILES, organisation=organisation, units=units)
    else:
        first = {name: request.GET.get(name, "") for name in ("measure", "unit")}
        form = ProposalForm(initial=first, organisation=organisation, units=units)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        try:
            said = Said(data["state"], data["evidence"].strip(), data["link"].strip(), form.stored(request.user))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            actions.propose(
                measure=data["measure"],
                unit=data["unit"],
                scope=form.scope(),
                said=said,
                by=request.user,
                language=language(),
            )
            messages.success(request, _("A manager will look at it. Until then it is not recorded."))
            return redirect("measures:proposals")
    return render(request, "measures/propose.html", {"form": form})


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one's own proposal back."""
    organisation_for(request.user)
    found: Proposal = get_visible(Proposal.objects, request.user, pk=pk)
    if found.part_id is not None or found.person_id != getattr(request.user, "pk", None):
        raise PermissionDenied
    try:
        actions.withdraw(proposal=found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("measures:proposal", found.pk)
    messages.success(request, _("Your proposal is taken back."))
    return redirect("measures:proposals")
