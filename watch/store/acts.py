"""Acts on stories: what people joined or parted, kept, obeyed and taken back.

What the watch finds to tell one event is a *strand*. A story is one strand, unless acts tie
several together. A joining ties two strands; a parting cuts one item off into a strand of its
own, and undone it ties the two. New items join strands, so no reading can part what was joined or
join what was parted; and what joined a strand meanwhile goes where the strand goes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, Q

from watch.domain import Act, ActKind, Item
from watch.errors import ActRefused, Problem
from watch.store import models
from watch.store.clusters import primary_key
from watch.store.items import Owes, to_item, visible
from watch.store.transaction import writing
from watch.text.urls import canonical

__all__ = ["Hand", "find", "hold", "join", "of", "part", "parted", "stories", "undo"]

# Sorts after all keys of items: a story that has an item's name keeps it.
_CUT = "~{number}"


class Hand(NamedTuple):
    """Who acts, when and why; without a person it is the terminal's."""

    at: datetime
    person: int | None = None
    remark: str = ""


def find(cluster: str, named: str) -> Item:
    """Return the item that a key, its address or that of its page here names.

    Raises `ActRefused` where the cluster sees no such item.
    """
    last = named.rstrip("/").rpartition("/")[2]
    rows = visible(primary_key(cluster))
    is_named = Q(key=last if last.isalnum() else "")
    if address := canonical(named):
        is_named |= Q(url=address)
    if row := rows.filter(is_named).order_by("key").first():
        return to_item(row)
    raise _unknown(named)


def join(cluster: str, item: str, other: str, hand: Hand) -> Act:
    """Make the stories of two items one, from now on; raises `ActRefused`."""
    with writing():
        hold()
        names = stories()
        one, two = (_ready(cluster, key) for key in (item, other))
        if one.story == two.story:
            raise ActRefused(Problem(one.title, "is of that story already", ""))
        act = _kept(cluster, ActKind.JOIN, one, two.key, hand)
        act.strand, act.other_strand = _strand(one), _strand(two)
        act.save()
        _rename(names, act)
    return _act(act)


def part(cluster: str, item: str, hand: Hand) -> Act:
    """Take an item out of its story for good: it begins one of its own; raises `ActRefused`."""
    with writing():
        hold()
        row = _ready(cluster, item)
        rest = visible(primary_key(cluster)).filter(story=row.story).exclude(pk=row.pk)
        first = rest.order_by("published_at", "key").first()
        if first is None:
            raise ActRefused(Problem(row.title, "stands alone: nothing to part it from", ""))
        act = _kept(cluster, ActKind.PART, row, first.key, hand)
        act.strand, act.other_strand = _CUT.format(number=act.pk), _strand(row)
        act.save()
        row.strand = row.story = act.strand
        row.save(update_fields=["strand", "story"])
    return _act(act)


def undo(cluster: str, hand: Hand, id: int = 0) -> Act:
    """Take back an act of the cluster, by default its last; raises `ActRefused`.

    Stories are as if it had never been; what joined them since stays with what it is tied to.
    """
    with writing():
        hold()
        names = stories()
        rows = models.Act.objects.filter(cluster=primary_key(cluster), undone_at=None)
        act = (rows.filter(pk=id) if id else rows.order_by("-pk")).first()
        if act is None:
            raise ActRefused(Problem("", "there is nothing to take back", ""))
        act.undone_at, act.undone_by_id = hand.at, hand.person
        act.save()
        _rename(names, act)
    return _act(act)


def of(cluster: str, items: Collection[str]) -> list[Act]:
    """Return the acts in force on items, newest first, as far as the cluster sees both items.

    An act of another cluster comes without the name of who did it.
    """
    key = primary_key(cluster)
    keys = visible(key).values("key")
    rows = models.Act.objects.filter(undone_at=None, item__in=keys, other__in=keys)
    rows = rows.filter(Q(item__in=items) | Q(other__in=items)).select_related("person")
    return [_act(row, is_own=row.cluster_id == key) for row in rows.order_by("-pk")]


def stories() -> Mapping[str, str]:
    """Return the story of each strand that acts tie to others; any other strand is its own."""
    is_joined = Q(kind=ActKind.JOIN, undone_at=None)
    is_parted_no_more = Q(kind=ActKind.PART, undone_at__isnull=False)
    groups: dict[str, set[str]] = {}
    ties = models.Act.objects.filter(is_joined | is_parted_no_more)
    for one, other in ties.values_list("strand", "other_strand"):
        both = groups.get(one, {one}) | groups.get(other, {other})
        groups.update(dict.fromkeys(both, both))
    return {strand: min(group) for strand, group in groups.items()}


def hold() -> None:
    """Let nobody else act until the transaction ends; call it inside `transaction.writing`.

    Else an item could be put into a story that is joined to another at the same moment.
    """
    rows = models.Cluster.objects.select_for_update(no_key=True).order_by("pk")
    list(rows.values_list("pk"))


def parted() -> frozenset[str]:
    """Return the strands that partings in force have cut off."""
    rows = models.Act.objects.filter(kind=ActKind.PART, undone_at=None)
    return frozenset(rows.values_list("strand", flat=True))


def _ready(cluster: str, key: str) -> models.Item:
    """Return an item's row if the cluster sees it and it stands in a story."""
    row = visible(primary_key(cluster)).filter(key=key).first()
    if row is None:
        raise _unknown(key)
    if row.owes & Owes.STORY:
        raise ActRefused(
            Problem(
                row.title,
                "was collected just now and stands in no story yet",
                "wait until it is read",
            )
        )
    return row


def _unknown(named: str) -> ActRefused:
    instead = "give its address, or that of its page in the watch"
    return ActRefused(Problem(named, "there is no such item", instead))


def _strand(row: models.Item) -> str:
    return row.strand or row.story


def _kept(cluster: str, kind: ActKind, row: models.Item, other: str, hand: Hand) -> models.Act:
    return models.Act.objects.create(
        cluster_id=primary_key(cluster),
        kind=kind,
        item=row.key,
        other=other,
        remark=" ".join(hand.remark.split())[:200],
        person_id=hand.person,
        done_at=hand.at,
    )


def _rename(before: Mapping[str, str], act: models.Act) -> None:
    """Let the items of the stories that an act concerns bear the names that they have now."""
    concerned = {before.get(strand, strand) for strand in (act.strand, act.other_strand)}
    rows = models.Item.objects.filter(story__in=concerned)
    rows.filter(strand="").update(strand=F("story"))
    now = stories()
    for strand in list(rows.values_list("strand", flat=True).distinct()):
        rows.filter(strand=strand).update(story=now.get(strand, strand))


def _act(row: models.Act, *, is_own: bool = True) -> Act:
    person = row.person if is_own else None
    return Act(
        id=row.pk,
        kind=ActKind(row.kind),
        item=row.item,
        other=row.other,
        by=person.username if person else "",
        done_at=row.done_at,
        remark=row.remark if is_own else "",
        is_own=is_own,
    )
