"""The store as a Django app."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Tables of the watch, under the label `store`."""

    name = "watch.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
