"""Every write to the library of cases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import transaction
from django.utils import timezone

from kizuki.casebook import hooks, search
from kizuki.casebook.engine import times
from kizuki.casebook.engine.format import Case as Document
from kizuki.casebook.models import Case, CaseTag
from kizuki.journal.actions import By, record
from kizuki.kit.text import NOT_STATED

if TYPE_CHECKING:
    pass

_canonical = msgspec.json.Encoder(order="deterministic")
BATCH = 200


def digest_of(document: Document) -> str:
    """SHA-256 of the document's canonical JSON."""
    return hashlib.sha256(_canonical.encode(document)).hexdigest()


def tags_of(document: Document) -> set[tuple[str, str]]:
    """(facet, word) of everything the case is found by."""
    found = {("profile", word) for word in document.profile}
    found |= {("cause", NOT_STATED)} if document.causes == NOT_STATED else {("cause", word) for word in document.causes}
    found |= {("measure", measure) for item in document.items() for measure in item.measures}
    for step in document.attack:
        found |= {("technique", technique.id) for technique in step.techniques}
        for bears in (*step.prevent, *step.detect, *step.contain, *step.soften):
            found.add(("measure", bears.measure))
    return found


def _columns(document: Document) -> dict[str, Any]:
    lead = document.overview[0] if document.overview else None
    organisation = document.organisation
    return {
        "kind": document.kind,
        "tlp": document.tlp,
        "number": document.source.number,
        "label_ja": organisation.label.ja or "",
        "label_en": organisation.label.en or "",
        "title_ja": document.title.ja or "",
        "title_en": document.title.en or "",
        "lead_ja": (lead.ja if lead else "") or "",
        "lead_en": (lead.en if lead else "") or "",
        "sector": organisation.sector,
        "size": organisation.size,
        "level": document.level,
        "steps": len(document.attack),
        "spans": msgspec.to_builtins(times.spans(document)),
        "document": msgspec.to_builtins(document),
        "digest": digest_of(document),
        "deleted_at": None,
    }


def import_cases(*, documents: Sequence[Document], by: By) -> dict[str, int]:
    """Store cases, all or none when they are few, in batches of 200 when they are many so that nobody waits long.

    Gives how many were `added`, `changed` and `same`.
    """
    counts = {"added": 0, "changed": 0, "same": 0}
    for start in range(0, len(documents), BATCH):
        for word, number in _import_batch(documents[start : start + BATCH], by).items():
            counts[word] += number
    return counts


@transaction.atomic
def _import_batch(documents: Sequence[Document], by: By) -> dict[str, int]:
    known = {row.slug: row for row in Case.objects.filter(slug__in=[document.id for document in documents])}
    added: list[Case] = []
    changed: list[Case] = []
    columns = [(document, _columns(document)) for document in documents]
    for document, values in columns:
        row = known.get(document.id)
        if row is None:
            added.append(Case(slug=document.id, **values))
        elif row.digest != values["digest"] or row.deleted_at is not None:
            for field, value in values.items():
                setattr(row, field, value)
            row.version += 1
            row.changed_at = timezone.now()
            changed.append(row)
    Case.objects.bulk_create(added)
    if changed:
        Case.objects.bulk_update(changed, [*columns[0][1], "version", "changed_at"])
    touched = [*added, *changed]
    by_id = {document.id: document for document in documents}
    _retag(touched, by_id)
    search.index(touched, by_id)
    if touched:
        data = {"added": [case.slug for case in added], "changed": [case.slug for case in changed]}
        hooks.changed()
        record(by=by, room="casebook", verb="imported", data=data)
    return {"added": len(added), "changed": len(changed), "same": len(documents) - len(touched)}


def _retag(cases: Iterable[Case], documents: dict[str, Document]) -> None:
    cases = list(cases)
    CaseTag.objects.filter(case__in=cases).delete()
    CaseTag.objects.bulk_create(
        CaseTag(case=case, facet=facet, word=word)
        for case in cases
        for facet, word in sorted(tags_of(documents[case.slug]))
    )


@transaction.atomic
def remove_case(*, case: Case, by: By) -> Case:
    """Take a case out of the library; `restore_case` brings it back as it was."""
    if Case.objects.filter(pk=case.pk, deleted_at=None).update(deleted_at=timezone.now()):
        search.forget([case])
        hooks.changed()
        record(by=by, room="casebook", verb="removed", obj=case)
    case.refresh_from_db()
    return case


@transaction.atomic
def restore_case(*, case: Case, by: By) -> Case:
    if Case.objects.filter(pk=case.pk).exclude(deleted_at=None).update(deleted_at=None):
        case.refresh_from_db()
        search.index([case], {case.slug: case.read})
        hooks.changed()
        record(by=by, room="casebook", verb="restored", obj=case)
    case.refresh_from_db()
    return case
