"""Rounds of self-assessment, as managers run them."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts import rules
from kizuki.accounts.access import get_visible, require, require_seen
from kizuki.measures import actions, catalogue, presenting
from kizuki.measures.engine.holding import Holding
from kizuki.measures.engine.matters import matters
from kizuki.measures.forms.rounds import RoundForm, unit_lines
from kizuki.measures.models import Part, Proposal, Round
from kizuki.measures.views.common import organisation_to_edit

PAGE = 50


class PartLine(NamedTuple):
    """How far one unit has come. `reminder`: a text to copy, in its language."""

    part: Part
    asked: int
    answered: int
    open: int
    accepted: int
    returned: int
    reminder: str


@require_safe
def rounds(request: HttpRequest) -> HttpResponse:
    """All rounds, newest first."""
    require_seen(request.user, rules.may_read_all)
    found = Round.objects.visible_to(request.user).annotate(
        units=Count("parts", distinct=True),
        finished=Count("parts", filter=Q(parts__done_at__isnull=False), distinct=True),
    )
    page = Paginator(found.order_by("-created_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    waiting = dict(
        Proposal.objects.waiting().filter(part__round__in=[r.pk for r in page.object_list])
        .order_by().values_list("part__round").annotate(n=Count("pk"))
    )  # fmt: skip
    today = timezone.localdate()
    lines = [(one, waiting.get(one.pk, 0), one.is_late(today)) for one in page.object_list]
    context = {"page": page, "lines": lines, "may_edit": rules.may_edit(request.user)}
    return render(request, "measures/rounds.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Choose what is asked, whom, until when."""
    organisation = organisation_to_edit(request.user)
    lines = unit_lines(organisation)
    sent = request.POST if request.method == "POST" else None
    form = RoundForm(sent, lines=lines, all_ticked=sent is None and "all" in request.GET)
    if form.is_bound and form.is_valid():
        holding = Holding(organisation.standing(presenting.today()))
        known = catalogue.offered()
        asked = form.asked(lambda unit: matters(known.values(), holding, unit))
        data = form.cleaned_data
        chosen = data["measures"] if data["which"] == "chosen" else []
        try:
            made = actions.start_round(
                title=data["title"], due=data["due"], measures=chosen, asked=asked, by=request.user
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The round has begun. Make a link for each unit and send it to its owner."))
            return redirect("measures:round", made.pk)
    return render(request, "measures/round_start.html", {"form": form})


@require_safe
def round(request: HttpRequest, pk: int) -> HttpResponse:
    """One round: how far each unit has come, links, texts to remind with."""
    require_seen(request.user, rules.may_read_all)
    found: Round = get_visible(Round.objects, request.user, pk=pk)
    return _show(request, found)


def _show(request: HttpRequest, found: Round, **more: Any) -> HttpResponse:
    lines = _lines(found)
    context = {
        "round": found, "lines": lines, "late": found.is_late(timezone.localdate()), "may_edit": rules.may_edit(request.user),
        "asked": sum(line.asked for line in lines), "answered": sum(line.answered for line in lines),
        "waiting": sum(line.open for line in lines), "finished": sum(line.part.done_at is not None for line in lines),
        **more,
    }  # fmt: skip
    return render(request, "measures/round.html", context)


def _lines(found: Round) -> list[PartLine]:
    statuses = ("open", "accepted", "returned")
    counts = {status: Count("proposals", filter=Q(proposals__status=status)) for status in statuses}
    parts: Any = found.parts.annotate(**counts)
    lines = []
    for part in parts:
        answered = part.open + part.accepted + part.returned
        lines.append(
            PartLine(
                part, len(part.measures), answered, part.open, part.accepted, part.returned, reminder(part, found, answered)
            )
        )  # fmt: skip
    return lines


def reminder(part: Part, round: Round, answered: int) -> str:
    """A text to copy into a mail, in the language of the unit. It holds no link: that is shown only when it is made."""
    with translation.override(part.language):
        who = part.owner or part.name.in_(part.language)
        left = len(part.measures) - answered
        text = _(
            "To %(who)s\n\nPlease answer “%(title)s” for %(unit)s until %(due)s. %(left)d of %(all)d questions are still open. "
            "What you have answered is kept, and you can go on where you stopped. No account is needed: use the link that "
            "you were sent. If you do not know an answer, say so; that helps as well."
        )
        return text % {
            "who": who, "title": round.title, "unit": part.name.in_(part.language), "due": round.due.isoformat(),
            "left": left, "all": len(part.measures),
        }  # fmt: skip


def _to_edit(request: HttpRequest, rows: Any, pk: int) -> Any:
    """A round, or a part of one, for managers; strangers learn of none."""
    require_seen(request.user, rules.may_read_all)
    found = get_visible(rows, request.user, pk=pk)
    require(request.user, rules.may_edit)
    return found


@never_cache
@require_POST
def make_link(request: HttpRequest, pk: int) -> HttpResponse:
    """A new link for a unit, shown this once, with a text to send it in."""
    part: Part = _to_edit(request, Part.objects.select_related("round"), pk)
    try:
        token = actions.make_link(part=part, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("measures:round", part.round_id)
    address = request.build_absolute_uri(reverse("measures:answer", args=[token]))
    with translation.override(part.language):
        text = _(
            "To %(who)s\n\nWe ask each unit how far our security measures are in force. Please answer “%(title)s” for "
            "%(unit)s until %(due)s: %(all)d questions, each with an explanation. You can stop at any time and go on later. "
            "No account is needed.\n\n%(link)s\n\nThe link is for your unit alone; please do not pass it on."
        ) % {
            "who": part.owner or part.name.in_(part.language), "title": part.round.title, "link": address,
            "unit": part.name.in_(part.language), "due": part.round.due.isoformat(), "all": len(part.measures),
        }  # fmt: skip
    return render(
        request, "measures/link_made.html", {"part": part, "round": part.round, "address": address, "text": text}
    )


@require_POST
def revoke_link(request: HttpRequest, pk: int) -> HttpResponse:
    """End the link of a unit at once."""
    part: Part = _to_edit(request, Part.objects.select_related("round"), pk)
    actions.revoke_link(part=part, by=request.user)
    messages.success(request, _("The link leads nowhere any more. What was answered stays."))
    return redirect("measures:round", part.round_id)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End a round and its links."""
    found: Round = _to_edit(request, Round.objects, pk)
    actions.close_round(round=found, by=request.user)
    messages.success(request, _("The round is closed, and its links with it. Answers that wait can still be accepted."))
    return redirect("measures:round", found.pk)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the closing back."""
    found: Round = _to_edit(request, Round.objects, pk)
    actions.reopen_round(round=found, by=request.user)
    messages.success(request, _("The round is open again. Links have to be made anew."))
    return redirect("measures:round", found.pk)
