"""Alerts on a real store: in the reader's hours, one a day, nothing twice, nothing too late."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import repeat

import pytest

from tests.conftest import PERIMETER
from tests.rounds.outbox import CLUSTER, ME
from tests.rounds.test_rounds import FakePost
from tests.stored import keep
from watch.domain import (
    Alert,
    Axis,
    Basis,
    Cluster,
    Interest,
    Item,
    Record,
    Rhythm,
    Source,
    Subscriber,
    Tag,
    WebUrl,
)
from watch.rounds import edit
from watch.rounds.calendar import week_of
from watch.rounds.read import settle_again
from watch.rounds.send import send_round
from watch.rounds.tell import alert_drafts, alert_round, tell_round, write_round
from watch.routing.rhythm import Hours
from watch.store import clusters, held, letters, perimeters, sources, subscribers, tags
from watch.store.transaction import writing

pytestmark = pytest.mark.django_db(transaction=True)

# A Friday morning: the cluster's letters went out the day before.
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
EARLIER = NOW - timedelta(hours=2)
SECRET = b"invented"
HOURS = Hours(3, 10, timedelta(hours=24))
WISHES = (Interest(Axis.MARKET, "automobile"), Interest(Axis.TECHNOLOGY, "lidar"))
READER = Subscriber(
    0, CLUSTER, "anna@firme.example", "Anna", "Firme", "fr", WISHES,
    Basis("member", "adhésion", date(2026, 1, 5)), alerts=tuple(Alert), actors=("Scanvia",),
)  # fmt: skip


@pytest.fixture
def journal() -> Source:
    clusters.save(Cluster(CLUSTER, "Essai", sender_address="veille@essai.example"))
    perimeters.load(CLUSTER, "1.0", PERIMETER, "essai", NOW)
    subscribers.save(CLUSTER, [READER])
    source, _ = sources.add(CLUSTER, Source(WebUrl("https://avis.example/feed"), "Avis"), NOW)
    return source


def shown(
    source: Source, key: str, title: str, at: datetime, closes_in: int = 0, kind: str = "tender"
) -> None:
    """Store an item on what the reader follows; it closes so many days after it was seen."""
    closes = at + timedelta(days=closes_in) if closes_in else None
    item = Item(
        key=key * 32, url=WebUrl(f"https://avis.example/{key}"), title=title, text="Inventé.",
        language="fr", published_at=at, first_seen_at=at, source=source.id, outlet="Avis",
        digest=key * 32, kind=kind, record=Record(deadline_at=closes),
    )  # fmt: skip
    read = [
        Tag(item.key, Axis.MARKET, "automobile", 0.9, "phrases/1", ("voiture",)),
        Tag(item.key, Axis.TECHNOLOGY, "lidar", 0.9, "phrases/1", ("lidar",)),
    ]
    with writing():
        keep([item], at)
        tags.keep_readings(CLUSTER, ["phrases/1"], 1, [item], read, at)
        settle_again(CLUSTER, [item.key])


def wrote(now: datetime, hours: Hours | None = HOURS, is_held: bool = False) -> int:
    return alert_round(CLUSTER, now, SECRET, is_held, hours=hours).counts["alerts"]


def test_an_alert_is_written_and_sent_once_a_day_with_all_that_is_known(journal: Source) -> None:
    shown(journal, "a", "Relevé lidar de voirie", NOW, 10)
    shown(journal, "b", "Scanvia ouvre une usine de lidars", EARLIER, kind="news")
    post = FakePost()

    assert [wrote(NOW + timedelta(minutes=n)) for n in (0, 5, 60)] == [1, 0, 0]
    send_round(post, CLUSTER, lambda: NOW, ME)

    [letter] = post.sent
    assert letter.subject == "Relevé lidar de voirie, clôture 30/11 · Essai"
    assert "Clôture dans 10\N{NO-BREAK SPACE}jours" in letter.html
    assert "Vous suivez cet acteur\N{NO-BREAK SPACE}: Scanvia" in letter.html
    assert "alerte du 20 novembre 2026" in letter.text


@pytest.mark.parametrize(
    "changes",
    [{"basis": None}, {"is_active": False}, {"alerts": ()}, {"interests": (), "actors": ()}],
)
def test_without_a_basis_a_wish_or_a_reason_there_is_no_alert(
    journal: Source, changes: dict[str, object]
) -> None:
    shown(journal, "a", "Relevé lidar de voirie", NOW, 10)
    subscribers.save(CLUSTER, [replace(READER, **changes)])  # type: ignore[arg-type]  # fields of any type

    assert wrote(NOW) == 0


def test_who_pauses_or_opposes_gets_no_alert(journal: Source) -> None:
    shown(journal, "a", "Relevé lidar de voirie", NOW, 10)
    [reader] = subscribers.every(CLUSTER)

    subscribers.pause(CLUSTER, reader.id, date(2026, 12, 1), NOW)
    assert wrote(NOW) == 0
    subscribers.pause(CLUSTER, reader.id, None, NOW)
    assert wrote(NOW) == 1
    subscribers.suppress(CLUSTER, READER.email, "asked", NOW)
    post = FakePost()
    send_round(post, CLUSTER, lambda: NOW, ME)
    assert post.sent == []


def test_what_was_alerted_is_not_in_the_next_letter(journal: Source) -> None:
    for key in "abcd":
        shown(journal, key, f"Relevé lidar de voirie, lot {key}", NOW - timedelta(days=1))
    shown(journal, "e", "Essais de lidar pour voitures", NOW, 12)

    assert wrote(NOW) == 1
    later = NOW + timedelta(days=6)
    write_round(CLUSTER, week_of(later.date()), later, SECRET)

    alert, letter = (row.letter for row in reversed(letters.rows(CLUSTER)))
    assert "Essais de lidar" in alert.text
    assert "Essais de lidar" not in letter.text
    assert "lot a" in letter.text


def test_an_alert_does_not_put_off_a_monthly_letter(journal: Source) -> None:
    for key in "abcd":
        shown(journal, key, f"Relevé lidar de voirie, lot {key}", NOW - timedelta(days=1))
    subscribers.save(CLUSTER, [replace(READER, rhythm=Rhythm.MONTHLY)])
    shown(journal, "e", "Essais de lidar pour voitures", NOW, 12)
    wrote(NOW)

    later = NOW + timedelta(days=6)
    assert write_round(CLUSTER, week_of(later.date()), later, SECRET).counts["written"] == 1


def test_a_reader_is_told_in_his_own_hours_on_the_day_of_a_change(journal: Source) -> None:
    # 25 October 2026 in Paris: 03:00 is 02:00 again, the hour from 2 to 3 comes twice.
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    subscribers.save(CLUSTER, [replace(READER, hour=2)])
    shown(journal, "a", "Relevé lidar de voirie", start - timedelta(hours=1), 10)

    written = [wrote(start + timedelta(minutes=30 * n)) for n in range(8)]

    assert written == [0, 0, 0, 0, 1, 0, 0, 0]


def test_an_hour_that_does_not_exist_is_the_next_one_and_evenings_are_quiet(
    journal: Source,
) -> None:
    # 29 March 2026 in Paris: at 02:00 it is 03:00.
    subscribers.save(CLUSTER, [replace(READER, hour=2)])
    midnight = datetime(2026, 3, 28, 23, tzinfo=UTC)
    shown(journal, "a", "Relevé lidar de voirie", midnight - timedelta(hours=1), 10)

    assert [wrote(midnight + timedelta(hours=n)) for n in (0, 1, 2)] == [0, 0, 1]
    shown(journal, "b", "Un autre relevé lidar", midnight, 10)
    evening = datetime(2026, 3, 30, 18, tzinfo=UTC)
    assert wrote(evening) == 0
    assert wrote(evening - timedelta(minutes=1)) == 1


def test_an_alert_waits_for_the_officer_where_the_cluster_wishes_so(journal: Source) -> None:
    shown(journal, "a", "Relevé lidar de voirie", NOW, 12)
    shown(journal, "b", "Une usine de lidars pour Scanvia", EARLIER, kind="news")
    wrote(NOW, is_held=True)
    [waiting] = held.held(CLUSTER)

    assert edit.warnings(waiting.lines, waiting.html, NOW.date(), waiting.is_alert) == []
    edit.edit(CLUSTER, waiting.key, lambda lines: edit.drop(lines, 2), SECRET)

    [changed] = held.held(CLUSTER)
    assert (changed.key, changed.is_alert) == (waiting.key, True)
    assert "alerte du 20 novembre 2026" in changed.text
    letters.release(CLUSTER, NOW)
    send_round(FakePost(), CLUSTER, lambda: NOW, ME)
    # What he dropped is no alert tomorrow either.
    assert wrote(NOW + timedelta(days=1)) == 0


def test_what_the_officer_gave_up_is_no_alert_any_more(journal: Source) -> None:
    shown(journal, "a", "Relevé lidar de voirie", NOW, 12)
    wrote(NOW, is_held=True)

    letters.give_up(CLUSTER)

    assert [wrote(NOW + timedelta(days=n)) for n in range(12)] == [0] * 12


def test_an_alert_that_did_not_leave_in_its_day_is_written_anew_the_next(journal: Source) -> None:
    shown(journal, "a", "Relevé lidar de voirie", NOW, 3)
    wrote(NOW, is_held=True)

    assert [wrote(NOW + timedelta(days=n), is_held=True) for n in (1, 2, 3, 4)] == [1, 1, 0, 0]
    assert [row.state for row in letters.rows(CLUSTER)] == ["late"] * 3


def test_a_rehearsal_shows_what_would_go_and_keeps_nothing(journal: Source) -> None:
    shown(journal, "a", "Relevé lidar de voirie", NOW, 3)
    [reader] = subscribers.every(CLUSTER)

    [draft] = alert_drafts(CLUSTER, NOW, {})

    assert draft.letter
    assert "clôture" in draft.letter.subject
    assert letters.rows(CLUSTER) == []
    story = draft.digest.picks[0].tagged.story.key
    assert alert_drafts(CLUSTER, NOW, {reader.id: frozenset({story})}) == []


def test_over_forty_days_nothing_comes_twice_but_one_reminder_and_nothing_too_late(
    journal: Source,
) -> None:
    """Each hour of the clock for forty days: letters on Thursdays, alerts between."""
    for n, (key, closes_in) in enumerate(
        zip("abcdefgh", (3, 9, 12, 15, 20, 25, 30, 38), strict=True)
    ):
        shown(journal, key, f"Marché {key} : lidar", NOW + timedelta(days=n % 3), closes_in)
    post = FakePost()
    told: Counter[str] = Counter()
    days: Counter[date] = Counter()
    for hour in range(0, 40 * 24, 3):
        now = NOW + timedelta(hours=hour)
        clock = repeat(now).__next__
        before = len(post.sent)
        if now.weekday() == 3 and now.hour == 9:
            tell_round(post, CLUSTER, week_of(now.date()), clock, SECRET, ME, HOURS)
        elif wrote(now):
            send_round(post, CLUSTER, clock, ME)
        for letter in post.sent[before:]:
            days[now.date()] += "alerte du" in letter.text
            assert 9 <= now.hour < 20
            told.update(key for key in "abcdefgh" if f"Marché {key}" in letter.text)

    # "a" closes within the week in which it is seen first: nobody needs to be reminded of it.
    assert told == {"a": 1, **dict.fromkeys("bcdefgh", 2)}
    assert max(days.values()) == 1
