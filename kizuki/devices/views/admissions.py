"""Asking to connect something, and deciding about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible
from kizuki.criteria import queries as criteria
from kizuki.criteria.forms import FactsForm
from kizuki.devices import actions
from kizuki.devices.access import may_ask, may_speak_for
from kizuki.devices.actions.admitting import AHEAD, purpose_of
from kizuki.devices.choices import ADMITTED, Request
from kizuki.devices.forms import VersionForm
from kizuki.devices.forms_admission import AskForm, DecideForm
from kizuki.devices.models import Admission, Device
from kizuki.devices.queries import zone_names
from kizuki.devices.views.devices import enter
from kizuki.journal.models import Entry
from kizuki.register import actions as register
from kizuki.register.models import Asset, Unit
from kizuki.register.words import ASSET_KINDS
from kizuki.tasks.queries import for_object

PAGE = 50
WAYS = ("waiting", "admitted", "soon", "all")


@require_safe
def admissions(request: HttpRequest) -> HttpResponse:
    """Requests and permissions: what waits, what is admitted and until when, what ends soon."""
    enter(request)
    visible = Admission.objects.visible_to(request.user)
    soon = Q(state__in=ADMITTED, until__lte=timezone.localdate() + AHEAD)
    narrowed = {"waiting": Q(state=Request.ASKED), "admitted": Q(state__in=ADMITTED), "soon": soon, "all": Q()}
    n: dict[str, Any] = {word: Count("pk", filter=fits) if fits else Count("pk") for word, fits in narrowed.items()}
    counted = visible.order_by().aggregate(**n)
    here = request.GET.get("show", "")
    here = here if here in WAYS else "waiting" if counted["waiting"] else "all"
    found = visible.filter(narrowed[here])
    page = Paginator(found.order_by("until", "pk") if here in ("admitted", "soon") else found, PAGE).get_page(
        request.GET.get("page")
    )
    words = (pgettext("requests", "Waiting"), _("Admitted"), _("Ending soon"), _("All"))
    context = {
        "page": page, "rows": _rows(list(page.object_list)), "counts": counted, "here": here, "may_ask": may_ask(request.user),
        "ways": list(zip(WAYS, words, (counted[w] for w in WAYS), strict=True)),
    }  # fmt: skip
    return render(request, "devices/admissions.html", context)


def _rows(found: list[Admission]) -> list[dict[str, Any]]:
    zones, today = zone_names(), timezone.localdate()
    rows = Unit.objects.filter(organisation__is_home=True, key__in={one.unit for one in found})
    units = {row.key: row.name for row in rows.only("key", "name_ja", "name_en")}
    return [
        {
            "admission": one, "zone": zones.get(one.zone, one.zone), "unit": units.get(one.unit, one.unit),
            "kind": ASSET_KINDS.get(one.kind, one.kind),
            "soon": one.state in ADMITTED and one.until is not None and one.until <= today + AHEAD,
        }
        for one in found
    ]  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """First what and where, then the questions that its kind needs. The first step is a GET: nothing is stored before the second."""
    enter(request)
    if not may_ask(request.user):
        raise PermissionDenied
    start = _start(request)
    named = any(name in request.GET for name in ("what", "kind"))
    form = AskForm(request.GET if named else None, person=request.user, initial=start)
    context: dict[str, Any] = {"form": form, "follows": start.get("follows")}
    if not form.is_valid():
        return render(request, "devices/ask.html", context, status=422 if request.method == "POST" else 200)
    document = criteria.document(purpose_of(form.cleaned_data["kind"]))
    if document is None:
        form.add_error(None, _("No criteria for admission are in effect. A manager has to approve some first."))
        return render(request, "devices/ask.html", context, status=422)
    known = {**form.known_facts(), **start.get("facts", {})}
    facts = FactsForm(request.POST if request.method == "POST" else None, criteria=document, initial=known)
    if request.method == "POST" and facts.is_valid():
        made = _asked(request, form, facts)
        if made is not None:
            return redirect(made)
    context |= {"facts": facts, "title": document.title, "kind": ASSET_KINDS.get(form.cleaned_data["kind"])}
    return render(request, "devices/questions.html", context, status=422 if request.method == "POST" else 200)


def _start(request: HttpRequest) -> dict[str, Any]:
    """What a request begins with: the device or the permission that it is about."""
    if (pk := request.GET.get("follows", "")).isdecimal():
        former: Admission = get_visible(Admission.objects, request.user, pk=pk)
        answers = {f"fact-{fact}": value or "unknown" for fact, value in former.facts.items()}
        names = ("what", "purpose", "kind", "zone", "unit")
        return {name: getattr(former, name) for name in names} | {"follows": former.pk, "facts": answers}
    if (pk := request.GET.get("device", "")).isdecimal():
        device: Device = get_visible(Device.objects, request.user, pk=pk)
        return {"what": device.name, "zone": device.zone, "unit": device.unit, "kind": "pc", "device": device.pk}
    return {}


def _asked(request: HttpRequest, form: AskForm, facts: FactsForm) -> Admission | None:
    """Store the request; None where it was refused, with the reason in the form."""
    data = dict(form.cleaned_data)
    device, follows = data.pop("device"), data.pop("follows")
    try:
        return actions.ask(
            **data, facts=facts.given(), by=request.user,
            device=get_visible(Device.objects, request.user, pk=device) if device else None,
            follows=get_visible(Admission.objects, request.user, pk=follows) if follows else None,
        )  # fmt: skip
    except ValidationError as error:
        facts.add_error(None, error.messages)
        return None


@require_safe
def admission(request: HttpRequest, pk: int) -> HttpResponse:
    """One request: what the criteria say of it and why, what was decided, until when."""
    return _shown(request, _found(request, pk))


def _found(request: HttpRequest, pk: int) -> Admission:
    rows = Admission.objects.select_related("decision__version__criteria", "follows", "organisation")
    found: Admission = get_visible(rows, request.user, pk=pk)
    return found


def _shown(request: HttpRequest, found: Admission, form: DecideForm | None = None, status: int = 200) -> HttpResponse:
    names = {one.id: one for one in actions.outcomes_of(found)}
    asset = (
        Asset.objects.filter(organisation__is_home=True, key=found.asset, deleted_at=None).first()
        if found.asset
        else None
    )
    decides = rules.may_edit(request.user) and found.state == Request.ASKED
    context = {
        "admission": found, "row": _rows([found])[0], "asset": asset, "suggested": names.get(found.suggested),
        "outcome": names.get(found.outcome), "admitted": found.state in ADMITTED, "may_speak": may_speak_for(request.user, found),
        "own": found.asked_by_id is not None and found.asked_by_id == request.user.pk, "decides": decides,
        "form": form or DecideForm(admission=found, initial={"version": found.version}),
        "version": VersionForm(initial={"version": found.version}, auto_id=False),
        "renewed": found.followers.filter(state__in=(Request.ASKED, *ADMITTED)).first(),
        "tasks": for_object(request.user, "admission", str(found.pk)), "history": Entry.objects.about(found)[:50],
    }  # fmt: skip
    return render(request, "devices/admission.html", context, status=status)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """A manager decides."""
    found = _found(request, pk)
    if not rules.may_edit(request.user):
        raise PermissionDenied
    form = DecideForm(request.POST, admission=found)
    if form.is_valid():
        try:
            actions.confirm(admission=found, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
        except register.Refused as error:
            form.add_error(None, [problem.message for problem in error.problems])
        else:
            return redirect(found)
    data = request.POST.copy()
    data["version"] = str(found.version)
    form.data = data
    return _shown(request, found, form, status=422)


#: What the unit may say of a request.
WORDS: dict[str, Callable[..., Admission]] = {"connect": actions.connect, "withdraw": actions.withdraw}


@require_POST
def speak(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """The unit says that it is connected, or takes the request or the permission back."""
    if word not in WORDS:
        raise Http404
    found = _found(request, pk)
    if not may_speak_for(request.user, found):
        raise PermissionDenied
    form = VersionForm(request.POST)
    if form.is_valid():
        try:
            WORDS[word](admission=found, version=form.cleaned_data["version"], by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        except (register.Refused, register.Stale):
            messages.error(request, _("Somebody changed the asset at the same time. Please try again."))
    return redirect(found)
