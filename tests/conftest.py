"""What several rooms' tests stand on: one small cluster with its source, items, reader, people."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from watch.domain import (
    Axis,
    Basis,
    Cluster,
    Interest,
    Item,
    Source,
    Subscriber,
    Tag,
    WebUrl,
)

PASSWORD = "un-mot-de-passe-long"

PERIMETER = """\
# Invented for the tests.
schema: perimeter/1
id: essai
version: "1.0"
label: {fr: "Optique d'essai", en: "Test optics"}
purpose: {fr: "Suivre l'optique.", en: "Watch optics."}
languages: [fr, en]
markets:
  - id: sante
    label: {fr: "Santé", en: "Health"}
    terms: {fr: [hôpital, santé], en: [hospital, health]}
  - id: automobile
    label: {fr: "Automobile", en: "Automotive"}
    terms: {fr: [voiture, automobile], en: [car, automotive]}
technologies:
  - id: lidar
    label: {fr: "Lidar", en: "Lidar"}
    terms: {fr: [lidar], en: [lidar]}
  - id: laser
    label: {fr: "Laser", en: "Laser"}
    terms: {fr: [laser], en: [laser]}
"""


@dataclass(frozen=True)
class Town:
    """A seeded cluster: what a test needs to name of it."""

    cluster: Cluster
    source: Source
    reader: Subscriber
    items: tuple[Item, ...]

    @property
    def first(self) -> Item:
        """Return the newest item: on cars and lidars, served on both axes."""
        return self.items[0]


def _item(key: str, source: Source, title: str, text: str, at: datetime) -> Item:
    return Item(
        key=key * 32,
        url=WebUrl(f"https://journal.example/{key}"),
        title=title,
        text=text,
        language="fr",
        published_at=at,
        first_seen_at=at,
        source=source.id,
        outlet="Journal d'essai",
        digest=key * 32,
    )


def _written(source: Source, now: datetime) -> tuple[Item, ...]:
    texts = (
        ("a", "Un lidar voit loin en voiture", "Texte inventé. La voiture d'essai porte un lidar."),
        ("b", "Le laser entre à l'hôpital", "Texte inventé. Un laser opère à l'hôpital."),
        ("c", "Une automobile et son lidar", "Texte inventé sur une automobile à lidar."),
        ("d", "Un lidar pour chaque voiture", "Texte inventé : lidar et voiture encore."),
        ("f", "Phare et lidar de voiture", "Texte inventé : un lidar dans le phare d'une voiture."),
        ("e", "Recette du pain", "Texte inventé qui ne parle de rien."),
    )
    return tuple(
        _item(key, source, title, text, now - timedelta(minutes=5 * place))
        for place, (key, title, text) in enumerate(texts, start=1)
    )


def _tags(item: Item) -> list[Tag]:
    words = {
        ("market", "automobile"): ("voiture", "automobile"),
        ("market", "sante"): ("hôpital",),
        ("technology", "lidar"): ("lidar",),
        ("technology", "laser"): ("laser",),
    }
    said = f"{item.title} {item.text}"
    return [
        Tag(item.key, Axis(axis), topic, 0.5 if topic == "laser" else 0.9, "phrases/1", why)
        for (axis, topic), some in words.items()
        if (why := tuple(word for word in some if word in said))
    ]


@pytest.fixture
def town(db: None) -> Iterator[Town]:
    """Seed the cluster `essai`: a source, six items of today, one reader of cars and lidars.

    People: officer, expert and reader of `essai`; `stranger`, officer of the cluster `voisin`.
    """
    # The true hasher takes a third of a second a password, on purpose.
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield _seeded()


def _seeded() -> Town:
    from tests.stored import keep
    from watch.rounds.read import settle_again
    from watch.store import clusters, people, perimeters, sources, subscribers, tags
    from watch.store.people import Role
    from watch.store.transaction import writing

    now = timezone.now()
    cluster = Cluster(
        "essai",
        "Optique d'essai",
        sender_name="Équipe d'essai",
        sender_address="veille@essai.example",
        postal_address="1 rue inventée, 00000 Essai",
    )
    for one in (cluster, Cluster("voisin", "Voisin")):
        clusters.save(one)
        perimeters.load(one.slug, "1.0", PERIMETER, "essai", now)
    source, _ = sources.add(
        cluster.slug, Source(WebUrl("https://journal.example/feed"), "Journal d'essai"), now
    )
    written = _written(source, now)
    with writing():
        keep(written, now)
        for item in written:
            tags.keep_readings(cluster.slug, ["phrases/1"], 1, [item], _tags(item), now)
        settle_again(cluster.slug, [item.key for item in written])
    subscribers.save(
        cluster.slug,
        [
            Subscriber(
                id=0,
                cluster=cluster.slug,
                email="lectrice@pme.example",
                name="Lectrice",
                firm="PME d'essai",
                language="fr",
                interests=(
                    Interest(Axis.MARKET, "automobile"),
                    Interest(Axis.TECHNOLOGY, "lidar"),
                ),
                basis=Basis("member", "essai", date(2026, 1, 1)),
            )
        ],
    )
    for role in Role:
        people.add(cluster.slug, role.value, role.value.title(), role, "industry", PASSWORD)
    people.add("voisin", "stranger", "Stranger", Role.OFFICER, "staff", PASSWORD)
    return Town(cluster, source, subscribers.every(cluster.slug)[0], written)


@pytest.fixture
def sign_in(client: Client) -> Callable[[str], Client]:
    """Return a function that signs the test's client in as one of the town's people."""
    from django.contrib.auth.models import User

    def as_person(name: str) -> Client:
        client.force_login(User.objects.get(username=name))
        return client

    return as_person


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long: the other processes then have all the rest to share."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)
