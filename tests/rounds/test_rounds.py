"""The rounds on a real store and a real loopback web: what is owed is done, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.doors import Reply, WebServer
from watch.deliver import Following, nothing
from watch.domain import (
    Axis,
    Basis,
    Cluster,
    Fate,
    Interest,
    Letter,
    Manners,
    Receipt,
    Source,
    Subscriber,
    WebUrl,
)
from watch.engine.local import Here
from watch.errors import PublishRefused
from watch.rounds.calendar import last_days, week_of
from watch.rounds.collect import collect_round
from watch.rounds.enrich import enrich_round
from watch.rounds.publish import Imprint, publish_round
from watch.rounds.read import read_round
from watch.rounds.send import Sender, send_round
from watch.rounds.tell import drafts, write_round
from watch.store import clusters, items, letters, models, perimeters, shelves, sources, subscribers

pytestmark = pytest.mark.django_db(transaction=True)

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
WEEK = week_of(NOW.date())
SECRET = b"invented"

PERIMETER = """\
schema: perimeter/1
id: essai
version: "1.0"
label: {fr: "Optique d'essai", en: "Test optics"}
purpose: {fr: "Suivre l'optique.", en: "Watch optics."}
languages: [fr, en]
markets:
  - id: automobile
    label: {fr: "Automobile", en: "Automotive"}
    terms: {fr: [automobile], en: [automotive]}
technologies:
  - id: lidar
    label: {fr: "Lidar", en: "Lidar"}
    terms: {fr: [lidar], en: [lidar]}
"""

ME = Sender("me", lambda _holder: False)

TITLES = (
    "Un lidar automobile voit dans la brume",
    "Le ferry de nuit essaie un lidar automobile",
    "Quatre constructeurs partagent une norme du lidar automobile",
    "Des vignes cartographiées par un lidar automobile recyclé",
)


def feed(*titles: str) -> bytes:
    entries = "".join(
        f"<item><title>{title}</title><link>https://journal.example/{n}</link>"
        f"<pubDate>Wed, 18 Nov 2026 0{n}:00:00 GMT</pubDate>"
        f"<description>Texte inventé numéro {n} : {title.lower()}.</description></item>"
        for n, title in enumerate(titles)
    )
    return f'<rss version="2.0"><channel><title>J</title>{entries}</channel></rss>'.encode()


class FakePost:
    """A post office that keeps every letter, and answers each address as it was told to."""

    def __init__(self, answers: dict[str, Fate] | None = None) -> None:
        self.sent: list[Letter] = []
        self.answers = answers or {}

    def send(self, letter: Letter, now: datetime, following: Following = nothing) -> Receipt:
        fate = self.answers.get(letter.to, Fate.SENT)
        if fate in {Fate.SENT, Fate.UNCERTAIN}:
            self.sent.append(letter)
        return Receipt(fate, "as told")

    def proceed(self) -> None:
        """Nothing is begun ahead of its letter."""

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def web() -> Iterator[WebServer]:
    with WebServer({"/feed": Reply(feed(*TITLES)), "/down": Reply(b"", 503)}) as server:
        yield server


@pytest.fixture
def cluster(web: WebServer) -> str:
    clusters.save(Cluster("essai", "Essai", sender_address="veille@essai.example"))
    perimeters.load("essai", "1.0", PERIMETER, "", NOW)
    for name, path in (("Journal", "/feed"), ("En panne", "/down")):
        sources.add("essai", Source(WebUrl(web.url(path)), name), NOW)
    return "essai"


def manners(web: WebServer) -> Manners:
    return Manners(pause=timedelta(), robots=False, open_addresses=frozenset({web.address}))


def collect(web: WebServer, now: datetime = NOW) -> dict[str, int]:
    report = collect_round(Here(), manners(web), now)
    enrich_round(Here(), now)
    return dict(report.counts)


def reader(email: str = "anna@firme.example", **changes: object) -> Subscriber:
    wishes = (Interest(Axis.MARKET, "automobile"), Interest(Axis.TECHNOLOGY, "lidar"))
    values: dict[str, object] = {
        "id": 0, "cluster": "essai", "email": email, "name": "Anna", "firm": "Firme",
        "language": "fr", "interests": wishes,
        "basis": Basis("member", "adhésion", date(2026, 1, 5)),
    }  # fmt: skip
    return Subscriber(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def told(cluster: str, web: WebServer) -> str:
    """A cluster that has collected and read, with one reader."""
    collect(web)
    read_round(Here(), cluster, NOW)
    subscribers.save(cluster, [reader()])
    return cluster


def test_a_second_collection_adds_nothing(cluster: str, web: WebServer) -> None:
    assert collect(web)["items"] == 4
    later = NOW + timedelta(days=2)

    second = collect(web, later)

    assert (second["items"], second["revised"], second["unchanged"]) == (0, 0, 1)
    assert items.count(cluster) == 4


def test_a_failing_source_is_named_and_stops_nobody(cluster: str, web: WebServer) -> None:
    report = collect_round(Here(), manners(web), NOW)

    assert report.counts["failed"] == 1
    assert [problem.split(":")[0] for problem in report.problems] == ["En panne"]
    assert {h.source.name: h.failures for h in sources.health(cluster)} == {
        "En panne": 1,
        "Journal": 0,
    }


def test_an_edited_article_is_a_revision_and_is_read_again(cluster: str, web: WebServer) -> None:
    collect(web)
    read_round(Here(), cluster, NOW)
    web.answers["/feed"] = Reply(feed("Un lidar automobile voit mieux dans la brume", *TITLES[1:]))

    counts = collect(web, NOW + timedelta(days=1))
    again = read_round(Here(), cluster, NOW + timedelta(days=1))

    assert (counts["items"], counts["revised"]) == (0, 1)
    assert again.counts["read"] == 1


def test_reading_twice_reads_nothing_the_second_time(cluster: str, web: WebServer) -> None:
    collect(web)
    assert read_round(Here(), cluster, NOW).counts == {"read": 4, "tagged": 4}
    assert read_round(Here(), cluster, NOW).counts == {"read": 0, "tagged": 0}


def test_a_new_perimeter_owes_all_readings_again(cluster: str, web: WebServer) -> None:
    collect(web)
    read_round(Here(), cluster, NOW)
    perimeters.load(cluster, "1.1", PERIMETER.replace("[lidar]", "[radar]"), "", NOW)

    assert read_round(Here(), cluster, NOW + timedelta(hours=1)).counts["read"] == 4
    assert shelves.count(cluster, shelves.Asked(technology="lidar")) == 0


def test_a_letter_is_written_and_sent_once(told: str) -> None:
    post = FakePost()
    for _ in range(2):
        write_round(told, WEEK, NOW, SECRET)
        send_round(post, told, lambda: NOW, ME)

    assert [letter.to for letter in post.sent] == ["anna@firme.example"]


def test_next_week_tells_nothing_that_was_told(told: str) -> None:
    write_round(told, WEEK, NOW, SECRET)
    next_week = NOW + timedelta(days=7)

    report = write_round(told, week_of(next_week.date()), next_week, SECRET)

    assert (report.counts["written"], report.counts["silent"]) == (0, 1)


def test_without_a_basis_in_law_nobody_is_written_to(told: str) -> None:
    subscribers.save(told, [reader("b@firme.example", basis=None)])

    report = write_round(told, WEEK, NOW, SECRET)

    assert report.counts["written"] == 1
    assert len(report.problems) == 1
    assert "b@firme.example" not in report.problems[0]


def test_one_refused_letter_stops_no_other(told: str) -> None:
    others = [reader(f"{name}@firme.example") for name in ("b", "c", "d")]
    subscribers.save(told, others)
    post = FakePost({"b@firme.example": Fate.REFUSED, "c@firme.example": Fate.LATER})
    write_round(told, WEEK, NOW, SECRET)

    report = send_round(post, told, lambda: NOW, ME)

    assert {letter.to for letter in post.sent} == {"anna@firme.example", "d@firme.example"}
    assert letters.counts(told) == {"sent": 2, "failed": 1, "queued": 1}
    assert len(report.problems) == 2
    assert subscribers.is_suppressed(told, "b@firme.example")


def test_a_server_that_refuses_everybody_bars_nobody(told: str) -> None:
    names = [f"{name}@firme.example" for name in ("b", "c", "d")]
    subscribers.save(told, [reader(name) for name in names])
    refuses = FakePost(dict.fromkeys([*names, "anna@firme.example"], Fate.REFUSED))
    write_round(told, WEEK, NOW, SECRET)

    report = send_round(refuses, told, lambda: NOW, ME)

    assert "no reader was barred" in report.problems[-1]
    assert not any(subscribers.is_suppressed(told, name) for name in names)
    later = NOW + timedelta(hours=1)
    mended = FakePost()
    send_round(mended, told, lambda: later, ME)
    assert len(mended.sent) == 4


def test_a_letter_that_missed_its_week_is_not_sent_but_its_items_are(told: str) -> None:
    write_round(told, WEEK, NOW, SECRET)
    next_week = NOW + timedelta(days=7)
    post = FakePost()

    send_round(post, told, lambda: next_week, ME)
    write_round(told, week_of(next_week.date()), next_week, SECRET)
    send_round(post, told, lambda: next_week, ME)

    assert len(post.sent) == 1
    assert letters.counts(told) == {"late": 1, "sent": 1}


def test_a_letter_whose_sender_died_goes_once_more_under_the_same_name(told: str) -> None:
    write_round(told, WEEK, NOW, SECRET)
    lost = letters.claim(told, "dead", NOW, timedelta(minutes=5))
    post = FakePost()

    report = send_round(post, told, lambda: NOW, Sender("me", lambda holder: holder == "dead"))

    assert lost is not None
    assert [letter.message_id for letter in post.sent] == [lost.letter.message_id]
    assert report.counts["uncertain"] == 1
    assert letters.counts(told) == {"sent": 1}


def test_a_letter_that_stays_uncertain_is_not_tried_for_ever(told: str) -> None:
    post = FakePost({"anna@firme.example": Fate.UNCERTAIN})
    write_round(told, WEEK, NOW, SECRET)

    for day in range(4):
        later = NOW + timedelta(days=day)
        send_round(post, told, lambda at=later: at, ME)  # type: ignore[misc]

    assert len(post.sent) == 2
    assert letters.counts(told) == {"uncertain": 1}


def test_a_preview_keeps_nothing(told: str) -> None:
    found = drafts(told, WEEK, NOW)

    assert found[0].letter is not None
    assert letters.counts(told) == {}


def test_a_preview_after_the_letter_shows_what_the_letter_said(told: str) -> None:
    before = drafts(told, WEEK, NOW)[0].letter
    write_round(told, WEEK, NOW, SECRET)

    assert drafts(told, WEEK, NOW)[0].letter == before


def test_nothing_is_published_without_an_approver(told: str, tmp_path: Path) -> None:
    period = last_days(NOW.date(), 30)
    with pytest.raises(PublishRefused) as refused:
        publish_round(told, "rien", period, Imprint(""), NOW, tmp_path)
    assert len(refused.value.problems) == 2
    assert list(tmp_path.iterdir()) == []


def test_l05_press_that_is_quoted_without_a_licence_is_flagged_until_one_is_recorded(
    told: str, tmp_path: Path
) -> None:
    period = last_days(NOW.date(), 30)
    imprint = Imprint("Ada")
    models.Source.objects.filter(name="Journal").update(group="trade_press")
    flagged, in_french = (
        publish_round(
            told, "automobile", period, imprint, NOW, tmp_path, with_pdf=False, language=one
        )
        for one in ("en", "fr")
    )
    journal = next(one for one in sources.held(told) if one.name == "Journal")
    sources.set_rights(journal.id, replace(journal.rights, licence="CFC 2026"))
    licensed = publish_round(told, "automobile", period, imprint, NOW, tmp_path, with_pdf=False)

    assert len(flagged.problems) == 1
    assert "(Journal)" in flagged.problems[0]
    assert "CFC" in flagged.problems[0]
    assert in_french.problems[0].startswith("aucune licence n'est notée")
    assert licensed.problems == ()


def test_a_report_published_twice_is_one_edition(told: str, tmp_path: Path) -> None:
    period = last_days(NOW.date(), 30)
    for _ in range(2):
        publish_round(told, "automobile", period, Imprint("Ada"), NOW, tmp_path, with_pdf=False)

    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [f"zoom-automobile-2026-10-21-2026-11-19-{lang}.html" for lang in ("en", "fr")]
    assert "Quatre constructeurs" in (tmp_path / names[1]).read_text("utf-8")
