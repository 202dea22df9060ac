"""Pages about webhooks for administrators; auditors may look."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, Max, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kizuki.accounts.access import get_visible, who
from kizuki.journal.models import Entry
from kizuki.notify import actions, hooks
from kizuki.notify.choices import State
from kizuki.notify.forms import EditForm, NewForm, VersionForm, WebhookForm
from kizuki.notify.models import Delivery, Webhook
from kizuki.notify.sending import policy

PAGE = 50


@require_safe
def webhooks(request: HttpRequest) -> HttpResponse:
    """All webhooks by name: where they go, what of, how it stands."""
    if not request.user.has_perm("notify.view"):
        raise Http404
    found = Webhook.objects.visible_to(request.user).select_related("by")
    known = Q(deliveries__in=Delivery.objects.visible_to(request.user).order_by())
    counted = found.annotate(
        waiting=Count("deliveries", filter=known & Q(deliveries__state=State.WAITING)),
        given_up=Count("deliveries", filter=known & Q(deliveries__state=State.GIVEN_UP)),
        last=Max("deliveries__last_try", filter=known & Q(deliveries__state=State.ARRIVED)),
    )
    return render(request, "notify/webhooks.html", {"webhooks": counted, **_common(request)})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Make a webhook and show its secret, this once."""
    _manage(request)
    posted = request.method == "POST"
    form = NewForm(request.POST if posted else None)
    if posted and form.is_valid():
        try:
            made, text = actions.make_webhook(**form.cleaned_data, by=who(request))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return _secret(request, made, text) if text else redirect(made)
    context = {"form": form, **_common(request)}
    return render(request, "notify/new.html", context, status=422 if posted else 200)


@never_cache
@require_safe
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One webhook with its messages, newest first."""
    found = _found(request, pk)
    return _shown(request, found)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what it says. Where somebody was faster, both texts are shown."""
    found = _found(request, pk, manage=True)
    posted = request.method == "POST"
    form = EditForm(request.POST if posted else None, initial=WebhookForm.initial_of(found))
    now: list[tuple[Any, Any]] = []
    if posted and form.is_valid():
        try:
            actions.change_webhook(webhook=found, **form.cleaned_data, by=who(request))
        except actions.Stale as error:
            form.add_error(None, error)
            now = _as_it_is(form, found)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("Saved."))
            return redirect(found)
    context = {"form": form, "webhook": found, "now": now, **_common(request)}
    return render(request, "notify/edit.html", context, status=422 if posted else 200)


@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Switch it on or off."""
    found = _found(request, pk, manage=True)
    version, active = _version(request), request.POST.get("active") == "1"
    try:
        actions.switch_webhook(webhook=found, active=active, version=version, by=who(request))
    except ValidationError as error:
        return _shown(request, found, " ".join(error.messages))
    messages.success(request, _("It is switched on.") if active else _("It is switched off. Nothing is sent any more."))
    return redirect(found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask, then make a new secret and show it, this once."""
    found = _found(request, pk, manage=True)
    if request.method == "POST":
        try:
            text = actions.rotate_secret(webhook=found, version=_version(request), by=who(request))
        except ValidationError as error:
            return _shown(request, found, " ".join(error.messages))
        return _secret(request, found, text)
    form = VersionForm(initial={"version": found.version})
    return render(request, "notify/secret.html", {"webhook": found, "form": form})


@require_POST
def try_it(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a trial message and show what becomes of it."""
    found = _found(request, pk, manage=True)
    try:
        made = actions.try_webhook(webhook=found, by=who(request))
    except ValidationError as error:
        return _shown(request, found, " ".join(error.messages))
    return redirect("webhooks:message", found.pk, made.pk)


@never_cache
@require_safe
def message(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """One message as it is sent, and what became of it; asked by htmx, only how it stands."""
    found = _message(request, pk, message)
    part = request.headers.get("HX-Request") == "true"
    context = {"webhook": found.webhook, "message": found, **_common(request)}
    return render(request, "notify/standing.html" if part else "notify/message.html", context)


@require_POST
def again(request: HttpRequest, pk: int, message: int) -> HttpResponse:
    """Send a message once more."""
    found = _message(request, pk, message)
    _manage(request)
    try:
        actions.send_again(delivery=found, by=who(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("webhooks:message", pk, message)


def _manage(request: HttpRequest) -> None:
    """404 for those who learn nothing of webhooks, 403 for those who only look."""
    if not request.user.has_perm("notify.view"):
        raise Http404
    if not request.user.has_perm("notify.manage"):
        raise PermissionDenied


def _found(request: HttpRequest, pk: int, *, manage: bool = False) -> Webhook:
    found: Webhook = get_visible(Webhook.objects.select_related("by"), request.user, pk=pk)
    if manage:
        _manage(request)
    return found


def _message(request: HttpRequest, pk: int, message: int) -> Delivery:
    rows = Delivery.objects.select_related("webhook__by")
    found: Delivery = get_visible(rows, request.user, pk=message, webhook=pk)
    return found


def _version(request: HttpRequest) -> int:
    """The version that the reader saw; 0, which none has, where it was not sent."""
    form = VersionForm(request.POST)
    return int(form.cleaned_data["version"]) if form.is_valid() else 0


def _secret(request: HttpRequest, found: Webhook, text: str) -> HttpResponse:
    return render(request, "notify/secret_made.html", {"webhook": found, "text": text})


def _shown(request: HttpRequest, found: Webhook, problem: str = "") -> HttpResponse:
    rows = Delivery.objects.visible_to(request.user).filter(webhook=found)
    states = [state for state in State.values if state == request.GET.get("state")]
    page = Paginator(rows.filter(state__in=states) if states else rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "webhook": found, "page": page, "problem": problem, "states": State.choices,
        "form": VersionForm(initial={"version": found.version}),
        "history": Entry.objects.about(found)[:20] if request.user.has_perm("journal.view") else [], **_common(request),
    }  # fmt: skip
    return render(request, "notify/webhook.html", context, status=409 if problem else 200)


def _common(request: HttpRequest) -> dict[str, Any]:
    return {
        "may_manage": request.user.has_perm("notify.manage"), "sending": policy().on, "known": list(hooks.events.items()),
    }  # fmt: skip


def _as_it_is(form: EditForm, found: Webhook) -> list[tuple[Any, Any]]:
    """Label and present value of each field in which what was typed is not what stands there."""
    now, typed = WebhookForm.initial_of(found), form.cleaned_data
    form.data = {**{name: form.data.get(name, "") for name in form.fields}, "version": str(found.version)}
    present = {"name": found.name, "url": found.url, "events": found.events}
    return [(form.fields[name].label, now[name]) for name in present if typed[name] != present[name]]
