"""Authors who oppose that their name is kept (GDPR, article 21): as hashes, in all clusters.

Publications belong to no cluster, so neither do these.
"""

from __future__ import annotations

from datetime import datetime

from watch.store import models
from watch.store.transaction import writing
from watch.text.authors import name_print, signed

__all__ = ["every", "oppose", "take_back"]


def every() -> frozenset[str]:
    """Return the prints of all names that are not to be kept, as `text.authors` makes them."""
    return frozenset(models.Opposition.objects.values_list("name_hash", flat=True))


def oppose(name: str, now: datetime) -> int:
    """Keep this author's name no more; return of how many publications it was removed."""
    mark = name_print(name)
    with writing():
        models.Opposition.objects.get_or_create(name_hash=mark, defaults={"since": now})
        named = models.Item.objects.exclude(author="")
        count = 0
        for author in list(named.values_list("author", flat=True).distinct()):
            kept = signed(author, frozenset({mark}))
            if kept != author:
                count += named.filter(author=author).update(author=kept)
    return count


def take_back(name: str) -> bool:
    """Keep this author's name again from the next publication on; return whether he opposed."""
    with writing():
        gone, _ = models.Opposition.objects.filter(name_hash=name_print(name)).delete()
    return bool(gone)
