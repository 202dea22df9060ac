"""The document has been taken apart."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("register", "0003_take_apart")]
    operations = [migrations.RemoveField(model_name="organisation", name="document")]
