"""The table of stems by which items are found; see `watch/store/search.py`."""

from django.db import migrations

from watch.store import search


def create(apps, schema_editor):
    for statement in search.CREATE[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    schema_editor.execute(search.DROP)


class Migration(migrations.Migration):
    dependencies = [("store", "0001_first")]
    operations = [migrations.RunPython(create, drop)]
