from typing import Any

from django.db import migrations, models


def make_anew(apps: Any, schema_editor: Any) -> None:
    """What was kept does not say how many assets are lost. Outcomes follow from case and register: they are made again."""
    apps.get_model("replay", "Outcome").objects.all().delete()


class Migration(migrations.Migration):

    dependencies = [
        ("replay", "0004_notes_and_snapshots"),
    ]

    operations = [
        migrations.RunPython(make_anew, migrations.RunPython.noop),
        migrations.AddField(
            model_name="outcome",
            name="lost",
            field=models.PositiveBigIntegerField(default=0),
        ),
    ]
