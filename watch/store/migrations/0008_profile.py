from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('store', '0007_learners'),
    ]

    operations = [
        migrations.AddField(
            model_name='subscriber',
            name='about',
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='has_alerts',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='profile',
            field=models.JSONField(default=dict),
        ),
        migrations.AddField(
            model_name='subscriber',
            name='rhythm',
            field=models.CharField(default='weekly', max_length=12),
        ),
    ]
