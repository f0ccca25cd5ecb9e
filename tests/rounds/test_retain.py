"""What is past its term ends, says so, and takes nothing along that has to stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from tests.conftest import Town
from tests.rounds.outbox import CLUSTER, ME, NOW, post, reader
from tests.rounds.test_sending import Fates
from watch.domain import Basis, Cluster, Fate, Report, Say, Vote
from watch.rounds.retain import retain_round
from watch.rounds.send import send_round
from watch.schedule import Plan, due
from watch.store import (
    clusters,
    invitations,
    letters,
    mail,
    models,
    privacy,
    requests,
    slots,
    subscribers,
    votes,
)
from watch.store.retention import Terms

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=401)
WHO = "r0@pme.example"


def sent(*addresses: str) -> None:
    post(addresses or (WHO,))
    send_round(Fates(Fate.SENT), CLUSTER, lambda: NOW, ME)


def id_of(address: str = WHO) -> int:
    found = subscribers.find_by_address(CLUSTER, address)
    assert found is not None
    return found.id


def ended(now: datetime, is_rehearsal: bool = False, **days: int) -> Report:
    return retain_round(Terms(**days), now, is_rehearsal)


def test_l09_of_an_old_letter_the_words_go_and_what_it_told_stays() -> None:
    sent()

    assert ended(NOW + timedelta(days=399)).counts["past_letters"] == 0
    assert ended(LATER).counts["past_letters"] == 1
    assert ended(LATER).counts["past_letters"] == 0

    (row,) = letters.rows(CLUSTER)
    assert (row.letter.html, row.letter.text, row.state) == ("", "", "sent")
    assert subscribers.told(id_of())
    assert mail.sent(CLUSTER, id_of()) == []
    export = privacy.export(CLUSTER, WHO)
    assert export is not None
    assert export["letters"][0]["text"] == ""


def test_l09_a_letter_that_may_still_go_keeps_its_words() -> None:
    post([WHO], is_held=True)

    assert ended(LATER).counts["past_letters"] == 0
    assert letters.rows(CLUSTER)[0].letter.html


def test_l09_a_rehearsal_says_it_and_ends_nothing() -> None:
    sent()

    assert ended(LATER, is_rehearsal=True).counts["past_letters"] == 1
    assert letters.rows(CLUSTER)[0].letter.html


def test_l09_opinions_and_answered_requests_have_terms_and_open_ones_wait() -> None:
    sent()
    votes.keep(id_of(), Vote("a" * 32, Say.USEFUL, NOW))
    for item in ("a" * 32, "b" * 32):
        requests.ask(id_of(), item, "Qui ?", NOW, date(2026, 11, 25))
    answered = requests.of(id_of())[0]
    requests.answered(CLUSTER, answered.id, NOW)

    report = ended(NOW + timedelta(days=801))

    assert (report.counts["past_votes"], report.counts["past_requests"]) == (1, 1)
    assert votes.of(id_of()) == []
    assert [one.item for one in requests.of(id_of())] != [answered.item]
    assert len(requests.of(id_of())) == 1


def test_l09_a_proposed_reader_who_does_not_answer_goes_after_a_month() -> None:
    clusters.save(Cluster(CLUSTER, "Optique"))
    basis = Basis("legitimate_interest", "salon", NOW.date())
    invitations.propose(reader("silent@pme.example"), basis, NOW)
    invitations.propose(reader(WHO), basis, NOW)
    chosen = subscribers.find_by_address(CLUSTER, WHO)
    assert chosen is not None
    invitations.confirm(chosen, "Oui.", NOW, NOW.date())

    assert ended(NOW + timedelta(days=29)).counts["past_proposed"] == 0
    assert ended(NOW + timedelta(days=31)).counts["past_proposed"] == 1

    assert [one.email for one in subscribers.every(CLUSTER)] == [WHO]


def test_l09_who_left_goes_after_a_month_and_no_import_brings_him_back() -> None:
    sent(WHO, "r1@pme.example")
    subscribers.suppress(CLUSTER, WHO, "unsubscribed", NOW)

    assert ended(NOW + timedelta(days=29)).counts["past_left"] == 0
    assert ended(NOW + timedelta(days=31)).counts["past_left"] == 1

    assert [one.email for one in subscribers.every(CLUSTER)] == ["r1@pme.example"]
    assert subscribers.is_suppressed(CLUSTER, WHO)
    assert subscribers.save(CLUSTER, [reader(WHO)]).suppressed == (WHO,)
    assert subscribers.every(CLUSTER)[0].email == "r1@pme.example"
    assert models.Letter.objects.filter(to=WHO).count() == 0


def test_l09_of_silent_prospects_three_years_are_enough_and_members_stay() -> None:
    sent(WHO, "heard@pme.example", "member@pme.example")
    for address in (WHO, "heard@pme.example"):
        basis = Basis("legitimate_interest", "salon", date(2026, 1, 5))
        subscribers.save(CLUSTER, [replace(reader(address), basis=basis)])
    votes.keep(id_of("heard@pme.example"), Vote("a" * 32, Say.SEEN, NOW))
    last = datetime(2029, 1, 7, tzinfo=UTC)

    assert ended(last - timedelta(days=4)).counts["past_silent"] == 0
    assert ended(last).counts["past_silent"] == 1
    assert {one.email for one in subscribers.every(CLUSTER)} == {
        "heard@pme.example", "member@pme.example",
    }  # fmt: skip
    assert ended(NOW + timedelta(days=1096)).counts["past_silent"] == 1


def test_l09_with_nought_days_everything_stays() -> None:
    sent()
    never = dict.fromkeys(Terms.__slots__, 0)

    assert ended(NOW + timedelta(days=9999), **never).counts == {}
    assert letters.rows(CLUSTER)[0].letter.html


def test_l09_visits_and_traces_of_rounds_have_terms(town: Town) -> None:
    now = timezone.now()
    for days in (500, 1):
        at = now - timedelta(days=days)
        models.VisitRecord.objects.create(source_id=town.source.id, visited_at=at, outcome="news")
        slots.claim(
            CLUSTER, "tell", f"{at:%Y-%m-%d}", "me", at, timedelta(hours=1), lambda _: False
        )

    report = ended(now)

    assert (report.counts["past_visits"], report.counts["past_rounds"]) == (1, 1)
    assert models.VisitRecord.objects.count() == models.Slot.objects.count() == 1


def test_the_clock_forgets_once_a_day() -> None:
    found = [due(NOW + timedelta(hours=hours), [], Plan(forgets=True)) for hours in (0, 9, 24)]

    days = [one.on for some in found for one in some if one.round == "retain"]
    assert days == ["2026-11-19", "2026-11-19", "2026-11-20"]
