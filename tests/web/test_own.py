"""A reader's own pages: each link opens one page, and nothing happens by opening it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from tests.conftest import Town
from tests.web.conftest import sent, token, vote_link
from tests.web.test_access import checksum
from watch.domain import Axis, Interest, Say
from watch.rounds.calendar import today, week_of
from watch.rounds.tell import write_round
from watch.store import letters, subscribers, votes
from watch.text.seal import seal

ATOM = "{http://www.w3.org/2005/Atom}"


def links(town: Town) -> dict[str, str]:
    return {
        "u": f"/u/{token(town)}",
        "f": vote_link(town),
        "p": f"/p/{token(town, 'p')}",
        "a": f"/a/{token(town, 'a')}",
        "s": f"/s/{token(town, 'feed')}",
        "d": f"/d/{token(town, 'd')}",
    }


def test_e10_a_scanner_that_opens_every_link_of_a_letter_changes_nothing(
    town: Town, client: Client
) -> None:
    sent(town)
    letter = letters.rows("essai")[0].letter
    found = {
        piece.split('"')[0].removeprefix("http://127.0.0.1:8000").replace("&amp;", "&")
        for piece in letter.html.split('href="')[1:]
        if piece.startswith("http://127.0.0.1:8000")
    }
    before = checksum()

    answers = [client.get(one) for one in found]

    assert len(found) == 4 * 5 + 4
    assert {answer.status_code for answer in answers} == {200}
    assert checksum() == before
    for answer in answers:
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert not answer.cookies


def test_e12_e13_no_link_opens_another_page(town: Town, client: Client) -> None:
    mine = links(town)
    for door, address in mine.items():
        held = address.split("/")[2]
        for other in mine:
            if other != door:
                end = "/1" if other == "f" else ""
                assert client.get(f"/{other}/{held}{end}").status_code == 404


def test_e13_to_leave_to_judge_and_the_feed_lead_nowhere_else(town: Town, client: Client) -> None:
    mine = links(town)
    for door in ("u", "f", "s"):
        content = client.get(mine[door]).content.decode()
        assert not any(address in content for other, address in mine.items() if other != door)


def test_e12_a_token_of_another_cluster_or_of_nobody_opens_nothing(
    town: Town, client: Client
) -> None:
    secret, id = settings.SECRET_KEY.encode(), str(town.reader.id)
    bad = [
        seal(secret, "preferences", "voisin", id),
        seal(secret, "preferences", "nulle-part", id),
        seal(secret, "preferences", "essai", "999999"),
        seal(secret, "preferences", "essai", "9" * 30),
        seal(secret, "preferences", "essai", "x"),
        token(town, "p")[:-1],
    ]
    before = checksum()

    answers = [client.post(f"/p/{one}", {"do": "pause"}) for one in bad]

    assert {one.status_code for one in answers} == {404}
    assert len({one.content for one in answers}) == 1
    assert checksum() == before


def test_e13_no_page_names_the_address_to_which_the_letters_go(town: Town, client: Client) -> None:
    for address in links(town).values():
        assert town.reader.email not in client.get(address).content.decode()


# -- opinions


def test_an_opinion_is_kept_when_it_is_confirmed_and_the_last_word_counts(
    town: Town, client: Client
) -> None:
    link = vote_link(town)
    page = client.get(f"{link}?say=not_for_me").content.decode()
    assert 'value="not_for_me" required checked' in page
    assert votes.of(town.reader.id) == []

    client.post(link, {"say": "not_for_me", "reason": "technical"})
    client.post(link, {"say": "not_for_me", "reason": "<b>"})
    done = client.post(link, {"say": "useful", "reason": "place"}).content.decode()

    (vote,) = votes.of(town.reader.id)
    assert (vote.say, vote.reason) == (Say.USEFUL, "")
    assert vote.item == letters_items(town)[0]
    assert "davantage" in done


def letters_items(town: Town) -> list[str]:
    from watch.store import models

    items: list[str] = models.Letter.objects.get(subscriber=town.reader.id).items
    return items


@pytest.mark.parametrize("number", [0, 5, 99, 999999999])
def test_a_line_that_is_not_in_the_letter_cannot_be_judged(
    number: int, town: Town, client: Client
) -> None:
    link = vote_link(town, number)

    assert client.post(link, {"say": "useful"}).status_code == 404
    assert votes.of(town.reader.id) == []


@pytest.mark.parametrize("said", ["", "wonderful", "useful'"])
def test_what_is_no_opinion_asks_again(said: str, town: Town, client: Client) -> None:
    assert client.post(vote_link(town), {"say": said}).status_code == 200
    assert votes.of(town.reader.id) == []


# -- choices


def test_a_reader_chooses_and_sees_what_it_would_have_brought(town: Town, client: Client) -> None:
    link = f"/p/{token(town, 'p')}"
    assert town.first.title in client.get(link).content.decode()

    page = client.post(
        link,
        {"do": "keep", "language": "en", "quota": "4", "market": ["sante", "nothing"],
         "technology": ["laser"]},
    ).content.decode()  # fmt: skip

    reader = subscribers.find("essai", town.reader.id)
    assert reader is not None
    assert (reader.language, reader.quota) == ("en", 4)
    assert reader.interests == (Interest(Axis.MARKET, "sante"), Interest(Axis.TECHNOLOGY, "laser"))
    assert '<html lang="en">' in page
    assert town.first.title not in page


def test_what_a_reader_chose_no_import_takes_back(town: Town, client: Client) -> None:
    client.post(f"/p/{token(town, 'p')}", {"do": "keep", "quota": "9", "market": ["automobile"]})

    subscribers.save("essai", [replace(town.reader, firm="Autre nom")])

    reader = subscribers.find("essai", town.reader.id)
    assert reader is not None
    assert (reader.quota, reader.firm) == (9, "Autre nom")
    assert reader.interests == (Interest(Axis.MARKET, "automobile"),)


@pytest.mark.parametrize("quota", ["0", "2", "11", "99999", "-3", "x", "²"])
def test_a_number_that_is_no_choice_is_left_as_it_was(
    quota: str, town: Town, client: Client
) -> None:
    client.post(f"/p/{token(town, 'p')}", {"do": "keep", "quota": quota, "market": ["sante"]})

    reader = subscribers.find("essai", town.reader.id)
    assert reader is not None
    assert reader.quota == town.reader.quota


def test_a_pause_stops_letters_for_thirty_days_and_ends_by_itself(
    town: Town, client: Client
) -> None:
    link, now = f"/p/{token(town, 'p')}", timezone.now()
    client.post(link, {"do": "pause"})
    secret = settings.SECRET_KEY.encode()

    assert written(now, secret) == 0
    client.post(link, {"do": "resume"})
    assert written(now, secret) == 1
    client.post(link, {"do": "pause"})
    reader = subscribers.find("essai", town.reader.id)
    assert reader is not None
    assert reader.paused_until == today(now, "Europe/Paris") + timedelta(days=30)


def written(now, secret: bytes) -> int:  # type: ignore[no-untyped-def]
    week = week_of(today(now, "Europe/Paris"))
    return write_round("essai", week, now, secret).counts["written"]


# -- letters, feed, data


def test_a_reader_looks_back_at_his_own_letters_alone(town: Town, client: Client) -> None:
    mine = sent(town)
    home = f"/a/{token(town, 'a')}"

    assert mine.subject.split("·")[0] in client.get(home).content.decode()
    page = client.get(f"{home}/{mine.id}")
    assert town.first.title in page.content.decode()
    assert "script-src" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    subscribers.save("essai", [replace(town.reader, email="autre@pme.example")])
    other = next(one for one in subscribers.every("essai") if one.id != town.reader.id)
    from watch.rounds.links import token_of

    theirs = token_of(settings.SECRET_KEY.encode(), "a", "essai", other.id)
    assert client.get(f"/a/{theirs}/{mine.id}").status_code == 404


def test_the_feed_tells_title_outlet_and_link_of_each_line(town: Town, client: Client) -> None:
    sent(town)

    response = client.get(f"/s/{token(town, 'feed')}")

    assert response.headers["Content-Type"].startswith("application/atom+xml")
    feed = fromstring(response.content)
    entries = feed.findall(f"{ATOM}entry")
    assert entries[0].findtext(f"{ATOM}title") == town.first.title
    assert entries[0].find(f"{ATOM}link") is not None
    assert town.first.text not in response.content.decode()


def test_the_data_are_handed_over_to_who_knows_the_address(town: Town, client: Client) -> None:
    link = f"/d/{token(town, 'd')}"
    client.post(vote_link(town), {"say": "dig"})

    refused = client.post(link, {"do": "export", "address": "who@pme.example"})
    given = client.post(link, {"do": "export", "address": " Lectrice@PME.example "})

    assert "application/json" not in refused.headers["Content-Type"]
    found = json.loads(given.content)
    assert found["reader"]["firm"] == town.reader.firm
    assert found["opinions"][0]["say"] == "dig"
    assert len(found["letters"]) == 1


def test_erased_nothing_is_left_and_no_import_brings_it_back(town: Town, client: Client) -> None:
    link, other = f"/d/{token(town, 'd')}", f"/p/{token(town, 'p')}"
    client.post(vote_link(town), {"say": "dig"})
    client.post(link, {"do": "erase", "address": "somebody@else.example"})
    assert subscribers.every("essai")

    client.post(link, {"do": "erase", "address": town.reader.email})

    assert subscribers.every("essai") == []
    assert letters.counts("essai") == {}
    assert client.get(other).status_code == 404
    assert subscribers.save("essai", [town.reader]).suppressed == (town.reader.email,)
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            assert town.reader.email not in repr(cursor.fetchall()), table
