"""Which sites the items cite that a cluster keeps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef

from watch.domain import Citation, WebUrl
from watch.store import models
from watch.store.clusters import primary_key
from watch.text.urls import host

__all__ = ["kept"]


def kept(cluster: str, since: datetime) -> Iterator[Citation]:
    """Yield what the cluster's sources have cited since an instant, in items with a served tag.

    A source cites the site of an item's page, and the sites to which the item's words link
    where the words are its own.
    """
    key = primary_key(cluster)
    served = models.Settled.objects.filter(item=OuterRef("item"), cluster=key, is_served=True)
    rows = models.Sighting.objects.filter(
        Exists(served), source__holdings__cluster=key, item__published_at__gte=since
    ).values_list(
        "source", "item__source", "item__key", "item__title", "item__published_at", "item__url",
        "item__cites",
    )  # fmt: skip
    for source, speaker, item, title, at, url, cites in rows.iterator():
        page = host(WebUrl(url))
        if page:
            yield Citation(page, source, item, title, at, is_page=True)
        if source == speaker:
            for cited in cites.split():
                yield Citation(cited, source, item, title, at)
