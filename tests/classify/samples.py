"""A small invented perimeter and items for the tests of the classifiers."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256

from watch.domain import NO_URL, Axis, Item, Perimeter, Topic

MONDAY = datetime(2026, 9, 7, 8, tzinfo=UTC)

LIGHTING = Topic(
    Axis.MARKET,
    "eclairage",
    {"fr": "Éclairage", "en": "Lighting"},
    terms={"fr": ("éclairage public", "luminaire"), "en": ("street lighting", "luminaire")},
    weak={"fr": ("lampe", "éclairage"), "en": ("lamp",)},
    exclude={"fr": ("éclairage juridique",), "en": ("shed light on",)},
)
SPACE = Topic(
    Axis.MARKET,
    "spatial",
    {"fr": "Spatial", "en": "Space"},
    terms={"fr": ("spatial", "satellite"), "en": ("satellite", "star tracker")},
    weak={"fr": ("orbite",), "en": ("orbit",)},
    exclude={"fr": ("chaîne par satellite",)},
)
LED = Topic(
    Axis.TECHNOLOGY,
    "led",
    {"fr": "LED", "en": "LEDs"},
    terms={"fr": ("LED", "diode électroluminescente"), "en": ("LED", "light-emitting diode")},
    weak={"fr": ("diode",), "en": ("diode",)},
    case_sensitive=("LED",),
)
LIDAR = Topic(
    Axis.TECHNOLOGY,
    "lidar",
    {"fr": "Lidar", "en": "Lidar"},
    terms={
        "fr": ("lidar", "nuage de points", "capteur d'image", "micro-miroir", "ADAS"),
        "en": ("lidar", "point cloud", "time-of-flight", "LiDAR SLAM"),
    },
)
PERIMETER = Perimeter(
    "lumiere",
    "1",
    {"fr": "Lumière", "en": "Light"},
    {},
    ("fr", "en"),
    (LIGHTING, SPACE, LED, LIDAR),
    out_of_scope={"fr": ("jeux vidéo",), "en": ("video games",)},
)


def news(text: str = "", title: str = "", language: str = "fr", key: str = "0" * 32) -> Item:
    """Return an invented item that says `title` and `text`."""
    return Item(key, NO_URL, title, text, language, MONDAY, MONDAY, 1, "La Lettre inventée")


def key_of(name: object) -> str:
    """Return the key of an invented item: 32 hexadecimal digits, as true ones are."""
    return sha256(f"{name}".encode()).hexdigest()[:32]
