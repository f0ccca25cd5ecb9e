"""The tables of the outbox, and of what readers answer to their letters."""

from __future__ import annotations

from django.db import models


class Letter(models.Model):
    """The outbox: one row per letter, from the moment it is written."""

    key = models.CharField(max_length=64, unique=True)
    cluster = models.ForeignKey("Cluster", models.CASCADE, related_name="letters")
    subscriber = models.ForeignKey("Subscriber", models.CASCADE, related_name="letters")
    first_on = models.DateField()
    last_on = models.DateField()
    is_alert = models.BooleanField(default=False)
    message_id = models.CharField(max_length=200)
    to = models.CharField(max_length=254)
    domain = models.CharField(max_length=254, blank=True)
    to_name = models.CharField(max_length=200, blank=True)
    sender = models.CharField(max_length=254)
    sender_name = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=300)
    language = models.CharField(max_length=2)
    headers = models.JSONField(default=list)
    items = models.JSONField(default=list)
    lines = models.JSONField(default=list)
    greeting = models.CharField(max_length=300, blank=True)
    before = models.JSONField(default=list)
    written_at = models.DateTimeField()
    meant_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=10, default="queued")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    holder = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    doubted_at = models.DateTimeField(null=True)
    doubts = models.PositiveSmallIntegerField(default=0)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "next_at"], name="letters_waiting")]


class Body(models.Model):
    """What a letter says: apart, for a database writes a row anew whenever its state changes.

    It goes when the letter is so old that its words are no longer kept.
    """

    letter = models.OneToOneField(Letter, models.CASCADE, primary_key=True, related_name="body")
    html = models.TextField()
    text = models.TextField()


class Turn(models.Model):
    """When the next letter may go to a domain; under "", when any letter may."""

    domain = models.CharField(max_length=254, unique=True)
    next_at = models.DateTimeField()


class Bulletin(models.Model):
    """What a cluster's channel is told: one row, from the moment it is written."""

    key = models.CharField(max_length=64, unique=True)
    cluster = models.ForeignKey("Cluster", models.CASCADE, related_name="bulletins")
    title = models.CharField(max_length=300)
    greeting = models.CharField(max_length=300, blank=True)
    lines = models.JSONField(default=list)
    language = models.CharField(max_length=2)
    written_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="queued")
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    holder = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    detail = models.CharField(max_length=300, blank=True)


class Told(models.Model):
    """A subscriber has had this story in a letter, told by this item."""

    subscriber = models.ForeignKey("Subscriber", models.CASCADE, related_name="told")
    story = models.CharField(max_length=32)
    item = models.CharField(max_length=32, blank=True)
    letter = models.ForeignKey(Letter, models.CASCADE, related_name="told")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "story"], name="told_once")]


class Invitation(models.Model):
    """A proposed reader: why he may be asked for his consent, and what he answered."""

    subscriber = models.OneToOneField("Subscriber", models.CASCADE, related_name="invitation")
    ground = models.CharField(max_length=30)
    origin = models.CharField(max_length=200)
    since = models.DateField()
    proposed_at = models.DateTimeField()
    letter = models.CharField(max_length=64, blank=True)
    answer = models.CharField(max_length=10, blank=True)
    answered_at = models.DateTimeField(null=True)
    wording = models.TextField(blank=True)


class Vote(models.Model):
    """What a subscriber said of an item in a letter; said again, it replaces what was said."""

    subscriber = models.ForeignKey("Subscriber", models.CASCADE, related_name="votes")
    item = models.CharField(max_length=32)
    verdict = models.CharField(max_length=12)
    reason = models.CharField(max_length=12, blank=True)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "item"], name="one_vote")]


class Request(models.Model):
    """What a reader asks the team about a line of his letter, and until when he has an answer."""

    subscriber = models.ForeignKey("Subscriber", models.CASCADE, related_name="requests")
    item = models.CharField(max_length=32)
    words = models.TextField(blank=True)
    asked_at = models.DateTimeField()
    promised_on = models.DateField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subscriber", "item"], name="one_request")]
