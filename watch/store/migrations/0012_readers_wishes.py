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
        migrations.AddField('subscriber', 'proposal', models.JSONField(default=dict)),
        migrations.RunPython(_kinds, migrations.RunPython.noop, elidable=True),
        migrations.RemoveField('subscriber', 'has_alerts'),
        migrations.AddField('letter', 'is_alert', models.BooleanField(default=False)),
        migrations.AddField('told', 'is_reminder', models.BooleanField(default=False)),
        migrations.RemoveConstraint('told', 'told_once'),
        migrations.AddConstraint(
            'told',
            models.UniqueConstraint(
                fields=['subscriber', 'story', 'is_reminder'], name='told_once_and_recalled_once'
            ),
        ),
    ]
