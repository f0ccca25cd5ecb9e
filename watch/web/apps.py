"""The web faces as a Django app: templates and static files, no tables of their own."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages for officers, experts and readers."""

    name = "watch.web"
    label = "web"
