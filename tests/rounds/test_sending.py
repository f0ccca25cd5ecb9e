"""A letter goes out once, whatever the mail server does (rows E08 to E26 of the safety list)."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import Town
from tests.post_server import PostServer
from tests.rounds.outbox import CLUSTER, ME, NOW, WEEK, post, reader, states
from watch.deliver import Following, nothing
from watch.deliver.fence import Fenced
from watch.deliver.folder import Folder
from watch.deliver.smtp import MailServer, Smtp
from watch.domain import Fate, Letter, Receipt
from watch.errors import PostError
from watch.rounds.sample import sample_round
from watch.rounds.send import send_round
from watch.store import letters, models, subscribers, turns
from watch.store.turns import Pace

pytestmark = pytest.mark.django_db


class Fates:
    """A post that gives each letter the next of its answers, the last one for ever."""

    def __init__(self, *fates: Fate) -> None:
        self.tried: list[str] = []
        self._fates = list(fates)

    def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
        self.tried.append(letter.message_id)
        fate = self._fates.pop(0) if len(self._fates) > 1 else self._fates[0]
        return Receipt(fate, "as told")

    def proceed(self) -> None:
        """Nothing is begun ahead of its letter."""

    def close(self) -> None:
        """Nothing is open."""


def send(way: object, now: datetime = NOW, **changes: object) -> Counter[str]:
    report = send_round(way, CLUSTER, lambda: now, replace(ME, **changes))  # type: ignore[arg-type]
    return Counter(report.counts)


def many(count: int, domain: str = "firm.example") -> list[str]:
    return [f"ok{n}@{domain}" for n in range(count)]


def smtp(server: PostServer) -> Smtp:
    return Smtp(MailServer("127.0.0.1", server.port, timeout=10))


def test_e08_one_refused_one_put_off_eight_sent_once() -> None:
    post(["bad@firm.example", "tmp@firm.example", *many(8)])
    with PostServer() as server:
        way = smtp(server)
        send(way)
        for minutes in (6, 20, 60):
            send(way, NOW + timedelta(minutes=minutes))
        way.close()

    assert Counter(to for (to,), _ in server.kept) == Counter(many(8))
    assert Counter(states().values()) == {"sent": 8, "failed": 1, "queued": 1}
    assert subscribers.is_suppressed(CLUSTER, "bad@firm.example")
    assert not subscribers.is_suppressed(CLUSTER, "tmp@firm.example")


def test_e09_a_server_that_is_down_for_hours_loses_and_doubles_nothing() -> None:
    post(many(30))
    with PostServer() as server:
        port = server.port
    down = Smtp(MailServer("127.0.0.1", port, timeout=2))
    for hour in range(0, 20, 2):
        send(down, NOW + timedelta(hours=hour))
    assert set(states().values()) == {"queued"}

    with PostServer() as server:
        way = smtp(server)
        # Each waits for its own next try, at most six hours away.
        for hour in (20, 22):
            send(way, NOW + timedelta(hours=hour))
        send(way, NOW + timedelta(hours=23, minutes=59))
        way.close()

    assert Counter(to for (to,), _ in server.kept) == Counter(many(30))
    assert set(states().values()) == {"sent"}


def test_e09_a_day_later_the_officer_is_asked_and_a_week_later_the_items_are_free_again() -> None:
    post(many(3))
    down = Fates(Fate.LATER)
    send(down)

    assert send(down, NOW + timedelta(hours=25))["held"] == 3
    assert len(down.tried) == 3
    assert send(down, NOW + timedelta(days=5))["late"] == 3
    assert all(not subscribers.told(one.id) for one in subscribers.every(CLUSTER))


def test_a_storm_of_delays_stops_the_round_and_uses_up_nobodys_tries() -> None:
    post(many(500))
    storm = Fates(Fate.LATER)

    for minute in range(5):
        send(storm, NOW + timedelta(minutes=minute))

    assert len(storm.tried) == 10
    tries = Counter(row.tries for row in letters.rows(CLUSTER, 1000))
    assert tries == {1: 10, 0: 490}
    calm = Fates(Fate.SENT)
    send(calm, NOW + timedelta(minutes=6))
    send(calm, NOW + timedelta(minutes=12))
    assert len(set(calm.tried)) == len(calm.tried) == 500


def test_e15_kept_and_cut_off_the_letter_goes_once_more_under_its_number() -> None:
    post(["drop@firm.example", *many(3)])
    with PostServer() as server:
        way = smtp(server)
        report = send_round(way, CLUSTER, lambda: NOW, ME)
        way.close()

    copies = Counter(to for (to,), _ in server.kept)
    assert copies["drop@firm.example"] == 2
    numbers = {
        raw.split(b"Message-ID: ")[1].split()[0] for (to,), raw in server.kept if "drop" in to
    }
    assert len(numbers) == 1
    row = next(row for row in letters.rows(CLUSTER) if row.letter.to.startswith("drop"))
    assert (row.state, row.doubted_at) == ("uncertain", NOW)
    assert any("uncertain" in problem for problem in report.problems)


def test_e15_a_server_that_keeps_and_drops_doubles_one_letter_never_the_batch() -> None:
    post(f"drop{n}@firm.example" for n in range(50))
    with PostServer() as server:
        way = smtp(server)
        for minute in range(0, 120, 10):
            send(way, NOW + timedelta(minutes=minute))
        way.close()

    copies = Counter(to for (to,), _ in server.kept)
    assert len(copies) == 1
    assert max(copies.values()) == 2
    assert Counter(states().values()) == {"uncertain": 1, "held": 49}


def test_once_the_officer_says_so_the_held_letters_go() -> None:
    post(many(4), is_held=True)
    way = Fates(Fate.SENT)
    assert send(way)["sent"] == 0

    assert letters.release(CLUSTER, NOW, NOW - timedelta(hours=24)) == 4
    assert send(way)["sent"] == 4


def test_what_the_officer_gives_up_is_free_for_the_next_letter() -> None:
    post(many(2), is_held=True)

    assert letters.give_up(CLUSTER) == 2

    assert set(states().values()) == {"late"}
    assert all(not subscribers.told(one.id) for one in subscribers.every(CLUSTER))


def test_e18_the_pace_to_each_domain_is_kept_on_the_servers_own_clock() -> None:
    post([*many(6, "one.example"), *many(6, "two.example")])
    arrivals: dict[str, list[float]] = {"one.example": [], "two.example": []}

    class Noted(Smtp):
        def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
            receipt = super().send(letter, now, following)
            arrivals[letter.to.partition("@")[2]].append(time.monotonic())
            return receipt

    with PostServer() as server:
        way = Noted(MailServer("127.0.0.1", server.port))
        began = time.monotonic()
        day = datetime.now(UTC)

        def clock() -> datetime:
            return NOW + (datetime.now(UTC) - day)

        def wait(pause: timedelta) -> None:
            time.sleep(pause.total_seconds())

        sender = replace(ME, pace=Pace(to_a_domain=600), wait=wait)
        send_round(way, CLUSTER, clock, sender)
        way.close()

    assert len(server.kept) == 12
    for moments in arrivals.values():
        # Ten a second: the seventh must not come before six tenths are over.
        assert all(at - began >= 0.1 * place - 0.01 for place, at in enumerate(moments))


def test_e18_two_senders_share_one_pace() -> None:
    post(many(10))
    pace = Pace(in_all=60)

    for second in range(5):
        at = NOW + timedelta(seconds=second)
        for name in ("me", "they"):
            letters.claim(CLUSTER, name, at, timedelta(minutes=5), pace)

    assert Counter(states().values()) == {"sending": 5, "queued": 5}


@pytest.mark.parametrize("end", ["unsubscribed", "bounced", "erased"])
def test_e19_no_import_brings_an_address_back(end: str) -> None:
    post(["ok@firm.example"])
    subscribers.suppress(CLUSTER, "OK@Firm.example", end, NOW)
    if end == "erased":
        subscribers.remove(CLUSTER, "ok@firm.example")

    saved = subscribers.save(CLUSTER, [reader("ok@FIRM.example")])

    assert saved.suppressed == ("ok@FIRM.example",)
    assert saved.added == saved.changed == 0
    way = Fates(Fate.SENT)
    assert send(way)["sent"] == 0
    assert not any(one.is_active for one in subscribers.every(CLUSTER))


def test_e19_a_letter_already_written_to_a_suppressed_address_stays_here() -> None:
    post(["ok@firm.example"])
    subscribers.suppress(CLUSTER, "ok@firm.example", "asked", NOW)
    # By hand, past every door: the outbox itself still asks.
    models.Subscriber.objects.update(is_active=True)

    assert send(Fates(Fate.SENT))["sent"] == 0
    assert set(states().values()) == {"failed"}


def test_e23_one_mailbox_in_two_spellings_gets_one_letter() -> None:
    subscribed = [reader("Ok@firm.example"), reader("ok@firm.example")]
    post(["ok@firm.example"])
    subscribers.save(CLUSTER, subscribed)
    subscribers.save(CLUSTER, subscribed)

    assert len(subscribers.every(CLUSTER)) == 1


def test_e24_a_database_put_back_to_last_thursday_sends_nothing_without_asking() -> None:
    post(many(20))
    letters.claim(CLUSTER, "dead", NOW, timedelta(minutes=5))
    way = Fates(Fate.SENT)
    saturday = NOW + timedelta(days=2)

    report = send_round(way, CLUSTER, lambda: saturday, replace(ME, is_gone=lambda _: True))

    assert way.tried == []
    assert Counter(states().values()) == {"held": 20}
    assert any("wait for your word" in problem for problem in report.problems)
    assert not letters.waits(CLUSTER, saturday)

    # His word for what is fresh is no word for what is long past.
    assert letters.release(CLUSTER, saturday, saturday - timedelta(hours=24)) == 0
    assert letters.release(CLUSTER, saturday) == 20
    assert send(way, saturday)["sent"] == 20


def test_e26_a_test_installation_writes_to_nobody_but_those_it_names(tmp_path: Path) -> None:
    post(["anna@firm.example", "me@cluster.example", "Ben@other.example"])
    way = Fenced(Folder(tmp_path), ["cluster.example", "ben@OTHER.example"])

    counts = send(way)

    assert (counts["sent"], counts["held"]) == (2, 1)
    assert states()["anna@firm.example"] == "held"
    assert not any("anna" in path.name for path in tmp_path.iterdir())
    assert not subscribers.is_suppressed(CLUSTER, "anna@firm.example")


def test_e26_samples_go_to_the_cluster_and_hold_no_readers_key(town: Town) -> None:
    way = Fates(Fate.SENT)
    kept: list[Letter] = []
    way.send = lambda letter, now: kept.append(letter) or Receipt(Fate.SENT)  # type: ignore[method-assign,assignment,func-returns-value]
    now = datetime.now(UTC)
    week = replace(WEEK, first_on=now.date() - timedelta(days=3), last_on=now.date() + timedelta(3))

    report = sample_round(way, "essai", "officer@essai.example", week, now)

    assert report.counts["sent"] == 1
    (sample,) = kept
    assert sample.to == "officer@essai.example"
    assert sample.subject.startswith("[Essai] ")
    assert "/u/preview" in sample.html
    assert "List-Unsubscribe" not in dict(sample.headers)
    assert town.reader.email not in sample.html + sample.text
    assert letters.counts("essai") == {}


@pytest.mark.parametrize("to", ["lectrice@pme.example", "who@elsewhere.example", "", "nobody"])
def test_e26_a_sample_never_goes_to_a_reader_or_away(to: str, town: Town) -> None:
    way = Fates(Fate.SENT)

    with pytest.raises(PostError):
        sample_round(way, "essai", to, WEEK, NOW, ["lectrice@pme.example"])

    assert way.tried == []


def test_a_server_that_rests_is_asked_again_when_the_officer_says_so() -> None:
    post(many(1), is_held=True)
    turns.rests(NOW + timedelta(hours=1))
    letters.release(CLUSTER, NOW)

    assert send(Fates(Fate.SENT))["sent"] == 1
