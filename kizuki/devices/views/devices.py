"""The devices that there are, and one of them with what can be decided about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require
from kizuki.devices import actions, picture, words
from kizuki.devices.access import may_decide
from kizuki.devices.choices import TO_LOOK_AT
from kizuki.devices.forms import AsideForm, BlockForm, DeviceFilter, IdentifyForm, MakeForm, VersionForm, named_assets
from kizuki.devices.models import Device, DeviceDecision, Watch
from kizuki.devices.queries import Zones, counts, sightings, zone_names
from kizuki.devices.tasks import match_observed
from kizuki.jobs.actions import enqueue
from kizuki.register import actions as register
from kizuki.register.access import may_see_register
from kizuki.register.models import Asset, Unit
from kizuki.tasks.queries import for_object

PAGE = 50
#: Of a search, so many are shown.
MOST = 200
SIGHTINGS = 20


def enter(request: HttpRequest) -> None:
    """404 for those for whom the register does not exist."""
    if not may_see_register(request.user):
        raise Http404


@require_safe
def devices(request: HttpRequest) -> HttpResponse:
    """The list, what was seen last first, with counts by state and zone."""
    enter(request)
    form = DeviceFilter(request.GET, person=request.user)
    visible = Device.objects.visible_to(request.user)
    counted = counts(visible)
    page = _page(form.apply(visible), form.counted(counted), request.GET.get("page"))
    names = {zone: name for zone, name, _all, _open in counted.zones}
    context = {
        "form": form, "counts": counted, "page": page,
        "most": MOST if form.cleaned_data.get("q") and page.paginator.count == MOST else 0,
        "rows": _rows(list(page.object_list), names),
        "watch": Watch.objects.filter(organisation__is_home=True).first(), "may_match": rules.may_edit(request.user),
        "zone_here": form.cleaned_data.get("zone", ""), "narrowed": any(request.GET.get(name) for name in form.fields),
    }  # fmt: skip
    return render(request, "devices/devices.html", context)


def _page(found: Any, known: int | None, number: str | None) -> Any:
    """One page of the list. `known`: how many there are; None for a search, of which the first `MOST` are shown."""
    if known is None:
        pks = list(found.values_list("pk", flat=True)[:MOST])
        found, known = found.model.objects.filter(pk__in=pks), len(pks)
    pager = Paginator(found, PAGE)
    pager.count = known
    return pager.get_page(number)


def _rows(found: list[Device], zones: dict[str, str]) -> list[dict[str, Any]]:
    named = list(_rows_of(Asset, {row.asset for row in found if row.asset}))
    assets, pages = {row.key: row.name for row in named}, {row.key: row.get_absolute_url() for row in named}
    units = {row.key: row.name for row in _rows_of(Unit, {row.unit for row in found if row.unit})}
    return [
        {
            "device": row, "zone": zones.get(row.zone, row.zone), "asset": assets.get(row.asset, row.asset),
            "unit": units.get(row.unit, row.unit), "address": pages.get(row.asset, ""),
        }
        for row in found
    ]  # fmt: skip


def _rows_of(table: Any, keys: set[str]) -> Any:
    return table.objects.filter(organisation__is_home=True, key__in=keys).only("key", "name_ja", "name_en")


@require_safe
def device(request: HttpRequest, pk: int) -> HttpResponse:
    """One device: what it is and why, when and where it was seen, what was decided."""
    return shown(request, get_visible(Device.objects, request.user, pk=pk))


def shown(
    request: HttpRequest, found: Device, sent: dict[str, VersionForm] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a device; `sent`: a form that was not taken."""
    places = Zones()
    zones = places.names
    may = may_decide(request.user, found)
    decidable = may and found.state in TO_LOOK_AT
    decisions = list(found.decisions.all()[:20])
    counting = next((one for one in decisions if not one.ended), None)
    context = {
        "device": found, "row": _rows([found], zones)[0], "drawing": picture.of_device(found, places),
        "reasons": words.told(found.reasons, zones), "differs": words.told(found.differs, zones), "near": _near(request, found, zones),
        "candidates": _named(request, found.assets), "sightings": sightings(found, SIGHTINGS), "zones": zones,
        "decisions": decisions, "counting": counting, "may_decide": may, "tasks": for_object(request.user, "device", str(found.pk)),
        "forms": {**(_forms(request, found, zones) if decidable else {}), **(sent or {})}, "sent": next(iter(sent or {}), ""),
        "assets": named_assets(request.user, found) if decidable else [], "decidable": decidable,
    }  # fmt: skip
    return render(request, "devices/device.html", context, status=status)


def _named(request: HttpRequest, keys: list[str]) -> list[tuple[str, Any, str]]:
    """Assets that the person may see: id, name, address."""
    rows: Any = Asset.objects.visible_to(request.user).filter(key__in=keys).only("key", "name_ja", "name_en")
    return [(row.key, row.name, row.get_absolute_url()) for row in rows]


def _near(request: HttpRequest, found: Device, zones: dict[str, str]) -> dict[str, Any] | None:
    """The asset that comes nearest, if the person may see it."""
    named = _named(request, [found.near["asset"]]) if found.near else []
    return {"asset": named[0], "reasons": words.told(found.near["reasons"], zones)} if named and found.near else None


def _forms(request: HttpRequest, found: Device, zones: dict[str, str], data: Any = None) -> dict[str, Any]:
    """The forms of a device; with `data`, that of one act is sent."""
    start: dict[str, Any] = {"initial": {"version": found.version}}
    both: dict[str, Any] = {"person": request.user, "device": found}
    return {
        "identify": IdentifyForm(data, auto_id="identify-%s", **both, **start),
        "make": MakeForm(data, auto_id="make-%s", zones=zones, **both, **start),
        "aside": AsideForm(data, auto_id="aside-%s", **start), "block": BlockForm(data, auto_id="block-%s", **start),
    }  # fmt: skip


def _identify(device: Device, form: Any, by: Any) -> Any:
    data = form.cleaned_data
    return actions.identify(
        device=device, asset=data["asset"], identifiers=form.given(), version=data["version"], by=by
    )


def _make(device: Device, form: Any, by: Any) -> Any:
    return actions.make_asset(device=device, document=form.document(), version=form.cleaned_data["version"], by=by)


ACTS: dict[str, Callable[[Device, Any, Any], Any]] = {
    "identify": _identify,
    "make": _make,
    "aside": lambda device, form, by: actions.set_aside(device=device, **form.cleaned_data, by=by),
    "block": lambda device, form, by: actions.request_block(device=device, **form.cleaned_data, by=by),
}


@require_POST
def act(request: HttpRequest, pk: int, word: str) -> HttpResponse:
    """Decide about a device. What cannot be done is told beside what was typed."""
    if word not in ACTS:
        raise Http404
    found = _decidable(request, pk)
    form = _forms(request, found, zone_names(), request.POST)[word]
    if form.is_valid():
        try:
            ACTS[word](found, form, request.user)
        except ValidationError as error:
            _tell(form, error)
        except register.Refused as error:
            form.add_error(None, [problem.message for problem in error.problems])
        except register.Stale:
            form.add_error(None, _("Somebody changed the asset at the same time. Please try again."))
        else:
            messages.success(request, _("Decided. The next matching takes it into account."))
            return redirect(found)
    return shown(request, found, {word: form}, status=422)


def _tell(form: Any, error: ValidationError) -> None:
    """Put what an action refused beside the field that it is about."""
    if isinstance(error, actions.Stale):
        form.data = form.data.copy()
        form.data["version"] = error.row.version
    known = set(getattr(error, "error_dict", {}))
    form.add_error(None, error) if not known or known <= set(form.fields) else form.add_error(None, error.messages)


def _decidable(request: HttpRequest, pk: int) -> Device:
    found: Device = get_visible(Device.objects, request.user, pk=pk)
    if not may_decide(request.user, found):
        raise PermissionDenied
    return found


@require_POST
def undo(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """Take a decision back."""
    found = _decidable(request, pk)
    taken = DeviceDecision.objects.filter(device=found, pk=decision).first()
    if taken is None:
        raise Http404
    try:
        actions.undo(decision=taken, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except (register.Stale, register.InUse, register.Refused):
        messages.error(
            request,
            _("The asset was changed or is named by others since. Put it right in the register, then undo this."),
        )
    else:
        messages.success(request, _("Undone."))
    return redirect(found)


@require_POST
def match(request: HttpRequest) -> HttpResponse:
    """Match now, without waiting for the next time."""
    enter(request)
    require(request.user, rules.may_edit)
    job = enqueue(match_observed, by=request.user)
    return redirect("jobs:job", pk=job.pk)
