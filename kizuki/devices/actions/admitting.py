"""Asking to connect something, deciding by the written criteria, renewing, and permissions that end by themselves."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from kizuki.criteria import actions as criteria
from kizuki.criteria import queries
from kizuki.criteria.engine.decide import Given
from kizuki.criteria.engine.format import Outcome
from kizuki.devices.actions.deciding import IDENTIFIERS
from kizuki.devices.actions.stale import ROOM, Stale
from kizuki.devices.choices import ADMITTED, Request
from kizuki.devices.models import Admission, Device
from kizuki.journal.actions import By, record
from kizuki.kit.text import Text
from kizuki.register.actions import Edit, apply
from kizuki.register.engine.format import KIND_PARENT
from kizuki.register.models import TABLES, Asset, Organisation
from kizuki.tasks import actions as tasks

PURPOSE: Final = "admission"
#: An exception ends within a year, whatever the outcome would allow.
LONGEST_EXCEPTION: Final = 366
#: So many days before a permission ends, its unit is asked to renew it.
AHEAD: Final = timedelta(days=30)


def purpose_of(kind: str) -> str:
    """The criteria that decide about a kind of asset: its own, else those of the kind above it, else those for all."""
    for narrow in (kind, KIND_PARENT.get(kind, "")):
        if narrow and queries.in_effect(f"{PURPOSE}-{narrow}") is not None:
            return f"{PURPOSE}-{narrow}"
    return PURPOSE


@transaction.atomic
def ask(
    *,
    what: str,
    purpose: str,
    kind: str,
    zone: str,
    unit: str,
    facts: Mapping[str, Given],
    by: By,
    asset: str = "",
    device: Device | None = None,
    follows: Admission | None = None,
    organisation: Organisation | None = None,
) -> Admission:
    """Ask to connect something. The criteria in effect say at once what they lead to; a manager then decides. Raises what
    `criteria.actions.decide` raises."""
    home = organisation or Organisation.objects.filter(is_home=True, deleted_at=None).first()
    if home is None:
        raise ValidationError(_("There is no organisation yet for which this could be asked."))
    if follows is not None:
        asset = follows.asset
        if follows.followers.filter(state__in=(Request.ASKED, *ADMITTED)).exists():
            raise ValidationError(_("A renewal was asked for already."))
    admission = Admission.objects.create(
        organisation=home, what=what.strip(), purpose=purpose.strip(), kind=kind, zone=zone, unit=unit, asset=asset, device=device,
        follows=follows, facts={fact: given.value for fact, given in facts.items()}, asked_by_id=_id(by), asked_name=_name(by),
    )  # fmt: skip
    decision = criteria.decide(purpose=purpose_of(kind), facts=facts, about=admission, by=by)
    Admission.objects.filter(pk=admission.pk).update(decision=decision, suggested=decision.outcome)
    admission.refresh_from_db()
    record(
        by=by, room=ROOM, verb="asked", obj=admission, data={"suggested": admission.suggested, "facts": admission.facts}
    )
    return admission


def outcomes_of(admission: Admission) -> tuple[Outcome, ...]:
    """What can be decided, from mild to strict, by the version of the criteria that was asked."""
    return admission.decision.version.read.outcomes if admission.decision else ()


def valid_days(outcome: Outcome) -> int:
    """For how many days an outcome admits; 0 where it refuses."""
    days = outcome.data.get("valid_days", 0)
    return days if isinstance(days, int) else 0


@transaction.atomic
def confirm(
    *, admission: Admission, outcome: str, reason: str, until: dt.date | None, version: int, by: By
) -> Admission:
    """Decide as the criteria say, or depart from them with a reason: an exception, which has an end. What is admitted is entered in the
    register: planned until its conditions are met, in use where there are none. Nobody decides what they asked for themselves."""
    if admission.asked_by_id is not None and admission.asked_by_id == _id(by):
        raise ValidationError(_("You asked for this yourself. Somebody else has to decide."))
    chosen = next((one for one in outcomes_of(admission) if one.id == outcome), None)
    if chosen is None:
        raise ValidationError({"outcome": _("This is not an outcome of the criteria.")})
    end = _end(admission, chosen, reason, until)
    values: dict[str, Any] = {
        "outcome": outcome, "reason": reason.strip(), "until": end, "decided_at": timezone.now(), "decided_by_id": _id(by),
        "decided_name": _name(by),
    }  # fmt: skip
    if end is None:
        _update(admission, version, [Request.ASKED], state=Request.REFUSED, **values)
    else:
        key, in_use = _register(admission, end, bool(_conditions(admission)) or outcome != admission.suggested, by)
        state = Request.CONNECTED if in_use else Request.APPROVED
        _update(admission, version, [Request.ASKED], state=state, asset=key, **values)
        _end_former(admission, by)
    data = {
        "outcome": outcome,
        "suggested": admission.suggested,
        "reason": admission.reason,
        "until": end and end.isoformat(),
    }
    record(by=by, room=ROOM, verb="confirmed", obj=admission, data=data)
    return admission


def _end(admission: Admission, outcome: Outcome, reason: str, until: dt.date | None) -> dt.date | None:
    """The last day of the permission, None for a refusal. Raises ValidationError where it has to be another."""
    exception = outcome.id != admission.suggested
    if exception and not reason.strip():
        raise ValidationError({"reason": _("Say why this departs from the criteria.")})
    days = valid_days(outcome)
    if days == 0:
        return None
    most = min(days, LONGEST_EXCEPTION) if exception else days
    today = timezone.localdate()
    if until is None:
        if exception:
            raise ValidationError({"until": _("An exception needs a day on which it ends.")})
        return today + timedelta(days=most)
    if not today < until <= today + timedelta(days=most):
        message = _("Choose a day after today, by %(day)s at the latest.")
        raise ValidationError({"until": message % {"day": (today + timedelta(days=most)).isoformat()}})
    return until


def _conditions(admission: Admission) -> tuple[Text, ...]:
    if admission.decision is None:
        return ()
    found = next((rule for rule in admission.decision.version.read.rules if rule.id == admission.decision.rule), None)
    return found.conditions if found else ()


def _register(admission: Admission, until: dt.date, planned: bool, by: By) -> tuple[str, bool]:
    """Enter what was admitted, or its new end; gives its id and whether it is in use already."""
    rows = Asset.objects.filter(organisation=admission.organisation, deleted_at=None)
    row = rows.filter(key=admission.asset).first() if admission.asset else None
    if row is None and admission.device is not None and admission.device.asset:
        row = rows.filter(key=admission.device.asset).first()
    document: dict[str, Any] = dict(row.document) if row else _new(admission)
    in_use = not planned or document.get("lifecycle", "in use" if row else "planned") == "in use"
    document |= {"admitted_until": until.isoformat(), "lifecycle": "in use" if in_use else "planned"}
    edit = Edit("asset", document["id"], document, base=row.version if row else None)
    apply(organisation=admission.organisation, edits=[edit], by=by, verb="admitted")
    return str(document["id"]), in_use


def _new(admission: Admission) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": _free_id(admission), "name": admission.what, "kind": admission.kind, "unit": admission.unit, "zone": admission.zone,
    }  # fmt: skip
    if admission.device is not None:
        document |= {
            field: given for field in IDENTIFIERS if (given := getattr(admission.device, field)) and field != "ips"
        }
    return document


def _free_id(admission: Admission) -> str:
    """An id made of what it is called, that no asset ever had."""
    base = slugify(admission.what)[:60] or f"admitted-{admission.pk}"
    taken = set(
        Asset.objects.filter(organisation=admission.organisation, key__startswith=base).values_list("key", flat=True)
    )
    return next(id for n in range(1, len(taken) + 2) if (id := base if n == 1 else f"{base}-{n}") not in taken)


def _end_former(admission: Admission, by: By) -> None:
    """The permission that this one renews is over; nobody needs to do anything about it any more."""
    former = admission.follows
    if former is None:
        return
    Admission.objects.filter(pk=former.pk, state__in=ADMITTED).update(state=Request.ENDED, version=former.version + 1)
    said = Text(ja=f"{admission.until}まで更新した。", en=f"Renewed until {admission.until}.")
    for once in (_renewal(former), _over(former)):
        tasks.settle(once=once, result=said, by=by, verified=True, organisation=admission.organisation)


@transaction.atomic
def connect(*, admission: Admission, version: int, by: By) -> Admission:
    """Say that the conditions are met and it is connected: it is in use from now on."""
    _update(admission, version, [Request.APPROVED], state=Request.CONNECTED)
    _set_lifecycle(admission, "in use", by)
    record(by=by, room=ROOM, verb="connected", obj=admission)
    return admission


@transaction.atomic
def withdraw(*, admission: Admission, version: int, by: By) -> Admission:
    """Take back a request; or give back a permission: it has been disconnected, and is retired in the register."""
    before = admission.state
    if before == Request.ASKED:
        _update(admission, version, [Request.ASKED], state=Request.WITHDRAWN)
    else:
        _update(admission, version, [*ADMITTED, Request.ENDED], state=Request.ENDED)
        _set_lifecycle(admission, "retired", by)
        said = Text(ja="切り離した。", en="It was disconnected.")
        for once in (_renewal(admission), _over(admission)):
            tasks.settle(once=once, result=said, by=by, organisation=admission.organisation)
    record(by=by, room=ROOM, verb="withdrew", obj=admission, data={"before": before})
    return admission


def _set_lifecycle(admission: Admission, word: str, by: By) -> None:
    row = Asset.objects.filter(organisation=admission.organisation, key=admission.asset, deleted_at=None).first()
    if row is not None and row.document.get("lifecycle") != word:
        edit = Edit("asset", row.key, {**row.document, "lifecycle": word}, base=row.version)
        apply(organisation=admission.organisation, edits=[edit], by=by, verb="admitted")


# ── in time ──


def begin_renewals(*, organisation: Organisation, by: By) -> int:
    """A task for each permission that ends soon and for which no renewal was asked; gives how many there are."""
    today = timezone.localdate()
    soon = Admission.objects.filter(organisation=organisation).admitted().filter(until__range=(today, today + AHEAD))
    waiting = Admission.objects.filter(state__in=(Request.ASKED, *ADMITTED)).exclude(follows=None)
    count = 0
    for admission in soon.exclude(pk__in=waiting.values("follows")):
        title = Text(
            ja=f"「{admission.what}」の接続許可を更新する", en=f"Renew the permission to connect “{admission.what}”"
        )
        text = Text(
            ja=f"許可は{admission.until}に切れます。使い続けるなら更新を申し込み、そうでなければ切り離してください。",
            en=f"It ends on {admission.until}. Ask for a renewal if it is still needed, else disconnect it.",
        )
        _task(admission, title, text, _renewal(admission), by)
        count += 1
    return count


def end_admissions(*, organisation: Organisation, by: By) -> int:
    """End permissions whose last day is over, each with a task for its unit; gives how many."""
    over = Admission.objects.filter(organisation=organisation, until__lt=timezone.localdate()).admitted()
    count = 0
    for admission in over:
        with transaction.atomic():
            count += _ended(admission, by)
    return count


def _ended(admission: Admission, by: By) -> int:
    rows = Admission.objects.filter(pk=admission.pk, state__in=ADMITTED, version=admission.version)
    if not rows.update(state=Request.ENDED, version=admission.version + 1):
        return 0
    title = Text(
        ja=f"「{admission.what}」の接続許可が切れた", en=f"The permission to connect “{admission.what}” has ended"
    )
    text = Text(
        ja="更新されないまま期限を過ぎました。切り離すか、改めて申し込んでください。",
        en="It was not renewed in time. Disconnect it, or ask again.",
    )
    tasks.settle(once=_renewal(admission), result=title, by=None, drop=True, organisation=admission.organisation)
    _task(admission, title, text, _over(admission), by)
    record(by=by, room=ROOM, verb="ended", obj=admission, data={"until": str(admission.until)})
    return 1


def _task(admission: Admission, title: Text, text: Text, once: str, by: By) -> None:
    owner = (
        TABLES["unit"]
        .objects.filter(organisation=admission.organisation, key=admission.unit)
        .values_list("owner", flat=True)
    )
    tasks.create_task(
        title=title, text=text, origin=tasks.Origin.ADMISSION, about=tasks.About("admission", str(admission.pk)),
        unit=admission.unit, owner=owner.first() or "", due=admission.until, once=once, by=by,
        organisation=admission.organisation,
    )  # fmt: skip


def _renewal(admission: Admission) -> str:
    return f"admission:{admission.pk}"


def _over(admission: Admission) -> str:
    return f"admission over:{admission.pk}"


def _update(admission: Admission, version: int, states: list[str], **values: Any) -> None:
    rows = Admission.objects.filter(pk=admission.pk, version=version, state__in=states)
    changed = rows.update(**values, version=version + 1)
    admission.refresh_from_db()
    if not changed:
        raise Stale(admission)


def _id(by: By) -> Any:
    return None if by is None or isinstance(by, str) else by.pk


def _name(by: By) -> str:
    return "Kizuki" if by is None else str(by)[:200]
