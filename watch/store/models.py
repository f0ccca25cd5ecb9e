"""The tables, in the order of the way: who watches, what is visited, what came, who is told.

Rows mirror the values of `watch.domain`; the query modules beside this file turn one into
the other.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from watch.store.models_of_acts import Act as Act
from watch.store.models_of_letters import Body as Body
from watch.store.models_of_letters import Bulletin as Bulletin
from watch.store.models_of_letters import Invitation as Invitation
from watch.store.models_of_letters import Letter as Letter
from watch.store.models_of_letters import Request as Request
from watch.store.models_of_letters import Told as Told
from watch.store.models_of_letters import Turn as Turn
from watch.store.models_of_letters import Vote as Vote
from watch.store.models_of_visits import HouseRules as HouseRules
from watch.store.models_of_visits import PageAttempt as PageAttempt
from watch.store.models_of_visits import Trouble as Trouble
from watch.store.models_of_visits import VisitRecord as VisitRecord

# -- who watches ---------------------------------------------------------------------------


class Cluster(models.Model):
    """One network of firms."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, default="fr")
    timezone = models.CharField(max_length=60, default="Europe/Paris")
    sender_name = models.CharField(max_length=200, blank=True)
    sender_address = models.CharField(max_length=254, blank=True)
    postal_address = models.CharField(max_length=300, blank=True)
    base_url = models.CharField(max_length=300, default="http://127.0.0.1:8000")
    accent = models.CharField(max_length=7, default="#0b5c7a")
    precision = models.FloatField(default=0.85)
    asks_first = models.BooleanField(default=False)
    confirms_proposed = models.BooleanField(default=True)


class PerimeterVersion(models.Model):
    """One version of a cluster's cahier des charges, as the officer wrote it."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="perimeters")
    number = models.PositiveIntegerField()
    version = models.CharField(max_length=40)
    text = models.TextField()
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "number"], name="one_number_per_version"),
        ]


class Membership(models.Model):
    """What one person may do in one cluster."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10)
    college = models.CharField(max_length=10, default="staff")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "cluster"], name="one_role_per_cluster"),
        ]


# -- what is visited -----------------------------------------------------------------------


class Source(models.Model):
    """An address that is visited, once for all clusters that hold it, and its next appointment."""

    url = models.CharField(max_length=2000, unique=True)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=20, default="feed")
    language = models.CharField(max_length=2, blank=True)
    every = models.DurationField()
    group = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    options = models.JSONField(default=dict)
    licence = models.CharField(max_length=100, blank=True)
    excerpt_length = models.PositiveIntegerField(default=160)
    full_text = models.BooleanField(default=False)
    is_reserved = models.BooleanField(default=False)
    due_at = models.DateTimeField(db_index=True)
    visited_at = models.DateTimeField(null=True)
    good_at = models.DateTimeField(null=True)
    etag = models.CharField(max_length=1000, blank=True)
    last_modified = models.CharField(max_length=200, blank=True)
    body_hash = models.BinaryField(default=b"")
    seen = models.BinaryField(default=b"")
    mark = models.TextField(blank=True)
    asked_every = models.DurationField(null=True)
    hub = models.CharField(max_length=2000, blank=True)
    past = models.BinaryField(default=b"")
    learnt = models.BinaryField(default=b"")
    window = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    moved_to = models.CharField(max_length=2000, blank=True)


class Holding(models.Model):
    """A cluster's perimeter holds a source: only so may the cluster see what it published."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="holdings")
    source = models.ForeignKey(Source, models.CASCADE, related_name="holdings")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "source"], name="one_holding"),
        ]


# -- what came of it -----------------------------------------------------------------------


class Item(models.Model):
    """One publication. It belongs to no cluster; `Sighting` says which sources showed it."""

    key = models.CharField(max_length=32, unique=True)
    url = models.CharField(max_length=2000, blank=True)
    title = models.CharField(max_length=1000)
    text = models.TextField(blank=True)
    language = models.CharField(max_length=2, blank=True)
    published_at = models.DateTimeField(db_index=True)
    first_seen_at = models.DateTimeField()
    source = models.ForeignKey(Source, models.PROTECT, related_name="+")
    outlet = models.CharField(max_length=300, blank=True)
    kind = models.CharField(max_length=20, default="news")
    author = models.CharField(max_length=300, blank=True)
    record = models.JSONField(default=dict)
    deadline_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=32)
    print = models.BinaryField(default=b"")
    marks = models.BinaryField(default=b"")
    story = models.CharField(max_length=32, db_index=True)
    story_why = models.CharField(max_length=100, blank=True)
    strand = models.CharField(max_length=32, blank=True, default="", db_default="")
    owes = models.PositiveSmallIntegerField(default=0)
    cites = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            # Next to nothing owes anything: finding what does is a look at an empty index.
            models.Index(fields=["id"], name="items_owing", condition=Q(owes__gt=0)),
        ]


class Sighting(models.Model):
    """A source showed an item."""

    # No index of their own: the two below begin with them, and each costs a write per sighting.
    item = models.ForeignKey(Item, models.CASCADE, related_name="sightings", db_index=False)
    source = models.ForeignKey(Source, models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["item", "source"], name="one_sighting")]
        indexes = [models.Index(fields=["source", "seen_at"], name="sightings_of_source")]


class Vector(models.Model):
    """Where an item lies in a model's space of meanings."""

    item = models.OneToOneField(Item, models.CASCADE, primary_key=True, related_name="+")
    model = models.CharField(max_length=60)
    numbers = models.BinaryField()


class Revision(models.Model):
    """What an item said before it was edited."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="revisions")
    title = models.CharField(max_length=1000)
    text = models.TextField(blank=True)
    digest = models.CharField(max_length=32)
    replaced_at = models.DateTimeField()


# -- what it is about ----------------------------------------------------------------------


class Reading(models.Model):
    """This item was read by this classifier under this version of this cluster's perimeter."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="readings")
    by = models.CharField(max_length=40)
    perimeter = models.PositiveIntegerField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "item", "by"], name="one_reading"),
        ]


class Tag(models.Model):
    """One opinion; opinions are added, never altered."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="tags")
    axis = models.CharField(max_length=10)
    topic = models.CharField(max_length=60)
    score = models.FloatField()
    by = models.CharField(max_length=40)
    why = models.JSONField(default=list)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "item", "axis", "topic", "by", "said_at"], name="one_opinion"
            ),
        ]


class Settled(models.Model):
    """What the opinions on an item come to; made anew with every reading and review."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="settled")
    axis = models.CharField(max_length=10)
    topic = models.CharField(max_length=60)
    published_at = models.DateTimeField()
    score = models.FloatField()
    by = models.CharField(max_length=40)
    why = models.JSONField(default=list)
    said_at = models.DateTimeField(null=True)
    is_served = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "item", "axis", "topic"], name="one_settlement"
            ),
        ]
        indexes = [
            # The page "market X, newest first" is one walk along this index.
            models.Index(
                fields=["cluster", "axis", "topic", "-published_at", "-item"],
                name="served_newest_first",
                condition=Q(is_served=True),
            ),
        ]


class Review(models.Model):
    """What a person said."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="+")
    item = models.ForeignKey(Item, models.CASCADE, related_name="reviews")
    axis = models.CharField(max_length=10)
    topic = models.CharField(max_length=60)
    verdict = models.CharField(max_length=10)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    college = models.CharField(max_length=10)
    said_at = models.DateTimeField()
    instead = models.CharField(max_length=60, blank=True)
    remark = models.CharField(max_length=500, blank=True)
    set_aside_at = models.DateTimeField(null=True)


class Learner(models.Model):
    """What a cluster's reviews have taught at one moment; the numbers lie in a file."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    perimeter = models.PositiveIntegerField()
    made_at = models.DateTimeField()
    model = models.CharField(max_length=60)
    lessons = models.CharField(max_length=64)
    reviewed = models.PositiveIntegerField()
    figures = models.JSONField(default=list)
    is_serving = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "number"], name="one_number_per_learner"),
            models.UniqueConstraint(
                fields=["cluster"], name="one_learner_serves", condition=Q(is_serving=True)
            ),
        ]


# -- who is told ---------------------------------------------------------------------------


class Subscriber(models.Model):
    """An SME's reader."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="subscribers")
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True)
    firm = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2)
    interests = models.JSONField(default=list)
    quota = models.PositiveSmallIntegerField(default=6)
    about = models.TextField(blank=True)
    profile = models.JSONField(default=dict)
    rhythm = models.CharField(max_length=12, default="weekly")
    weekday = models.PositiveSmallIntegerField(null=True)
    hour = models.PositiveSmallIntegerField(null=True)
    alerts = models.JSONField(default=list)
    basis_ground = models.CharField(max_length=30, blank=True)
    basis_origin = models.CharField(max_length=200, blank=True)
    basis_since = models.DateField(null=True)
    is_active = models.BooleanField(default=True)
    paused_until = models.DateField(null=True)
    chose_at = models.DateTimeField(null=True)
    heard_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "email"], name="one_address_per_cluster"),
        ]


class Suppression(models.Model):
    """An address that is never written to again, as a hash; stronger than any import."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="+")
    address_hash = models.CharField(max_length=64)
    reason = models.CharField(max_length=20)
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "address_hash"], name="one_suppression"),
        ]


class Opposition(models.Model):
    """An author whose name is not to be kept, as a hash."""

    name_hash = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()


class ZoomEdition(models.Model):
    """A published report and its pages by language."""

    cluster = models.ForeignKey(Cluster, models.CASCADE, related_name="zooms")
    market = models.CharField(max_length=60)
    first_on = models.DateField()
    last_on = models.DateField()
    edition = models.PositiveIntegerField()
    perimeter = models.PositiveIntegerField()
    approver = models.CharField(max_length=200)
    level = models.CharField(max_length=12)
    made_at = models.DateTimeField()
    pages = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["cluster", "market", "first_on", "last_on"], name="one_zoom_per_period"
            ),
        ]


# -- the clock -----------------------------------------------------------------------------


class Slot(models.Model):
    """One round of one cluster on one local date: claimed with a lease, done once."""

    cluster = models.CharField(max_length=60)
    round = models.CharField(max_length=20)
    on = models.CharField(max_length=20)
    holder = models.CharField(max_length=120)
    lease_until = models.DateTimeField()
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["cluster", "round", "on"], name="one_slot"),
        ]
