"""Which round runs when: a clock that ticks, and slots in the store that remember.

APScheduler says "tick" and holds no state. What is due follows from the time alone; whether it
was done stands in the store as a slot, named by the local date so that a change of the hours
neither doubles nor drops it. Two schedulers do no harm: a slot is claimed by one of them.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from watch.domain import Cluster, Report
from watch.rounds.calendar import today as day_of
from watch.rounds.calendar import week_of
from watch.routing.rhythm import instant

__all__ = ["Plan", "Slot", "due", "holder", "is_gone", "run", "tick"]

log = logging.getLogger(__name__)

# A dead holder of this machine is known to be gone at once; only one of another machine is
# waited for so long.
LEASE = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Plan:
    """When rounds run: minutes between collections, weekday (0 is Monday) and hour of letters."""

    collect_every: timedelta = timedelta(hours=1)
    tell_weekday: int = 3
    tell_hour: int = 10
    tell_at_latest: timedelta = timedelta(hours=24)
    """A letter day that was missed for longer is put to the officer, not sent by itself."""
    reads_bounces: bool = False
    """Whether there is a mailbox into which letters come back."""
    forgets: bool = False
    """Whether what is past its term ends, once a day."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One round that is due; `on` names it for good. `cluster` is "" for all together."""

    cluster: str
    round: str
    on: str
    is_late: bool = False


Wishes = Mapping[str, Collection[tuple[int | None, int | None]]]
"""By cluster, each weekday and hour at which a reader wishes his letter; None is the cluster's."""


NO_WISHES: Wishes = MappingProxyType({})


def due(
    now: datetime,
    clusters: Sequence[Cluster],
    plan: Plan,
    wishes: Wishes = NO_WISHES,
    alerting: Collection[str] = (),
) -> list[Slot]:
    """Return the slots whose time has come, in the order in which they should be done.

    Missed collections are one: only the latest slot is due. Reviews are learned from once a local
    day, before the first reading. A letter day, the cluster's or one that a reader wishes, is due
    from its hour to the end of the same local week; past `tell_at_latest` it is marked late. After
    each reading, and after the letters that are due, come the alerts of the clusters `alerting`.
    """
    minutes = int(plan.collect_every.total_seconds() // 60) or 1
    number = int(now.timestamp() // 60) // minutes
    slots = [Slot("", "collect", f"{number * minutes}")]
    if plan.reads_bounces:
        slots.append(Slot("", "bounces", f"{number * minutes}"))
    if plan.forgets:
        slots.append(Slot("", "retain", now.date().isoformat()))
    for cluster in clusters:
        today = day_of(now, cluster.timezone)
        slots.append(Slot(cluster.slug, "learn", today.isoformat()))
        slots.append(Slot(cluster.slug, "read", f"{number * minutes}"))
        slots += _letter_days(now, today, cluster, plan, wishes.get(cluster.slug, ()))
        if cluster.slug in alerting:
            slots.append(Slot(cluster.slug, "alert", f"{number * minutes}"))
    return slots


def _letter_days(
    now: datetime,
    today: date,
    cluster: Cluster,
    plan: Plan,
    wishes: Collection[tuple[int | None, int | None]],
) -> list[Slot]:
    """Return the letter days of a local week that have come.

    The cluster's own is named by its day, so that another hour does not make it another one.
    """
    usual = (plan.tell_weekday, plan.tell_hour)
    wished = {
        (usual[0] if day is None else day, usual[1] if hour is None else hour)
        for day, hour in wishes
    }
    slots = []
    for weekday, hour in (usual, *sorted(wished - {usual})):
        begins = instant(week_of(today), weekday, hour, cluster.timezone)
        if now >= begins:
            own = "" if (weekday, hour) == usual else f"T{hour:02}"
            is_late = now > begins + plan.tell_at_latest
            slots.append(Slot(cluster.slug, "tell", f"{begins:%Y-%m-%d}{own}", is_late))
    return slots


def tick(
    now: datetime,
    clusters: Sequence[Cluster],
    plan: Plan,
    chores: Mapping[str, Callable[[str], Report]],
    me: str,
) -> list[tuple[Slot, Report]]:
    """Do every slot that is due and that nobody has done or is doing.

    `chores` maps a round's name to the function that does it for a cluster. A round that
    fails leaves its slot undone for the next tick; the others go on.
    """
    from watch.store import alerts, slots, subscribers

    wishes = {
        one.slug: subscribers.wishes(one.slug, week_of(day_of(now, one.timezone)))
        for one in clusters
    }
    done = []
    for slot in due(now, clusters, plan, wishes, alerts.wished_in()):
        place = (slot.cluster, slot.round, slot.on)
        if not slots.claim(*place, me, now, LEASE, is_gone):
            continue
        try:
            report = _late(slot) if slot.is_late else chores[slot.round](slot.cluster)
        except Exception:
            # The edge of a round: its trace is logged, its slot is free again, others go on.
            log.exception("round failed, cluster=%s round=%s on=%s", *place)
            slots.release(*place, me)
            continue
        slots.finish(*place, me, now, report)
        done.append((slot, report))
    return done + _waiting(now, clusters, chores)


def _waiting(
    now: datetime, clusters: Sequence[Cluster], chores: Mapping[str, Callable[[str], Report]]
) -> list[tuple[Slot, Report]]:
    """Send what waits in the outbox and whose time has come: put off before, or released.

    So with what waits for a channel. Each is claimed for itself, so this needs no slot.
    """
    from watch.store import bulletins, letters

    done = []
    for slug in (cluster.slug for cluster in clusters):
        waiting = {"send": letters.waits, "channel": bulletins.waits}
        for name in [one for one in waiting if one in chores and waiting[one](slug, now)]:
            try:
                report = chores[name](slug)
            except Exception:
                log.exception("round failed, cluster=%s round=%s", slug, name)
                continue
            done.append((Slot(slug, name, ""), report))
    return done


def _late(slot: Slot) -> Report:
    sentence = f"the letters of {slot.on} were missed: look at them and run `tell`"
    return Report(slot.round, {"late": 1}, (sentence,))


def run(step: Callable[[], object], every: timedelta) -> None:
    """Call `step` now and then every so often, until the process is told to stop."""
    from apscheduler.schedulers.blocking import BlockingScheduler

    clock = BlockingScheduler(timezone="UTC")
    clock.add_job(
        step,
        "interval",
        seconds=every.total_seconds(),
        next_run_time=datetime.now(tz=ZoneInfo("UTC")),
        max_instances=1,
        coalesce=True,
        misfire_grace_time=None,
    )
    clock.start()


def holder() -> str:
    """Return the name of this very process: machine, number, and when it began."""
    return f"{socket.gethostname()}:{os.getpid()}:{_began(os.getpid())}"


def is_gone(name: str) -> bool:
    """Return whether a holder is known to have ended: a process of this machine that is no more."""
    host, _, rest = name.partition(":")
    number, _, began = rest.partition(":")
    if host != socket.gethostname() or not number.isdecimal():
        return False
    return _began(int(number)) != began


def _began(number: int) -> str:
    """Return when a process began, in ticks since the machine did; "" for none or unknown.

    Source: proc(5), field 22 of /proc/PID/stat. Elsewhere than on Linux only life is known.
    """
    try:
        with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as file:  # noqa: PTH123
            return file.read().rpartition(")")[2].split()[19]
    except FileNotFoundError:
        if os.path.isdir("/proc/self"):  # noqa: PTH112
            return ""
    try:
        os.kill(number, 0)
    except (ProcessLookupError, OverflowError):
        return ""
    except PermissionError:
        pass
    return "alive"
