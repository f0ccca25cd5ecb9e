"""The tables of visiting: how visits ended, what sites ask of us, what is the matter."""

from __future__ import annotations

from django.db import models


class VisitRecord(models.Model):
    """How one visit ended; `sources.prune` says how long it stays."""

    source = models.ForeignKey("store.Source", models.CASCADE, related_name="history")
    visited_at = models.DateTimeField()
    outcome = models.CharField(max_length=10)
    reason = models.CharField(max_length=30, blank=True)
    detail = models.CharField(max_length=300, blank=True)
    status = models.PositiveIntegerField(default=0)
    entry_count = models.PositiveIntegerField(default=0)
    new_count = models.PositiveIntegerField(default=0)
    skipped_count = models.PositiveIntegerField(default=0)
    size = models.PositiveIntegerField(default=0)
    seconds = models.FloatField(default=0.0)

    class Meta:
        indexes = [models.Index(fields=["source", "-visited_at"], name="visits_of_source")]


class HouseRules(models.Model):
    """What a site asks of robots, as it was read on a trip to `host`."""

    host = models.CharField(max_length=300)
    origin = models.CharField(max_length=300)
    robots = models.TextField(blank=True)
    reservations = models.JSONField(default=list)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["host", "origin"], name="one_memory_of_rules"),
        ]


class Trouble(models.Model):
    """Something about a source that officers are told once, and whose end they are told once."""

    source = models.ForeignKey("store.Source", models.CASCADE, related_name="troubles")
    what = models.CharField(max_length=10)
    reason = models.CharField(max_length=2000, blank=True)
    began_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    better_at = models.DateTimeField(null=True)
    relapses = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)


class PageAttempt(models.Model):
    """The page of an item was fetched, or could not be."""

    item = models.OneToOneField("store.Item", models.CASCADE, related_name="page")
    tries = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=30, blank=True)
    is_final = models.BooleanField(default=False)
    tried_at = models.DateTimeField()
    next_at = models.DateTimeField()
