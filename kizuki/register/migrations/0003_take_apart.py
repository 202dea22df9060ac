"""The document of each organisation becomes records, each with its first revision in the journal."""

from __future__ import annotations

from django.db import migrations
from django.utils import timezone

from kizuki.journal.actions import Revised, revisions_hash
from kizuki.journal.engine import chain
from kizuki.register.columns import columns
from kizuki.register.engine.kinds import KINDS, built, keyed, named, plain


def take_apart(apps, schema_editor):
    now = timezone.now()
    for organisation in apps.get_model("register", "Organisation").objects.all():
        document = organisation.document or {}
        organisation.about = document.get("organisation", {"name": organisation.name})
        organisation.complete = document.get("complete", [])
        organisation.save(update_fields=["about", "complete"])
        revised = []
        for kind in KINDS.values():
            structs = tuple(built(kind.name, record) for record in document.get(kind.part, []))
            records = list(keyed(kind.name, structs))
            store(apps, organisation, kind.name, records, now)
            revised += [Revised(kind.name, organisation.pk, key, 1, plain(record)) for key, record in records]
        if revised:
            journal(apps, organisation, revised, now)


def store(apps, organisation, kind, records, now):
    table, mention = apps.get_model("register", kind), apps.get_model("register", "Mention")
    known = {field.name for field in table._meta.concrete_fields}
    rows, mentions = [], []
    for key, record in records:
        kept = {name: value for name, value in columns(kind, key, record).items() if name in known}
        rows.append(table(organisation=organisation, key=key, document=plain(record), changed_at=now, **kept))
        for of, id in dict.fromkeys((of, id) for of, _, id in named(kind, record)):
            mentions.append(mention(organisation=organisation, kind=kind, key=key, of_kind=of, of_key=id))
    table.objects.bulk_create(rows, batch_size=200)
    mention.objects.bulk_create(mentions, batch_size=1000)


def journal(apps, organisation, revised, now):
    """One entry at the end of the chain, with the revisions that it proves."""
    entries = apps.get_model("journal", "Entry").objects
    last = entries.order_by("-seq").first()
    link = chain.Link(
        seq=last.seq + 1 if last else 1,
        at=now,
        actor_id="",
        actor_name="Kizuki",
        room="register",
        verb="stored",
        object_type="register.organisation",
        object_id=str(organisation.pk),
        object_label=organisation.name,
        data=chain.canonical({"revisions": len(revised), "revisions_hash": revisions_hash(revised)}),
        previous=last.hash if last else chain.START,
    )
    values = {name: getattr(link, name) for name in chain.Link.__slots__ if name != "hash"}
    entry = entries.create(**values, hash=chain.digest(link))
    revision = apps.get_model("journal", "Revision")
    rows = [
        revision(
            entry=entry,
            room="register",
            kind=r.kind,
            owner=r.owner,
            key=r.key,
            number=r.number,
            document=r.document,
            at=now,
        )
        for r in revised
    ]
    revision.objects.bulk_create(rows, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("register", "0002_records"), ("journal", "0003_revisions")]
    operations = [migrations.RunPython(take_apart, migrations.RunPython.noop)]
