"""The database refuses to change or remove entries and decisions."""

from __future__ import annotations

from django.db import migrations

from kizuki.incidents import triggers


def install(apps, schema_editor):
    triggers.install(schema_editor.connection)


def remove(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial")]
    operations = [migrations.RunPython(install, remove)]
