"""What is known of an incident: assets and what is reached from them, indicators, files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kizuki.accounts import rules as people_rules
from kizuki.files import storage
from kizuki.incidents import actions, indicators
from kizuki.incidents.actions import Stale
from kizuki.incidents.advice import Advice
from kizuki.incidents.choices import AssetState, IndicatorState
from kizuki.incidents.engine.naming import Meant, sorted_out, words
from kizuki.incidents.forms.common import tell
from kizuki.incidents.forms.knowledge import AssetsForm, AssetStateForm, FileForm, IndicatorForm, IndicatorsForm
from kizuki.incidents.knowledge import FIRST_REACHED, HELD, MOST_REACHED, Known, index_of
from kizuki.incidents.models import AssetOf, FileOf, Incident, Indicator
from kizuki.incidents.views.common import found, found_to_write, shell
from kizuki.register.columns import plain
from kizuki.register.models import Asset
from kizuki.ui.templatetags.kizuki import language

#: Assets offered for a word that is typed.
MOST_FOUND: Final = 12
#: Assets of one incident that the page shows.
MOST_ASSETS: Final = 300


@require_safe
def known(request: HttpRequest, number: str) -> HttpResponseBase:
    """The whole page; its indicators as CSV or JSON; asked by htmx, only the assets that a typed word finds."""
    incident = found(request, number)
    if request.GET.get("indicators") in ("csv", "json"):
        return indicators.as_file(incident, request.GET["indicators"])
    if request.headers.get("HX-Request") == "true":
        return render(
            request, "incidents/known_found.html", shell(request, incident, "known", **_found(request, incident))
        )
    return _page(request, incident)


def _page(request: HttpRequest, incident: Incident, status: int = 200, **more: Any) -> HttpResponse:
    """`more`: forms that were sent and not taken, and what stands there now."""
    rows = list(incident.assets.select_related("entry")[: MOST_ASSETS + 1])
    reads = people_rules.may_read_all(request.user)
    context: dict[str, Any] = {
        "reads_register": reads,
        "rows": rows[:MOST_ASSETS],
        "more_assets": len(rows) > MOST_ASSETS,
    }
    if reads:
        context |= _register(request, incident, rows[:MOST_ASSETS])
    context |= {
        "indicators": indicators.lines(incident, request.user), "files": list(incident.files.select_related("file", "entry")),
        "asset_states": AssetState.choices, "indicator_states": IndicatorState.choices,
        "assets_form": AssetsForm(auto_id="assets-%s"), "indicators_form": IndicatorsForm(auto_id="indicators-%s"),
        "file_form": FileForm(auto_id="file-%s"), **_found(request, incident),
    }  # fmt: skip
    return render(
        request, "incidents/known.html", shell(request, incident, "known", **{**context, **more}), status=status
    )


def _register(request: HttpRequest, incident: Incident, rows: list[AssetOf]) -> dict[str, Any]:
    """What the register says of the assets, and what is reached from them."""
    register = Known(incident)
    advice = Advice(incident, request.user, rows, register.register) if rows else None
    lines = register.lines(rows, advice.alike if advice else ())
    whole = request.GET.get("reach") == "whole"
    most = MOST_REACHED if request.GET.get("rows") == "all" else FIRST_REACHED
    onward, reached = register.onward(rows, whole=whole, most=most)
    left = min(onward.known + onward.assumed, MOST_REACHED) - len(reached)
    contained = sum(row.state == AssetState.CONTAINED for row in rows)
    return {
        "lines": lines, "onward": onward, "reached": reached, "whole": whole, "contained": contained,
        "more_reached": max(0, left), "held": sum(row.state in HELD for row in rows),
    }  # fmt: skip


def _found(request: HttpRequest, incident: Incident) -> dict[str, Any]:
    """The assets that a typed word finds, of those that the person may see in the register."""
    asked = request.GET.get("find", "").strip()[:200]
    if not asked:
        return {"find": "", "found_assets": [], "found_more": False}
    rows: Any = Asset.objects.visible_to(request.user).filter(organisation=incident.organisation_id)
    for word in plain(asked).split()[:8]:
        rows = rows.filter(text__contains=word)
    rows = list(rows.order_by(f"name_{language()}", "pk")[: MOST_FOUND + 1])
    noted = set(incident.assets.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    shown = [(row, row.key in noted) for row in rows[:MOST_FOUND]]
    return {"find": asked, "found_assets": shown, "found_more": len(rows) > MOST_FOUND}


@require_POST
def add_assets(request: HttpRequest, number: str) -> HttpResponse:
    """Note assets by what they are called; what is not found, or means several, is said, and stays in the form."""
    incident = found_to_write(request, number)
    form = AssetsForm(request.POST, auto_id="assets-%s")
    if not form.is_valid():
        return _page(request, incident, 422, assets_form=form)
    typed, left_out = words(form.cleaned_data["words"])
    index = index_of(incident)
    clear, unclear, missing = sorted_out([index.meant(word) for word in typed])
    seen = _seen(request, incident, [*clear, *(key for one in unclear for key in one.keys)])
    missing += [key for key in clear if key not in seen]
    clear = [key for key in clear if key in seen]
    unclear = [Meant(one.word, tuple(key for key in one.keys if key in seen)) for one in unclear]
    try:
        added = actions.add_assets(incident=incident, keys=clear, state=form.cleaned_data["state"], by=request.user)
    except ValidationError as error:
        tell(form, error)
        return _page(request, incident, 422, assets_form=form)
    _say_added(request, len(added.new), len(added.there))
    if not (unclear or missing or left_out):
        return redirect(f"{reverse('incidents:known', args=[number])}#assets")
    left = AssetsForm(
        initial={"words": "\n".join([*(one.word for one in unclear), *missing]), "state": form.cleaned_data["state"]},
        auto_id="assets-%s",
    )
    return _page(
        request, incident, 422, assets_form=left, missing=missing, unclear=unclear, left_out=left_out
    )  # fmt: skip


def _seen(request: HttpRequest, incident: Incident, keys: list[str]) -> set[str]:
    """Those that the person sees in the register; for others they are not there."""
    rows = Asset.objects.visible_to(request.user).filter(organisation=incident.organisation_id, key__in=keys)
    return set(rows.values_list("key", flat=True))


def _say_added(request: HttpRequest, new: int, there: int) -> None:
    if new:
        messages.success(request, ngettext("%(n)d asset was noted.", "%(n)d assets were noted.", new) % {"n": new})
    if there:
        said = ngettext("%(n)d had been noted before.", "%(n)d had been noted before.", there)
        messages.info(request, said % {"n": there})


@require_POST
def asset(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Say how an asset stands now."""
    incident = found_to_write(request, number)
    row = _row(incident, AssetOf, pk)
    form = AssetStateForm(request.POST)

    def act(values: dict[str, Any]) -> None:
        actions.set_asset_state(asset=row, **values, by=request.user)

    return _acted(request, incident, form, act, "assets")


@require_POST
def indicator(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Confirm or reject an indicator, or say what it is."""
    incident = found_to_write(request, number)
    row = _row(incident, Indicator, pk)
    form = IndicatorForm(request.POST)

    def act(values: dict[str, Any]) -> None:
        actions.judge_indicator(indicator=row, **values, by=request.user)

    return _acted(request, incident, form, act, "indicators")


def _row(incident: Incident, kind: Any, pk: int) -> Any:
    """The row of this incident; 404 where there is none."""
    row = kind.objects.filter(incident=incident, pk=pk).first() if pk < 2**63 else None
    if row is None:
        raise Http404
    row.incident = incident
    return row


def _acted(
    request: HttpRequest, incident: Incident, form: Any, act: Callable[[dict[str, Any]], None], place: str
) -> HttpResponse:
    """Do it and go back; where somebody was faster, show what was chosen beside how it stands now."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Stale as error:
            mine = {**form.cleaned_data, "row": error.row, "place": place}
            return _page(request, incident, 409, mine=mine)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
    else:
        messages.error(request, _("This could not be understood. Please choose again."))
    return redirect(f"{reverse('incidents:known', args=[incident.number])}#{place}")


@require_POST
def add_indicators(request: HttpRequest, number: str) -> HttpResponse:
    """Note every indicator of a text."""
    incident = found_to_write(request, number)
    form = IndicatorsForm(request.POST, auto_id="indicators-%s")
    if form.is_valid():
        try:
            added = actions.add_indicators(incident=incident, **form.cleaned_data, by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            new = len(added.new)
            said = ngettext("%(n)d indicator was noted.", "%(n)d indicators were noted.", new) % {"n": new}
            messages.success(request, said)
            if added.there:
                there = ngettext("%(n)d had been noted before.", "%(n)d had been noted before.", len(added.there))
                messages.info(request, there % {"n": len(added.there)})
            return redirect(f"{reverse('incidents:known', args=[number])}#indicators")
    return _page(request, incident, 422, indicators_form=form)


@require_POST
def add_file(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a file."""
    incident = found_to_write(request, number)
    form = FileForm(request.POST, request.FILES, auto_id="file-%s")
    if form.is_valid():
        data = form.cleaned_data
        try:
            actions.keep_file(incident=incident, upload=data["file"], text=data["text"], by=request.user)
        except ValidationError as error:
            tell(form, error)
        else:
            return redirect(f"{reverse('incidents:known', args=[number])}#files")
    return _page(request, incident, 422, file_form=form)


@never_cache
@require_safe
def file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """The bytes of a file under the name that it has here; something to save, never a page of this site."""
    incident = found(request, number)
    row: FileOf = _row(incident, FileOf, pk)
    try:
        content = storage.opened(row.file.digest)
    except storage.Damaged:
        return render(request, "files/damaged.html", {"file": row.file}, status=500)
    response = FileResponse(content, as_attachment=True, filename=row.name, content_type="application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    return response
