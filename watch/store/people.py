"""People who sign in, and what each may do in which cluster."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.contrib.auth.models import User

from watch.domain import Cluster
from watch.store import models
from watch.store.clusters import get, primary_key
from watch.store.transaction import writing

__all__ = [
    "COLLEGES",
    "Member",
    "Role",
    "add",
    "forget",
    "member",
    "members",
    "memberships",
    "remove",
]

COLLEGES = ("industry", "academia", "staff")


class Role(StrEnum):
    """What a person may do: each includes what the ones after it may."""

    OFFICER = "officer"
    EXPERT = "expert"
    READER = "reader"

    def may(self, asked: Role) -> bool:
        """Return whether this role includes the one asked for."""
        order = list(Role)
        return order.index(self) <= order.index(asked)


@dataclass(frozen=True, slots=True)
class Member:
    """One person in one cluster."""

    user: int
    username: str
    name: str
    role: Role
    college: str
    cluster: Cluster


def add(cluster: str, username: str, name: str, role: Role, college: str, password: str) -> None:
    """Add a person to a cluster, or change role and college; no password leaves it as it was."""
    with writing():
        user, is_new = User.objects.get_or_create(username=username)
        user.first_name = name[:150]
        user.is_active = True
        if password:
            user.set_password(password)
        elif is_new:
            user.set_unusable_password()
        user.save()
        models.Membership.objects.update_or_create(
            user=user,
            cluster_id=primary_key(cluster),
            defaults={"role": role.value, "college": college},
        )


def remove(cluster: str, username: str) -> bool:
    """Let a person into the cluster no more; who is left without any cannot sign in at all."""
    with writing():
        rows = models.Membership.objects.filter(cluster__slug=cluster, user__username=username)
        gone, _ = rows.delete()
        if gone and not models.Membership.objects.filter(user__username=username).exists():
            User.objects.filter(username=username).update(is_active=False)
        return bool(gone)


def forget(username: str) -> None:
    """Erase an account that no cluster lets in; what the person said stays, without the name."""
    User.objects.filter(username=username, is_active=False, memberships=None).delete()


def member(user: int, cluster: str) -> Member | None:
    """Return what a person is in a cluster, or None for a stranger."""
    row = (
        models.Membership.objects.filter(user=user, cluster__slug=cluster, user__is_active=True)
        .select_related("user", "cluster")
        .first()
    )
    return _member(row) if row else None


def memberships(user: int) -> list[Member]:
    """Return a person's clusters, by name."""
    rows = models.Membership.objects.filter(user=user, user__is_active=True)
    return [
        _member(row) for row in rows.select_related("user", "cluster").order_by("cluster__name")
    ]


def members(cluster: str) -> list[Member]:
    """Return a cluster's people, by user name."""
    rows = models.Membership.objects.filter(cluster__slug=cluster)
    return [
        _member(row) for row in rows.select_related("user", "cluster").order_by("user__username")
    ]


def _member(row: models.Membership) -> Member:
    return Member(
        user=row.user.pk,
        username=row.user.username,
        name=row.user.first_name or row.user.username,
        role=Role(row.role),
        college=row.college,
        cluster=get(row.cluster.slug),
    )
