from django.db import migrations, models


def _unasked(apps, schema_editor):
    """Whoever has deadlines alone had said nothing: no alert was ever sent, and none goes unasked."""
    subscribers = apps.get_model("store", "Subscriber").objects
    subscribers.filter(alerts=["deadline"]).update(alerts=[])


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0015_invitations'),
    ]

    operations = [
        migrations.AddField('letter', 'is_alert', models.BooleanField(default=False)),
        migrations.RunPython(_unasked, migrations.RunPython.noop, elidable=True),
    ]
