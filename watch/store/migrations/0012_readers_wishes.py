from django.db import migrations, models


def _kinds(apps, schema_editor):
    """Whoever had asked for alerts gets all of them, whoever had said nothing those of deadlines."""
    subscribers = apps.get_model("store", "Subscriber").objects
    subscribers.filter(has_alerts=True).update(alerts=["deadline", "competitor"])
    subscribers.filter(has_alerts=False).update(alerts=["deadline"])


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0011_preview'),
    ]

    operations = [
        migrations.AddField('subscriber', 'weekday', models.PositiveSmallIntegerField(null=True)),
        migrations.AddField('subscriber', 'hour', models.PositiveSmallIntegerField(null=True)),
        migrations.AddField('subscriber', 'alerts', models.JSONField(default=list)),
        migrations.RunPython(_kinds, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField('subscriber', 'has_alerts'),
    ]
