from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('casebook', '0002_facets'),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='case',
            name='casebook_ca_deleted_152a37_idx',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='casebook_ca_sector_e6dce7_idx',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='casebook_ca_level_0b532d_idx',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='casebook_ca_kind_3bb298_idx',
        ),
        migrations.RemoveIndex(
            model_name='case',
            name='case_facets',
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['deleted_at', 'number', 'slug', 'kind', 'tlp', 'sector', 'level', 'digest'], name='case_list'),
        ),
    ]
