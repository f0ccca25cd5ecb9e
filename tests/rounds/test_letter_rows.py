"""Letters from the store keep the rules of mail (rows E05 and E25 of the safety list)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from email import message_from_bytes

from django.conf import settings
from django.utils import timezone

from tests import stored
from tests.conftest import Town
from watch.deliver.message import to_bytes
from watch.domain import Axis, Letter, Tag
from watch.rounds.calendar import today, week_of
from watch.rounds.read import settle_again
from watch.rounds.tell import write_round
from watch.store import clusters, letters, tags
from watch.store.transaction import writing


def written(town: Town) -> Letter:
    now = timezone.now()
    write_round("essai", week_of(today(now, "Europe/Paris")), now, settings.SECRET_KEY.encode())
    return letters.rows("essai")[0].letter


def test_e04_e05_a_letter_as_it_travels_has_every_header_and_no_folded_way_out(town: Town) -> None:
    clusters.save(
        replace(town.cluster, base_url="https://veille.un-nom-de-pole-assez-long.example")
    )

    raw = to_bytes(written(town), timezone.now().astimezone(UTC))

    message = message_from_bytes(raw)
    own = town.cluster.sender_address.rpartition("@")[2]
    assert message["From"].endswith(f"@{own}>")
    assert message["Message-ID"].endswith(f"@{own}>")
    assert message["To"].count("@") == 1
    assert message["Date"]
    assert message["List-Id"].startswith("<essai.")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    line = next(row for row in raw.split(b"\r\n") if row.startswith(b"List-Unsubscribe:"))
    assert line.startswith(b"List-Unsubscribe: <https://veille.un-nom")
    assert b"=?" not in line
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    token = message["List-Unsubscribe"].split("/u/")[1].split(">")[0]
    assert len(token) < 60


def test_e25_of_two_thousand_items_a_letter_holds_ten_lines_and_no_mail_client_cuts_it(
    town: Town,
) -> None:
    now = timezone.now()
    some = [
        replace(
            town.first, key=f"{n:032x}", digest=f"{n:032x}", url=f"https://journal.example/n/{n}",
            title=f"Voiture et lidar numéro {n} " + "long " * 30, text="Phrase inventée. " * 80,
            published_at=now - timedelta(minutes=n % 600),
        )
        for n in range(2000)
    ]  # fmt: skip
    found = [
        Tag(one.key, axis, topic, 0.9, "phrases/1", ("lidar",))
        for one in some
        for axis, topic in ((Axis.MARKET, "automobile"), (Axis.TECHNOLOGY, "lidar"))
    ]
    stored.keep(some, now)
    with writing():
        tags.keep_readings("essai", ["phrases/1"], 1, some, found, now)
        settle_again("essai", [one.key for one in some])

    letter = written(town)

    assert letter.html.count('<h2 class="title"') <= 10
    assert len(letter.html.encode()) < 90_000
    assert len(to_bytes(letter, now)) < 150_000


def test_e25_an_empty_digest_is_not_sent(town: Town) -> None:
    from watch.store import models

    models.Settled.objects.all().delete()
    now = timezone.now()

    report = write_round("essai", week_of(today(now, "Europe/Paris")), now, b"secret")

    assert (report.counts["written"], report.counts["silent"]) == (0, 1)
