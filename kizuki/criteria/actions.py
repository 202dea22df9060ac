"""Every write of the criteria room. Each is one transaction with one entry in the journal."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kizuki.criteria import queries
from kizuki.criteria.choices import OPEN, State
from kizuki.criteria.engine.decide import BadFacts, Given
from kizuki.criteria.engine.decide import decide as decide_engine
from kizuki.criteria.engine.format import Criteria as Document
from kizuki.criteria.models import CriteriaSet, Decision, Version
from kizuki.criteria.words import explained
from kizuki.journal.actions import By, record

ROOM: Final = "criteria"
_canonical = msgspec.json.Encoder(order="deterministic")


class Stale(ValidationError):
    """Someone else changed the draft since it was shown; nothing was written. `version`: the row as it is now."""

    def __init__(self, version: Version) -> None:
        super().__init__(_("Someone changed this in the meantime. Here is how it is now; please decide again."))
        self.version = version


class NoCriteria(ValidationError):
    """Nothing is in effect for a purpose, so that nothing can be decided."""

    def __init__(self, purpose: str) -> None:
        super().__init__(_("No criteria are in effect for “%(purpose)s”.") % {"purpose": purpose})


def digest_of(document: Document) -> str:
    """SHA-256 of the document's canonical JSON."""
    return hashlib.sha256(_canonical.encode(document)).hexdigest()


@transaction.atomic
def load_library(*, documents: Iterable[Document], by: By) -> dict[str, int]:
    """Put the library's criteria into effect, approved by Kizuki; what an organisation has written itself is left alone.

    Gives how many were `added`, `changed`, `same`, and `kept` (an organisation's own).
    """
    counts = {"added": 0, "changed": 0, "same": 0, "kept": 0}
    touched: list[str] = []
    for document in documents:
        criteria, new = CriteriaSet.objects.get_or_create(slug=document.id)
        versions = list(criteria.versions.order_by("-number"))
        if any(not version.from_library for version in versions):
            counts["kept"] += 1
        elif versions and versions[0].digest == digest_of(document):
            counts["same"] += 1
        else:
            _add_from_library(criteria, document, versions)
            counts["added" if new else "changed"] += 1
            touched.append(document.id)
    if touched:
        record(by=by, room=ROOM, verb="loaded", data={"loaded": touched})
    return counts


def _add_from_library(criteria: CriteriaSet, document: Document, versions: list[Version]) -> None:
    Version.objects.create(
        **_content(document), criteria=criteria, number=versions[0].number + 1 if versions else 1, from_library=True,
        state=State.APPROVED, written_by="Kizuki", approved_at=timezone.now(), approved_name="Kizuki",
        effective_from=timezone.localdate(),
    )  # fmt: skip


@transaction.atomic
def begin_draft(*, document: Document, by: Any) -> Version:
    """Begin the next version of the criteria named in the document, or the first of new ones. ValidationError where a draft
    is open already."""
    criteria, _new = CriteriaSet.objects.get_or_create(slug=document.id)
    last = criteria.versions.order_by("-number").first()
    if criteria.versions.filter(state__in=OPEN).exists():
        raise ValidationError(_("There is already a draft of these criteria. Finish or withdraw it first."))
    try:
        with transaction.atomic():
            draft: Version = Version.objects.create(
                **_content(document), criteria=criteria, number=last.number + 1 if last else 1, written_by=str(by)
            )
    except IntegrityError:
        raise ValidationError(_("There is already a draft of these criteria. Finish or withdraw it first.")) from None
    draft.writers.add(by.pk)
    record(by=by, room=ROOM, verb="began", obj=draft, data={"digest": draft.digest})
    return draft


@transaction.atomic
def write_draft(*, draft: Version, document: Document, version: int, by: Any) -> Version:
    """Write another document into a draft. Holes and dead rules are allowed until it is proposed."""
    if document.id != draft.criteria.slug:
        message = _("The id of these criteria is “%(id)s”; it cannot be changed in a draft.")
        raise ValidationError(message % {"id": draft.criteria.slug})
    before = draft.digest
    _update(draft, version, State.DRAFT, **_content(document), written_at=timezone.now(), written_by=str(by))
    draft.writers.add(by.pk)
    record(by=by, room=ROOM, verb="wrote", obj=draft, data={"before": before, "after": draft.digest})
    return draft


@transaction.atomic
def propose(*, draft: Version, reason: str, version: int, by: Any) -> Version:
    """Ask for approval. ValidationError where the draft is not total, has dead rules, or is not monotone."""
    if draft.problems:
        raise ValidationError(_("The draft still has faults. They are listed below; put them right first."))
    values = {"proposed_at": timezone.now(), "proposed_by_id": by.pk, "reason": reason.strip()}
    _update(draft, version, State.DRAFT, state=State.PROPOSED, **values)
    record(by=by, room=ROOM, verb="proposed", obj=draft, data={"digest": draft.digest, "reason": draft.reason})
    return draft


@transaction.atomic
def approve(*, draft: Version, effective_from: dt.date, version: int, by: Any) -> Version:
    """Approve a proposed version; it takes effect on the day given. Nobody approves what they wrote or proposed."""
    if by.pk == draft.proposed_by_id or draft.writers.filter(pk=by.pk).exists():
        raise ValidationError(_("You wrote on this version. Somebody else has to approve it."))
    if effective_from < timezone.localdate():
        raise ValidationError(_("Criteria cannot take effect in the past. Choose today or a later day."))
    later = Version.objects.filter(criteria=draft.criteria_id, state=State.APPROVED, effective_from__gt=effective_from)
    if (other := later.order_by("-effective_from").first()) is not None:
        message = _("Version %(number)d takes effect on %(day)s. Choose that day or a later one.")
        raise ValidationError(message % {"number": other.number, "day": other.effective_from})
    values = {"approved_at": timezone.now(), "approved_by_id": by.pk, "approved_name": str(by)}
    _update(draft, version, State.PROPOSED, state=State.APPROVED, effective_from=effective_from, **values)
    data = {"digest": draft.digest, "effective_from": effective_from.isoformat()}
    record(by=by, room=ROOM, verb="approved", obj=draft, data=data)
    return draft


@transaction.atomic
def withdraw(*, draft: Version, version: int, by: By) -> Version:
    """Take back a proposal, which becomes a draft again; or give up a draft, or an approved version that has not begun."""
    before = draft.state
    if before == State.PROPOSED:
        _update(draft, version, State.PROPOSED, state=State.DRAFT, proposed_at=None, proposed_by_id=None)
    elif before == State.APPROVED and (draft.effective_from or dt.date.min) <= timezone.localdate():
        raise ValidationError(_("This version is in effect. Write a new version instead."))
    else:
        _update(draft, version, before, state=State.WITHDRAWN)
    record(by=by, room=ROOM, verb="withdrew", obj=draft, data={"before": before, "after": draft.state})
    return draft


@transaction.atomic
def decide(
    *, purpose: str, facts: Mapping[str, Given | str | None], by: By, about: models.Model | None = None
) -> Decision:
    """Decide by the criteria that are in effect for the purpose, and keep the decision for good.

    What is not in `facts` is unknown. ValidationError where no criteria are in effect or a fact is none of theirs.
    """
    version = queries.in_effect(purpose)
    if version is None:
        raise NoCriteria(purpose)
    try:
        made = decide_engine(version.compiled, facts)
    except BadFacts as error:
        raise ValidationError(explained(version.read, error.wrong)) from None
    person = None if by is None or isinstance(by, str) else by.pk
    row = Decision(
        version=version, cell=made.cell, outcome=made.outcome, rule=made.rule, facts=msgspec.to_builtins(made.facts),
        by_id=person, by_name="" if by is None else str(by)[:200], **_about(about),
    )  # fmt: skip
    row.save()
    data = {"outcome": made.outcome, "rule": made.rule, "about": f"{row.about_type} {row.about_id}".strip()}
    record(by=by, room=ROOM, verb="decided", obj=row, data=data)
    return row


def _about(about: models.Model | None) -> dict[str, str]:
    if about is None:
        return {}
    return {"about_type": about._meta.label_lower, "about_id": str(about.pk), "about_label": str(about)[:200]}


def _content(document: Document) -> dict[str, Any]:
    return {"document": msgspec.to_builtins(document), "digest": digest_of(document)}


def _update(draft: Version, version: int, was: str, **values: Any) -> None:
    """Write `values` only where the row still has this version and was in this state, else Stale."""
    rows = Version.objects.filter(pk=draft.pk, version=version, state=was)
    changed = rows.update(**values, version=version + 1)
    draft.refresh_from_db()
    if not changed:
        raise Stale(draft)
