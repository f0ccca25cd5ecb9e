import django.db.models.deletion
from django.db import migrations, models

COPY = """
INSERT INTO store_body (letter_id, html, text)
SELECT id, html, text FROM store_letter WHERE html <> '' OR text <> ''
"""
PUT_BACK = """
UPDATE store_letter SET
    html = (SELECT html FROM store_body WHERE letter_id = store_letter.id),
    text = (SELECT text FROM store_body WHERE letter_id = store_letter.id)
WHERE id IN (SELECT letter_id FROM store_body)
"""


class Migration(migrations.Migration):
    dependencies = [("store", "0018_opposition")]

    operations = [
        migrations.CreateModel(
            name="Body",
            fields=[
                (
                    "letter",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="body",
                        serialize=False,
                        to="store.letter",
                    ),
                ),
                ("html", models.TextField()),
                ("text", models.TextField()),
            ],
        ),
        migrations.RunSQL(COPY, PUT_BACK),
    ]
