"""Judging importance with five questions, for owners who are no experts: the criteria decide, and say why."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kizuki.accounts.access import who
from kizuki.criteria import presenting as criteria_presenting
from kizuki.criteria import queries
from kizuki.criteria.actions import decide
from kizuki.criteria.engine.decide import decide as look
from kizuki.criteria.forms import FactsForm
from kizuki.criteria.models import Version
from kizuki.register import actions, words
from kizuki.register.actions import Edit, Refused, Stale
from kizuki.register.views.common import kind_or_404, must_write, record_or_404

JUDGED: Final = frozenset({"asset", "service", "information"})
#: dimension → the criteria by which it is judged.
PURPOSES: Final = {dimension: f"importance-{dimension}" for dimension in words.DIMENSIONS}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def judge(request: HttpRequest, part: str, pk: int) -> HttpResponse:
    """Five questions; the answer is shown with its reasons, and recorded when the person agrees."""
    kind = kind_or_404(request.user, part)
    row = record_or_404(request.user, kind, pk)
    must_write(request.user, kind, row.unit)
    versions = {dimension: queries.in_effect(purpose) for dimension, purpose in PURPOSES.items()}
    if kind not in JUDGED or None in versions.values():
        raise Http404
    known = {dimension: version for dimension, version in versions.items() if version is not None}
    form = FactsForm(request.POST or None, criteria=[version.read for version in known.values()])
    shown: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        shown = [_looked(dimension, version, form) for dimension, version in known.items()]
        if "record" in request.POST and _record(request, row, known, form, shown):
            return redirect(row)
    context = {"part": part, "words": words.PARTS[part], "row": row, "form": form, "shown": shown}
    return render(request, "register/judge.html", context, status=422 if form.is_bound and not shown else 200)


def _looked(dimension: str, version: Version, form: FactsForm) -> dict[str, Any]:
    made = look(version.compiled, form.given(version.read))
    value = int(version.read.outcome(made.outcome).data["importance"])
    return {
        "dimension": dimension, "label": words.DIMENSIONS[dimension], "value": value, "word": words.IMPORTANCE[value],
        "shown": criteria_presenting.tried(version, made),
    }  # fmt: skip


def _record(
    request: HttpRequest, row: Any, versions: dict[str, Version], form: FactsForm, shown: list[dict[str, Any]]
) -> bool:
    """Keep the three decisions and write the importance; what others changed meanwhile is kept."""
    document = dict(row.document) | {"importance": {one["dimension"]: one["value"] for one in shown}}
    if row.kind_name == "information":
        document["judged"] = timezone.localdate().isoformat()
    try:
        actions.apply(
            organisation=row.organisation, edits=[Edit(row.kind_name, row.key, document, row.version)], by=who(request),
            verb="judged",
        )  # fmt: skip
        for dimension, version in versions.items():
            decide(purpose=PURPOSES[dimension], facts=form.given(version.read), about=row, by=who(request))
    except (Refused, Stale, ValidationError) as error:
        messages.error(request, _("It was not recorded: %(why)s") % {"why": error})
        return False
    messages.success(request, _("The importance of “%(name)s” is recorded.") % {"name": row})
    return True
