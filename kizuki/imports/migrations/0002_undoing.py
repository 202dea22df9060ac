from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('imports', '0001_initial'),
        ('register', '0007_asset_names'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='import',
            name='import_state_known',
        ),
        migrations.AlterField(
            model_name='import',
            name='state',
            field=models.CharField(choices=[('given', 'to be described'), ('planning', 'being read'), ('planned', 'to be looked at'), ('applying', 'being entered'), ('stopped', 'stopped half-way'), ('done', 'entered'), ('undoing', 'being taken back'), ('undone', 'undone')], default='given', max_length=10, verbose_name='state'),
        ),
        migrations.AddConstraint(
            model_name='import',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['given', 'planning', 'planned', 'applying', 'stopped', 'done', 'undoing', 'undone'])), name='import_state_known'),
        ),
    ]
