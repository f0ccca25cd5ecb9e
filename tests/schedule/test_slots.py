"""Slots: each once, whatever the hours do and however many schedulers there are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from watch.domain import Cluster, Report
from watch.schedule import Plan, Slot, due, holder, is_gone, tick

PARIS = Cluster("optique", "Optique")
PLAN = Plan(tell_weekday=6, tell_hour=2)
ROOT = Path(__file__).resolve().parent.parent.parent


def tells(moments: list[datetime]) -> list[str]:
    return [s.on for now in moments for s in due(now, [PARIS], PLAN) if s.round == "tell"]


def every_half_hour(start: datetime, count: int) -> list[datetime]:
    return [start + timedelta(minutes=30 * n) for n in range(count)]


def test_an_hour_that_does_not_exist_is_done_once_that_day() -> None:
    # 29 March 2026: 02:00 to 03:00 do not exist in Paris.
    moments = every_half_hour(datetime(2026, 3, 28, 23, tzinfo=UTC), 6)
    assert set(tells(moments)) == {"2026-03-29"}


def test_an_hour_that_comes_twice_is_one_slot() -> None:
    # 25 October 2026: 02:00 to 03:00 come twice in Paris.
    moments = every_half_hour(datetime(2026, 10, 24, 23, tzinfo=UTC), 8)
    assert set(tells(moments)) == {"2026-10-25"}


def test_before_its_hour_nothing_is_told() -> None:
    assert tells([datetime(2026, 11, 21, 12, tzinfo=UTC)]) == []


def test_a_letter_day_missed_for_days_is_put_to_the_officer() -> None:
    plan = Plan(tell_weekday=0, tell_hour=10)
    slots = due(datetime(2026, 11, 18, 9, tzinfo=UTC), [PARIS], plan)
    assert Slot("optique", "tell", "2026-11-16", is_late=True) in slots


def test_a_collection_missed_for_days_is_one_slot() -> None:
    slots = due(datetime(2026, 11, 18, 9, tzinfo=UTC), [PARIS], PLAN)
    assert [s.round for s in slots].count("collect") == 1


def test_this_process_is_not_gone_and_an_ended_one_is() -> None:
    assert not is_gone(holder())
    ended = subprocess.run(
        [sys.executable, "-c", "from watch.schedule import holder; print(holder())"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert is_gone(ended.stdout.strip())
    assert not is_gone("another-machine:1:1")


@pytest.mark.django_db
def test_a_round_that_fails_leaves_its_slot_to_the_next_tick() -> None:
    now = datetime(2026, 11, 18, 9, tzinfo=UTC)
    calls: Counter[str] = Counter()

    def fails_once(_slug: str) -> Report:
        calls["collect"] += 1
        if calls["collect"] == 1:
            raise RuntimeError("the first time")
        return Report("collect")

    chores = {"collect": fails_once, "read": lambda _slug: Report("read")}
    tick(now, [], PLAN, chores, holder())
    tick(now, [], PLAN, chores, holder())
    tick(now, [], PLAN, chores, holder())

    assert calls["collect"] == 2


@pytest.mark.django_db
def test_a_fault_of_one_slot_is_no_reason_to_skip_the_others() -> None:
    calls: list[str] = []

    def fails(_slug: str) -> Report:
        raise RuntimeError("always")

    def reads(slug: str) -> Report:
        calls.append(slug)
        return Report("read")

    now = datetime(2026, 11, 18, 9, tzinfo=UTC)
    tick(now, [PARIS], PLAN, {"collect": fails, "read": reads}, holder())

    assert calls == ["optique"]


SCHEDULER = """
import sys, time
from datetime import UTC, datetime, timedelta
import django; django.setup()
from watch.domain import Cluster, Report
from watch.schedule import Plan, due, holder, tick
from watch.store import models
log = sys.argv[1]
def chore(name):
    def do(slug):
        with open(log, "a") as file:
            file.write(f"{name} {slug}\\n")
        time.sleep(0.002)
        return Report(name)
    return do
start = datetime(2026, 11, 16, 6, tzinfo=UTC)
clusters = [Cluster("a", "A"), Cluster("b", "B")]
chores = {name: chore(name) for name in ("collect", "read", "learn", "tell")}
plan = Plan(tell_weekday=1)
def is_done(slot):
    place = {"cluster": slot.cluster, "round": slot.round, "on": slot.on}
    return models.Slot.objects.filter(**place, done_at__isnull=False).exists()
for hour in range(48):
    now = start + timedelta(hours=hour)
    # Hours pass in milliseconds here: whoever is ahead waits for the other to end the hour.
    while not all(is_done(slot) for slot in due(now, clusters, plan)):
        tick(now, clusters, plan, chores, holder())
"""


def test_two_schedulers_do_each_slot_once(tmp_path: Path) -> None:
    env = {
        **os.environ,
        "ZOOM_MARCHE_HOME": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "watch.settings",
    }
    env.pop("ZOOM_MARCHE_DATABASE", None)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "-v0", "--skip-checks"],
        env=env,
        check=True,
        cwd=ROOT,
    )
    log = tmp_path / "log"
    schedulers = [
        subprocess.Popen([sys.executable, "-c", SCHEDULER, str(log)], env=env, cwd=ROOT)
        for _ in range(2)
    ]
    assert [one.wait() for one in schedulers] == [0, 0]

    done = Counter(log.read_text().split("\n")[:-1])
    once = {"tell a": 1, "tell b": 1}
    days = {"learn a": 3, "learn b": 3}
    assert done == {"collect ": 48, "read a": 48, "read b": 48, **days, **once}
