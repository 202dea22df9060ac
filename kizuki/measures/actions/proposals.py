"""What units say becomes coverage only when a manager accepts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.journal.actions import By, record
from kizuki.measures.actions.coverage import KIND, key_of
from kizuki.measures.models import Proposal
from kizuki.measures.models.proposal import State, Status
from kizuki.register.actions import Applied, Edit, apply
from kizuki.register.engine.format import Scope
from kizuki.register.engine.kinds import plain
from kizuki.register.models import Organisation

ROOM = "measures"


class Said(NamedTuple):
    """An answer as somebody gives it. `files`: SHA-256 of stored files."""

    state: str
    evidence: str = ""
    link: str = ""
    files: Sequence[str] = ()


class Decided(NamedTuple):
    """A proposal with the version that the manager saw, and that of the row of coverage beside it (None: there was none)."""

    proposal: Proposal
    version: int
    base: int | None


@transaction.atomic
def propose(
    *, measure: str, unit: str, scope: Scope, said: Said, by: Any, language: str, by_name: str = ""
) -> Proposal:
    """Somebody with an account says how far a measure is in force in their unit."""
    made = Proposal.objects.create(
        measure=measure, unit=unit, scope=plain(scope), language=language, person=by, by_name=by_name or str(by)[:200],
        saved_at=timezone.now(), **_values(said),
    )  # fmt: skip
    record(by=by, room=ROOM, verb="proposed", obj=made, data={"measure": measure, "unit": unit, "state": said.state})
    return made


@transaction.atomic
def withdraw(*, proposal: Proposal, by: Any) -> None:
    """Whoever proposed something with an account takes it back, while nobody has decided."""
    rows = Proposal.objects.filter(pk=proposal.pk, part=None, status__in=(Status.OPEN, Status.RETURNED))
    if not rows.filter(person=by).exists():
        raise ValidationError(_("This was decided already, or somebody else proposed it."))
    record(by=by, room=ROOM, verb="withdrawn", obj=proposal, data={"measure": proposal.measure, "unit": proposal.unit})
    rows.delete()


@transaction.atomic
def accept_proposals(
    *,
    organisation: Organisation,
    decided: Sequence[Decided],
    by: Any,
    valid_until: str | None = None,
    changed: Mapping[str, Any] | None = None,
) -> Applied:
    """Write these proposals as rows of coverage, all or none. `changed`: the document of the one proposal that the manager put
    otherwise. Raises `Refused` or `Stale` as the register does, `ValidationError` where a proposal changed since it was read."""
    edits, now = [], timezone.now()
    for each in decided:
        proposal = each.proposal
        if proposal.state == State.UNKNOWN and changed is None:
            raise ValidationError(_("“Unknown” cannot be recorded: no row already means unknown."))
        document = dict(changed) if changed is not None else document_of(proposal, by, valid_until)
        _decide(each, Status.ACCEPTED, by, now)
        edits.append(Edit(KIND, key_of(document["measure"], document["scope"]), document, each.base))
    done = apply(
        organisation=organisation, edits=edits, by=by, data={"proposals": [each.proposal.pk for each in decided]}
    )
    told = {"proposals": [each.proposal.pk for each in decided]}
    record(by=by, room=ROOM, verb="accepted", data=told)
    return done


@transaction.atomic
def return_proposals(*, decided: Sequence[Decided], remark: str, by: Any) -> None:
    """Send proposals back with a remark; their link shows it, and the answer can be given again."""
    if not remark.strip():
        raise ValidationError(_("Say in a sentence what is missing."))
    now = timezone.now()
    for each in decided:
        _decide(each, Status.RETURNED, by, now, remark.strip())
    record(by=by, room=ROOM, verb="returned", data={"proposals": [each.proposal.pk for each in decided]})


def document_of(proposal: Proposal, by: By, valid_until: str | None = None) -> dict[str, Any]:
    """The row of coverage that a proposal comes to: seen by whoever answered, on the day of the answer."""
    seen_by = _("%(who)s, accepted by %(manager)s") % {"who": proposal.by_name, "manager": str(by)}
    document: dict[str, Any] = {
        "measure": proposal.measure, "scope": proposal.scope, "state": proposal.state,
        "verified": timezone.localdate(proposal.saved_at).isoformat(), "verified_by": seen_by[:400],
    }  # fmt: skip
    if proposal.evidence:
        document["evidence"] = {proposal.language: proposal.evidence}
    for name, value in (("link", proposal.link), ("files", list(proposal.files)), ("valid_until", valid_until)):
        if value:
            document[name] = value
    return document


def _decide(each: Decided, status: Status, by: Any, now: Any, remark: str = "") -> None:
    """Move a proposal on; of two managers at once only one does."""
    moved = Proposal.objects.filter(pk=each.proposal.pk, version=each.version).exclude(status=Status.ACCEPTED)
    if not moved.update(
        status=status, remark=remark, decided_by=str(by)[:200], decided_at=now, version=each.version + 1
    ):
        message = _("%(measure)s was answered again or decided in the meantime. Look at it as it is now.")
        raise ValidationError(message % {"measure": each.proposal.measure})


def _values(said: Said) -> dict[str, Any]:
    return {"state": said.state, "evidence": said.evidence, "link": said.link, "files": list(said.files)}
