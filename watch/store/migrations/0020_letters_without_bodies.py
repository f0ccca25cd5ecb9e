from django.db import migrations, models


class Migration(migrations.Migration):
    """Apart from 0019: PostgreSQL alters no table in the transaction that filled another."""

    dependencies = [("store", "0019_bodies")]

    operations = [
        # With a default, so that the way back finds something to put into the rows.
        migrations.AlterField("letter", "html", models.TextField(default="")),
        migrations.AlterField("letter", "text", models.TextField(default="")),
        migrations.RemoveField("letter", "html"),
        migrations.RemoveField("letter", "text"),
    ]
