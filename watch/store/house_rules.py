"""What sites ask of robots, remembered from one round to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from watch.domain import Harvest, HouseRules
from watch.store import models
from watch.store.among import among
from watch.text.urls import host

__all__ = ["keep", "known"]

# After so long even a site that is out of reach has its rules forgotten (RFC 9309, 2.3.1.4).
_KEPT = timedelta(days=30)
_MOST_ADDRESS = 300
_COLUMNS = ("host", "origin", "robots", "reservations", "read_at")


def known(hosts: Collection[str], now: datetime) -> dict[str, tuple[HouseRules, ...]]:
    """Return what is remembered of some hosts to which a trip led."""
    rows = models.HouseRules.objects.filter(
        host__in=among(hosts), read_at__gt=now - _KEPT, read_at__lte=now
    )
    found: dict[str, tuple[HouseRules, ...]] = {}
    for host_, origin, robots, reservations, read_at in rows.values_list(*_COLUMNS):
        paths = tuple((bool(is_reserved), str(path)) for is_reserved, path in reservations)
        rules = HouseRules(origin, robots, paths, read_at)
        found[host_] = (*found.get(host_, ()), rules)
    return found


def keep(harvests: Iterable[Harvest]) -> None:
    """Remember the house rules that visits brought. Call it inside `transaction.writing`."""
    rows = {
        (name, rules.origin): models.HouseRules(
            host=name,
            origin=rules.origin,
            robots=rules.robots,
            reservations=[list(pair) for pair in rules.reservations],
            read_at=rules.read_at,
        )
        for harvest in harvests
        for rules in harvest.rules
        for name in (host(harvest.source.url),)
        if len(name) <= _MOST_ADDRESS and len(rules.origin) <= _MOST_ADDRESS
    }
    models.HouseRules.objects.bulk_create(
        rows.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["host", "origin"],
        update_fields=["robots", "reservations", "read_at"],
    )
