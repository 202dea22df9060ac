from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0003_case_list'),
        ('replay', '0002_ranking'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='outcome',
            name='replay_outc_organis_81d343_idx',
        ),
        migrations.AddIndex(
            model_name='outcome',
            index=models.Index(fields=['organisation', 'organisation_digest', 'word', 'case_digest'], name='outcome_counts'),
        ),
    ]
