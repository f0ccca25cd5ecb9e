"""What letters cost, side by side in one run: `python -m bench.post`.

Written: 1,000 personal letters, against a template that is compiled for each, premailer and
EmailMessage. Sent: 500 letters out of an outbox in a real store, against a bare loop of smtplib
over ready bytes, to one mail server. Composed: 10,000 letters from 50,000 items of 90 days, to
readers who all describe their firm; where the items lie is drawn by chance.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import smtplib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from functools import cache, partial
from hashlib import sha256
from statistics import median
from tempfile import mkdtemp
from time import perf_counter, process_time
from typing import Any

NOW = datetime(2026, 11, 19, 9, tzinfo=UTC)
WORDS = (  # noqa: SIM905 - a list of so many words is read as a text
    "lidar caméra laser fibre capteur optique voiture hôpital drone satellite réseau mesure "
    "industrie norme marché brevet projet essai usine énergie lumière image surface couche"
).split()
MARKETS = [f"market-{n}" for n in range(12)]
TECHNOLOGIES = [f"technology-{n}" for n in range(18)]


# -- written ---------------------------------------------------------------------------------


def written(letters: int, rounds: int) -> None:
    """Print what one written letter costs, ours and the peer's, and the ratio."""
    from watch.deliver.message import to_bytes
    from watch.report import letter as craft
    from watch.report import sheet

    digests = [_digest(n) for n in range(letters)]
    values = _values(digests)
    source = sheet.source_of("letter.html", "fr")
    craft.write_letter(digests[0])  # the template is made once, on the first letter

    def make(some: range) -> None:
        for number in some:
            to_bytes(craft.write_letter(digests[number]), NOW)

    def make_as_peer(some: range) -> None:
        for number in some:
            _peer(source, values[number])

    ours, peers = [], []
    share = letters // rounds
    for turn in range(rounds):
        some = range(turn * share, (turn + 1) * share)
        ours.append(_cpu(partial(make, some)) / share)
        peers.append(_cpu(partial(make_as_peer, some)) / share)
    print(
        f"written, {letters:,} letters of 6 lines, CPU a letter: ours {median(ours) * 1e3:.3f} ms, "
        f"compile + premailer + EmailMessage {median(peers) * 1e3:.2f} ms: "
        f"{median(peers) / median(ours):.1f} times less (goal 15)"
    )


def _values(digests: Sequence[Any]) -> list[dict[str, Any]]:
    """Return what our letters put into their template, for the peer to put in as well."""
    from watch.report import letter as craft
    from watch.report import sheet

    kept: list[dict[str, Any]] = []
    true = sheet._template

    class Kept:
        def render(self, **values: Any) -> str:
            kept.append(values)
            return ""

    # Not a template at all, but it is asked for nothing else.
    sheet._template = lambda _name, _language: Kept()
    try:
        for digest in digests:
            craft.write_letter(digest)
    finally:
        sheet._template = true
    return kept


def _peer(source: str, values: dict[str, Any]) -> bytes:
    from jinja2 import Environment
    from premailer import transform

    page = Environment(autoescape=True).from_string(source).render(**values)
    message = EmailMessage()
    message["From"], message["To"] = "veille@pole.example", "zoe@pme.example"
    message["Subject"] = values["page"].subject
    message.set_content(values["page"].opening * 20)
    message.add_alternative(transform(page, keep_style_tags=True, disable_validation=True), "html")
    return message.as_bytes()


def _digest(n: int) -> Any:
    from watch.domain import Digest, Links, Period, Pick, Story, Tagged

    chance = random.Random(n)
    items = [_item(chance, 7 * n + place, NOW) for place in range(6)]
    tags = _tags(items[0].key, chance)
    picks = tuple(Pick(Tagged(one, tags, Story(one.key)), 0.9, tags) for one in items)
    home = "https://veille.pole.example"
    links = Links(*(f"{home}/{door}/{'x' * 56}" for door in "ufpad"))
    period = Period(date(2026, 11, 16), date(2026, 11, 22))
    reader = replace(_reader(n, chance), id=n)
    return Digest(_cluster(), reader, _perimeter(), period, picks, links)


# -- sent ------------------------------------------------------------------------------------


def sent(letters: int, rounds: int) -> None:
    """Print how fast an outbox is sent, and how fast bare smtplib sends the same bytes."""
    from watch.deliver.message import to_bytes
    from watch.deliver.smtp import MailServer, Smtp
    from watch.rounds.send import Sender, send_round
    from watch.store import letters as outbox

    ours, alone, bare, cpu = [], [], [], []
    me = Sender("bench", lambda _: False)
    with _sink() as port:
        for turn in range(rounds):
            _fill_outbox(letters, turn)
            ready = [
                (row.letter, to_bytes(row.letter, NOW))
                for row in outbox.rows("bench", letters, ["queued"])
            ]
            bare.append(_wall(partial(_bare, port, ready)))
            way = Smtp(MailServer("127.0.0.1", port))
            alone.append(_wall(partial(_alone, way, ready)))
            began = process_time()
            ours.append(_wall(partial(send_round, way, "bench", lambda: NOW, me)))
            cpu.append(process_time() - began)
            way.close()
            assert outbox.counts("bench") == {"sent": letters * (turn + 1)}
    print(
        f"sent, {letters} letters a round, {rounds} rounds: out of the store "
        f"{letters / median(ours):.0f}/s ({median(cpu) / letters * 1e3:.2f} ms of CPU each), "
        f"bare smtplib {letters / median(bare):.0f}/s: "
        f"{_speed(bare, ours):.2f} of its speed (goal 0.9); our post without the store "
        f"{letters / median(alone):.0f}/s: {_speed(bare, alone):.2f}"
    )


def _speed(peer: Sequence[float], ours: Sequence[float]) -> float:
    """Return the median of the rounds' ratios: a machine's own speed drifts between rounds."""
    return median(one / other for one, other in zip(peer, ours, strict=True))


def _bare(port: int, ready: Sequence[tuple[Any, bytes]]) -> None:
    with smtplib.SMTP("127.0.0.1", port) as line:
        for letter, content in ready:
            line.sendmail(letter.sender, [letter.to], content)


def _alone(way: Any, ready: Sequence[tuple[Any, bytes]]) -> None:
    """Send as a round does, each letter foreseen while the one before is answered."""
    letters = [letter for letter, _content in ready]
    for letter, following in zip(letters, [*letters[1:], None], strict=True):
        assert way.send(letter, NOW, partial(_same, following)).fate.value == "sent"
        way.proceed()


def _same(letter: Any) -> Any:
    return letter


def _fill_outbox(count: int, turn: int) -> None:
    from watch.domain import Period
    from watch.report.letter import write_letter
    from watch.store import letters as outbox
    from watch.store import subscribers
    from watch.store.transaction import writing

    period = Period(date(2026, 11, 16), date(2026, 11, 22))
    with writing():
        chance = random.Random(turn)
        readers = [_reader(turn * count + n, chance) for n in range(count)]
        subscribers.save("bench", readers)
        known = {one.email: one.id for one in subscribers.every("bench")}
        for n, reader in enumerate(readers):
            letter = replace(write_letter(_digest(n)), to=reader.email)
            key = sha256(reader.email.encode()).hexdigest()[:32]
            letter = replace(letter, key=key, message_id=f"<{key}@pole.example>")
            outbox.post("bench", known[reader.email], letter, period, {key: key}, NOW)


@contextmanager
def _sink() -> Iterator[int]:
    """A mail server in a process of its own."""
    command = [sys.executable, "-m", "bench.post", "--sink"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin
        assert server.stdout
        try:
            yield int(server.stdout.readline())
        finally:
            server.stdin.close()


async def _serve() -> None:
    from aiosmtpd.smtp import SMTP

    class Taker:
        async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd calls it so
            return "250 OK"

    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Taker(), loop=loop), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


# -- composed --------------------------------------------------------------------------------


def composed(readers: int, items: int, days: int) -> None:
    """Print how long all letters of a large cluster take, from the store into the outbox."""
    from watch.domain import Period
    from watch.rounds import tell
    from watch.store import letters as outbox
    from watch.store import subscribers
    from watch.store.transaction import writing

    _stock(items, days)
    chance = random.Random(2)
    with writing():
        subscribers.save("bench", [_described(10**6 + n, chance) for n in range(readers)])
    tell.LOOK_BACK = timedelta(days=days)
    period = Period(date(2026, 11, 16), date(2026, 11, 22))
    before = sum(outbox.counts("bench").values())
    began, cpu = perf_counter(), process_time()
    report = tell.write_round("bench", period, NOW, b"secret")
    wall, cpu = perf_counter() - began, process_time() - cpu
    made = sum(outbox.counts("bench").values()) - before
    print(
        f"composed, {items:,} items of {days} days, {made:,} letters of "
        f"{report.counts['written'] + report.counts['silent']:,} readers: {wall:.0f} s, "
        f"{cpu:.0f} s of CPU in one process, from the store into the outbox (goal 300 s)"
    )


def _stock(count: int, days: int) -> None:
    import numpy as np

    from watch.domain import Source, WebUrl
    from watch.rounds.read import settle_again
    from watch.store import items, sources, tags
    from watch.store.items import Enriched
    from watch.store.transaction import writing
    from watch.text.meaning import embedder, normal

    model = embedder()
    numbers = np.random.default_rng(1)
    source, _ = sources.add("bench", Source(WebUrl("https://s.example/feed"), "S"), NOW)
    chance = random.Random(1)
    for start in range(0, count, 5_000):
        some = []
        for n in range(start, min(start + 5_000, count)):
            at = NOW - timedelta(days=days) * chance.random()
            some.append(replace(_item(chance, 10**7 + n, at), source=source.id))
        with writing():
            items.keep(some, NOW)
            owed = items.owed(0, 10_000)
            lies = normal(numbers.normal(size=(len(owed), model.size)).astype("f4")).astype("f2")
            enriched = [
                Enriched(one.id, one.item.digest, "fr", b"", "", vector=row.tobytes())
                for one, row in zip(owed, lies, strict=True)
            ]
            items.enrich(enriched, model.id)
            found = [tag for one in some for tag in _tags(one.key, chance)]
            tags.keep_readings("bench", ["phrases/1"], 1, some, found, NOW)
            settle_again("bench", [one.key for one in some])


# -- what all of it is made of ---------------------------------------------------------------


def _item(chance: random.Random, n: int, at: datetime) -> Any:
    from watch.domain import Item, WebUrl

    key = sha256(str(n).encode()).hexdigest()[:32]
    return Item(
        key=key,
        url=WebUrl(f"https://journal.example/article/{n}"),
        title=" ".join(chance.choices(WORDS, k=9)).capitalize(),
        text=" ".join(chance.choices(WORDS, k=60)),
        language="fr",
        published_at=at,
        first_seen_at=at,
        source=1,
        outlet=f"Journal {n % 40}",
        digest=key,
    )


def _tags(item: str, chance: random.Random) -> tuple[Any, ...]:
    from watch.domain import Axis, Tag

    return (
        Tag(item, Axis.TECHNOLOGY, chance.choice(TECHNOLOGIES), 0.9, "phrases/1", ("laser",)),
        Tag(item, Axis.MARKET, chance.choice(MARKETS), 0.9, "phrases/1", ("voiture",)),
    )


def _reader(n: int, chance: random.Random) -> Any:
    from watch.domain import Axis, Basis, Interest, Subscriber

    wishes = [Interest(Axis.MARKET, one) for one in chance.sample(MARKETS, 2)]
    wishes += [Interest(Axis.TECHNOLOGY, one) for one in chance.sample(TECHNOLOGIES, 3)]
    basis = Basis("member", "bench", date(2026, 1, 5))
    return Subscriber(
        0, "bench", f"r{n}@firm{n % 50}.example", "R", "F", "fr", tuple(wishes), basis
    )


def _described(n: int, chance: random.Random) -> Any:
    """Return a reader who says in a sentence of his own what his firm does, and watches words."""
    firm = f"Firme {n} : " + " ".join(chance.choices(WORDS, k=25))
    return replace(_reader(n, chance), about=firm, watch_words=tuple(chance.sample(WORDS, 2)))


def _cluster() -> Any:
    from watch.domain import Cluster

    return Cluster("bench", "Bench", sender_address="veille@pole.example")


_TEXT = "\n".join(
    [
        'schema: perimeter/1\nid: bench\nversion: "1.0"\nlabel: {fr: "B", en: "B"}',
        'purpose: {fr: "B.", en: "B."}\nlanguages: [fr, en]',
        *(
            f"{axis}:\n"
            + "\n".join(
                f'  - id: {one}\n    label: {{fr: "{one}", en: "{one}"}}\n'
                f"    terms: {{fr: [{one}], en: [{one}]}}"
                for one in topics
            )
            for axis, topics in (("markets", MARKETS), ("technologies", TECHNOLOGIES))
        ),
    ]
)


@cache
def _perimeter() -> Any:
    from watch.rounds.tasks import perimeter_of

    return perimeter_of(_TEXT)


def _cpu(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def _wall(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def _furnish() -> None:
    os.environ |= {"ZOOM_MARCHE_HOME": mkdtemp(), "ZOOM_MARCHE_DATABASE": ""}
    os.environ["DJANGO_SETTINGS_MODULE"] = "watch.settings"
    import django

    django.setup()
    from watch.store import clusters, perimeters
    from watch.store.transaction import prepare

    prepare()
    clusters.save(_cluster())
    perimeters.load("bench", "1.0", _TEXT, "", NOW)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what was asked for and print a line each."""
    parser = argparse.ArgumentParser(prog="python -m bench.post", description=__doc__)
    parser.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--letters", type=int, default=1_000, help="written (%(default)s)")
    parser.add_argument("--sent", type=int, default=500, help="sent a round (%(default)s)")
    parser.add_argument("--readers", type=int, default=10_000, help="(%(default)s)")
    parser.add_argument("--items", type=int, default=50_000, help="(%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="(%(default)s)")
    parser.add_argument("parts", nargs="*", help="written, sent, composed; all by default")
    asked = parser.parse_args(arguments)
    if asked.sink:
        asyncio.run(_serve())
        return
    _furnish()
    parts = asked.parts or ["written", "sent", "composed"]
    if "written" in parts:
        written(asked.letters, asked.rounds)
    if "sent" in parts:
        sent(asked.sent, asked.rounds)
    if "composed" in parts:
        composed(asked.readers, asked.items, 90)


if __name__ == "__main__":
    main()
