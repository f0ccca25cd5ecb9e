"""What follows from each answer of the post."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.deliver.letters import THURSDAY
from watch.deliver.outbox import MOST_STOPS, MOST_TRIES, NEVER, Next, after, stopped
from watch.domain import Fate, Receipt


def test_a_letter_that_was_accepted_is_done() -> None:
    assert after(Receipt(Fate.SENT), 3, THURSDAY) == Next("sent", NEVER)


def test_a_letter_that_was_refused_is_not_tried_again() -> None:
    assert after(Receipt(Fate.REFUSED), 0, THURSDAY) == Next("failed", NEVER)


@pytest.mark.parametrize(("tries", "minutes"), [(0, 5), (1, 10), (3, 40), (6, 320), (7, 360)])
def test_a_letter_waits_longer_and_longer(tries: int, minutes: int) -> None:
    expected = Next("queued", THURSDAY + timedelta(minutes=minutes))

    assert after(Receipt(Fate.LATER), tries, THURSDAY) == expected


def test_a_letter_is_given_up_after_three_days() -> None:
    at, tries = THURSDAY, 0
    while (step := after(Receipt(Fate.LATER), tries, at)).state == "queued":
        at, tries = step.at, tries + 1

    assert step == Next("failed", NEVER)
    assert tries + 1 == MOST_TRIES
    assert timedelta(days=2.75) < at - THURSDAY <= timedelta(days=3)


def test_a_letter_that_may_have_arrived_is_tried_once_more_and_then_left_to_a_person() -> None:
    assert after(Receipt(Fate.UNCERTAIN), 0, THURSDAY) == Next("uncertain", THURSDAY)
    assert after(Receipt(Fate.UNCERTAIN), 1, THURSDAY) == Next("uncertain", THURSDAY)
    assert after(Receipt(Fate.UNCERTAIN), 1, THURSDAY, 1) == Next("uncertain", NEVER)


def test_a_letter_whose_sender_was_stopped_waits_again_but_not_for_ever() -> None:
    assert stopped(0, THURSDAY) == stopped(MOST_STOPS - 1, THURSDAY) == Next("queued", THURSDAY)
    assert stopped(MOST_STOPS, THURSDAY) == Next("uncertain", NEVER)
