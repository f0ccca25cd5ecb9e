"""The table of what people say of stories."""

from __future__ import annotations

from django.conf import settings
from django.db import models

__all__ = ["Act"]


class Act(models.Model):
    """Somebody joined two items' stories, or parted an item from its story."""

    cluster = models.ForeignKey("Cluster", models.CASCADE, related_name="+")
    kind = models.CharField(max_length=4)
    item = models.CharField(max_length=32)
    other = models.CharField(max_length=32)
    strand = models.CharField(max_length=32, blank=True)
    other_strand = models.CharField(max_length=32)
    remark = models.CharField(max_length=200, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    done_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
