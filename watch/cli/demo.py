"""`demo`: the real rounds on an invented web, ending in letters and a report to look at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree
from typing import TYPE_CHECKING

import click

from watch.cli.desk import (
    LANGUAGE,
    _,
    engine,
    manners,
    now,
    open_store,
    progress,
    say,
    say_report,
    secret,
)
from watch.domain import Cluster, Report
from watch.engine import Engine
from watch.errors import Problem, WatchError
from watch.settings import HOME

if TYPE_CHECKING:
    from watch.demo.web import SampleWeb

__all__ = ["demo"]

CLUSTER = "photonique"
MARKET = "automobile"
ZOOM_DAYS = 60
PASSWORD = "demonstration"  # noqa: S105 - of invented people, on a loopback address
PEOPLE = {
    "officer@demo.example": ("Camille Veilleur", "officer", "staff"),
    "expert@demo.example": ("Dominique Savant", "expert", "academia"),
    "reader@demo.example": ("Sacha Lecteur", "reader", "industry"),
}


@click.command(
    help=_(
        "Show the watch at work on an invented web. It visits the sites, tags what they say, "
        "writes six firms their letters and publishes a Zoom-Marché. Run it again: nothing "
        "comes twice."
    )
)
@click.option("--fresh", is_flag=True, help=_("Begin anew, as on the first day."))
@click.option("--serve", "is_serving", is_flag=True, help=_("Then open the web app on it."))
@click.option("--port", default=8000, show_default=True, help=_("Of the web app."))
def demo(fresh: bool, is_serving: bool, port: int) -> None:
    """Run the demonstration."""
    _prepare_home(fresh)
    open_store(must_exist=False)
    began = now()
    with _sample_web() as (web, anchor):
        _furnish(began)
        with engine() as pool:
            reports = _rounds(pool, web, anchor, began)
        _summarise(reports, began)
        if is_serving:
            _serve(port)


def _prepare_home(fresh: bool) -> None:
    if fresh and HOME.exists():
        if not (HOME / "demo.json").exists():
            raise WatchError(
                Problem(str(HOME), _("this is no demonstration"), _("choose another --home"))
            )
        rmtree(HOME)
    HOME.mkdir(parents=True, exist_ok=True)


@contextmanager
def _sample_web() -> Iterator[tuple[SampleWeb, datetime]]:
    """Serve the invented web as of the instant at which the demonstration was first run."""
    from watch.demo.web import ADVERTISED_PORT, SampleWeb

    path = HOME / "demo.json"
    kept = json.loads(path.read_text("utf-8")) if path.exists() else {}
    anchor = datetime.fromisoformat(kept["anchor"]) if kept else now()
    visit = int(kept.get("visits", 0)) + 1
    path.write_text(json.dumps({"anchor": anchor.isoformat(), "visits": visit}), "utf-8")
    try:
        web = SampleWeb(anchor, ADVERTISED_PORT, visit)
    except OSError:
        # Somebody else has the port that the links name: only clicking on them will not work.
        web = SampleWeb(anchor, 0, visit)
    with web:
        yield web, anchor


def _furnish(began: datetime) -> None:
    """Fill the home with a cluster, its perimeter, sources, readers and people."""
    from watch.demo.web import MEMBERS, feeds
    from watch.perimeter.read import read
    from watch.routing.members import read_members
    from watch.shipped import folder
    from watch.store import clusters, people, perimeters, sources, subscribers
    from watch.store.transaction import prepare

    prepare()
    clusters.save(_CLUSTER)
    perimeter = read((folder() / "perimeters" / "photonique.yaml").read_text("utf-8"))
    perimeters.load(CLUSTER, perimeter.version, perimeter.written, "demo", began)
    for source in feeds():
        sources.add(CLUSTER, source, began)
    members = read_members(MEMBERS.read_bytes(), perimeter, CLUSTER, began.date(), LANGUAGE)
    subscribers.save(CLUSTER, members.subscribers)
    for username, (name, role, college) in PEOPLE.items():
        people.add(CLUSTER, username, name, people.Role(role), college, PASSWORD)
    sources.postpone(CLUSTER, began)


def _rounds(pool: Engine, web: SampleWeb, anchor: datetime, began: datetime) -> list[Report]:
    from watch.deliver.folder import Folder
    from watch.demo.web import directory, open_addresses
    from watch.rounds.calendar import last_days, today, week_of
    from watch.rounds.collect import collect_round
    from watch.rounds.enrich import enrich_round
    from watch.rounds.publish import Imprint, publish_round
    from watch.rounds.read import read_round
    from watch.rounds.send import Sender
    from watch.rounds.tell import tell_round
    from watch.schedule import holder, is_gone
    from watch.text.meaning import embedder

    ways = replace(
        manners(),
        pause=timedelta(),
        open_addresses=open_addresses(web.port),
        directory=directory(web.port),
    )
    day = today(began, _CLUSTER.timezone)
    with progress(_("Visiting")) as said:
        collected = collect_round(pool, ways, began, CLUSTER, language=LANGUAGE, said=said)
    with progress(_("Enriching")) as said:
        enriched = enrich_round(pool, began, said, embedder())
    with progress(_("Reading")) as said:
        read = read_round(pool, CLUSTER, began, said, HOME / "learners", LANGUAGE)
    post = Folder(HOME / "letters")
    sender = Sender(holder(), is_gone, language=LANGUAGE)
    told = tell_round(post, CLUSTER, week_of(day), now, secret(), sender)
    imprint = Imprint("Camille Veilleur", ("Camille Veilleur",), "public")
    period = last_days(anchor.date(), ZOOM_DAYS)
    published = publish_round(
        CLUSTER, MARKET, period, imprint, began, HOME / "reports", language=LANGUAGE
    )
    whole = replace(collected, counts={**collected.counts, "joined": enriched.counts["joined"]})
    return [whole, read, told, published]


def _summarise(reports: list[Report], began: datetime) -> None:
    from watch.store import items, letters

    say()
    say(_("Demonstration: sites, firms, people and texts are invented."))
    for report in reports:
        say_report(report)
    say()
    say(
        _("In the store now: {items} items, {letters} letters. It took {seconds} seconds.").format(
            items=items.count(CLUSTER),
            letters=sum(letters.counts(CLUSTER).values()),
            seconds=round((now() - began).total_seconds()),
        )
    )
    say(_("To look at:"))
    for path in [*sorted((HOME / "reports").iterdir()), *_readable_letters()]:
        say(f"  {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    say(_("The same letters as messages (.eml) are beside them."))
    say(_("The web app on these data: make serve, or zoom-marche demo --serve"))


def _readable_letters() -> list[Path]:
    """Write the letters as pages too: a browser opens them, a message wants a mail program."""
    from watch.store import letters

    paths = []
    for row in letters.rows(CLUSTER):
        path = HOME / "letters" / f"{row.letter.to.partition('@')[2].partition('.')[0]}.html"
        if path not in paths:  # the newest of each firm comes first
            path.write_text(row.letter.html, "utf-8")
            paths.append(path)
    return sorted(paths)


def _serve(port: int) -> None:
    from watch.cli.serve import answer

    say()
    for username, (_name, role, _college) in PEOPLE.items():
        say(f"  {role:8}  {username}  {PASSWORD}")
    answer("127.0.0.1", port)


_CLUSTER = Cluster(
    CLUSTER,
    "Pôle Lumière (démonstration)",
    sender_name="Camille Veilleur",
    sender_address="veille@pole-lumiere.example",
    postal_address="1 allée des Prismes, 91000 Exempleville",
)
