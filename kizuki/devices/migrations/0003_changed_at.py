import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('devices', '0002_counts'),
        ('register', '0007_asset_names'),
    ]

    operations = [
        migrations.AddField(
            model_name='device',
            name='changed_at',
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddIndex(
            model_name='device',
            index=models.Index(fields=['organisation', 'changed_at'], name='device_changed'),
        ),
    ]
