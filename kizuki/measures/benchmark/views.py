"""Pages of maturity: which self-checks there are, one with its scores over time beside peers, and what brings figures in."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

import msgspec
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen, who
from kizuki.journal.views import neutral
from kizuki.kit.text import shown
from kizuki.measures.benchmark import actions
from kizuki.measures.benchmark.checks import checks
from kizuki.measures.benchmark.engine.format import EVERYONE, Check
from kizuki.measures.benchmark.engine.position import nearest, positions
from kizuki.measures.benchmark.forms import CheckFileForm, PeerFileForm, ScoresForm
from kizuki.measures.benchmark.models import PeerGroup, Sheet
from kizuki.measures.benchmark.picture import picture
from kizuki.register.library import names
from kizuki.register.models import Organisation
from kizuki.ui.templatetags.kizuki import language

#: A page shows so many fillings-in, the newest.
SHOWN = 6
SIZES = ((100, "tens"), (1_000, "hundreds"), (10_000, "thousands"))


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every self-check, when it was last filled in, and whose figures of peers are there."""
    organisation = _organisation(request)
    days: dict[tuple[str, str], list[Any]] = {}
    for sheet in Sheet.objects.visible_to(request.user).filter(organisation=organisation).only("key", "release", "day"):
        days.setdefault((sheet.key, sheet.release), []).append(sheet.day)
    groups: dict[tuple[str, str], int] = {}
    for key, release in PeerGroup.objects.filter(dropped_at=None).values_list("key", "release"):
        groups[key, release] = groups.get((key, release), 0) + 1
    rows = [
        (check, max(days[key]) if key in days else None, len(set(days.get(key, ()))), groups.get(key, 0))
        for key, check in checks().items()
    ]
    return render(request, "benchmark/overview.html", {"rows": rows, "may_edit": rules.may_edit(request.user)})


@require_safe
def check(request: HttpRequest, key: str, release: str) -> HttpResponse:
    """One self-check: scores over time, dots over the quartiles of peers."""
    organisation = _organisation(request)
    found = _check(key, release)
    sheets = _sheets(request, organisation, found)
    groups = list(PeerGroup.objects.visible_to(request.user).filter(key=key, release=release, dropped_at=None))
    group = _group(request, groups, organisation)
    rows = positions(found, [sheet.scores for sheet in sheets], group.by_section if group else {})
    kind = request.GET.get("format")
    if kind == "csv":
        return _csv(found, sheets)
    if kind == "json":
        return HttpResponse(msgspec.json.encode(_told(found, sheets, group)), content_type="application/json")
    shown_sheets = sheets[-SHOWN:]
    context = {
        "check": found, "rows": rows, "sheets": shown_sheets, "group": group, "may_edit": rules.may_edit(request.user),
        "table": [(row, row.scores[-SHOWN:]) for row in rows], "picture": picture(found, rows) if sheets or group else None,
        "groups": [(one, group_name(one)) for one in groups], "group_name": group_name(group) if group else "",
        "counts": {word: sum(row.beside == word for row in rows) for word in ("below", "within", "above")},
    }  # fmt: skip
    return render(request, "benchmark/check.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest, key: str, release: str) -> HttpResponse:
    """Enter the scores of a day."""
    organisation = _organisation(request)
    require(request.user, rules.may_edit)
    found = _check(key, release)
    last = _sheets(request, organisation, found)[-1:]
    form = ScoresForm(found, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        actions.enter_scores(
            organisation=organisation, check=found, day=data["day"], scores=form.scores(), note=data["note"], by=who(request)
        )  # fmt: skip
        messages.success(request, _("The scores are kept."))
        return redirect("benchmark:check", key, release)
    fields = [(form[f"s-{s.id}"], last[0].scores.get(s.id) if last else None) for s in found.sections]
    context = {"check": found, "form": form, "fields": fields, "last": last[0] if last else None}
    return render(request, "benchmark/enter.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def peers(request: HttpRequest) -> HttpResponse:
    """Figures of peers that are there, and bringing in more."""
    _organisation(request)
    require(request.user, rules.may_edit)
    sent = request.method == "POST"
    form = PeerFileForm(request.POST, request.FILES) if sent else PeerFileForm()
    if sent and form.is_valid():
        made = actions.bring_peers(found=form.cleaned_data["found"], by=request.user)
        messages.success(request, _("The figures are kept."))
        return redirect("benchmark:check", made[0].key, made[0].release)
    rows = PeerGroup.objects.visible_to(request.user).filter(dropped_at=None)
    context = {"form": form, "rows": [(row, group_name(row), _most(row)) for row in rows]}
    return render(request, "benchmark/peers.html", context, status=422 if sent else 200)


@require_POST
def drop_peers(request: HttpRequest, pk: int) -> HttpResponse:
    """Take figures of peers out of sight."""
    group: PeerGroup = get_visible(PeerGroup.objects, request.user, pk=pk)
    require(request.user, rules.may_edit)
    actions.drop_peers(group=group, by=request.user)
    return redirect("benchmark:peers")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """Add self-checks from a file."""
    _organisation(request)
    require(request.user, rules.may_edit)
    sent = request.method == "POST"
    form = CheckFileForm(request.POST, request.FILES) if sent else CheckFileForm()
    if sent and form.is_valid():
        try:
            actions.add_checks(found=form.cleaned_data["file"], by=request.user)
        except ValidationError as error:
            form.add_error("file", error)
        else:
            return redirect("benchmark:overview")
    return render(request, "benchmark/add.html", {"form": form}, status=422 if sent else 200)


def _organisation(request: HttpRequest) -> Organisation:
    require_seen(request.user, rules.may_read_all)
    found: Organisation = get_visible(Organisation.objects, request.user, is_home=True)
    return found


def _check(key: str, release: str) -> Check:
    found = checks().get((key, release))
    if found is None:
        raise Http404
    return found


def _sheets(request: HttpRequest, organisation: Organisation, found: Check) -> list[Sheet]:
    """One a day, oldest first: of several for a day the one entered last."""
    rows = Sheet.objects.visible_to(request.user).filter(organisation=organisation, key=found.id, release=found.version)
    return list({row.day: row for row in rows.select_related("by")}.values())


def _group(request: HttpRequest, groups: Sequence[PeerGroup], organisation: Organisation) -> PeerGroup | None:
    """The group asked for, else the one most like us."""
    asked = request.GET.get("peers", "")
    for group in groups:
        if str(group.pk) == asked:
            return group
    about = organisation.head
    size = (
        "" if isinstance(about.size, str) else next((w for most, w in SIZES if about.size < most), "tens-of-thousands")
    )
    n = nearest([(group.sector, group.size) for group in groups], about.sector, size)
    return None if n is None else groups[n]


def group_name(group: PeerGroup) -> str:
    """Sector, size and source of a group of peers, in words."""
    here, words = language(), []
    for kind, word in (("sectors", group.sector), ("sizes", group.size)):
        known = names(kind).get(word)
        if word != EVERYONE:
            words.append(known.name.in_(here) if known else word)
    return _("%(who)s – %(source)s") % {"who": _(", ").join(words) or _("all"), "source": group.source}


def _most(group: PeerGroup) -> int:
    return max(peer.n for peer in group.by_section.values())


def _csv(found: Check, sheets: Sequence[Sheet]) -> HttpResponse:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["check", "version", "day", "section", "name", "score", "entered_by"])
    for sheet in sheets:
        for section in found.sections:
            score = sheet.scores.get(section.id)
            name = shown(section.name, language())
            cells = [
                found.id,
                found.version,
                sheet.day.isoformat(),
                section.id,
                name,
                "" if score is None else score,
                sheet.by,
            ]
            writer.writerow([neutral(str(cell)) for cell in cells])
    headers = {"Content-Disposition": f'attachment; filename="{found.id}-{found.version}.csv"'}
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _told(found: Check, sheets: Sequence[Sheet], group: PeerGroup | None) -> dict[str, Any]:
    return {
        "schema": "kizuki/scores/1", "check": msgspec.to_builtins(found),
        "sheets": [{"day": s.day.isoformat(), "by": str(s.by), "scores": s.scores, "note": s.note} for s in sheets],
        "peers": {"sector": group.sector, "size": group.size, "source": group.source, "sections": group.peers} if group else None,
    }  # fmt: skip
