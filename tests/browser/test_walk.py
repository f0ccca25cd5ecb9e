"""The whole way of a reader, once, through the product's own doors and nothing else.

A real home, the command line, the web app as `serve` runs it, a mail server on the loopback, and a
browser as wide as a phone.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from ssl import SSLContext
from time import monotonic, sleep
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from tests.cli.terminal import ROOT, typed
from tests.conftest import PERIMETER
from tests.post_server import PostServer, free_port
from tests.tls import certificate, https_before

READER, COLLEAGUE = "lectrice@pme.example", "collegue@pme.example"
MEMBERS = """\
email;nom;entreprise;langue;marchés;technologies;base légale;origine;depuis
{email};Lectrice;PME d'essai;fr;automobile;lidar;membre;Adhésion inventée;2026-01-05
"""
FIRST = (
    "Un lidar voit loin dans le brouillard en voiture",
    "Une automobile se gare seule grâce à son lidar",
    "Le prix du lidar tombe : la voiture de série s'en équipe",
    "Le laser opère à l'hôpital de Valorne",
    "À la clinique, la santé de l'œil confiée au laser",
    "Un laser soigne la peau : essai à l'hôpital",
)
LATER = (
    "Usine de lidar à Morlande : mille voitures par mois",
    "Rappel de voiture : un lidar mal collé",
    "Essai nocturne : ce lidar distingue le piéton de la voiture",
)
NEXT_WEEK = """
import sys
import django; django.setup()
from datetime import UTC, datetime, timedelta
from django.conf import settings
from watch.deliver.smtp import MailServer, Smtp
from watch.rounds.calendar import week_of
from watch.rounds.send import Sender
from watch.rounds.tell import tell_round
from watch.schedule import holder, is_gone
later = datetime.now(UTC) + timedelta(days=7)
way, secret = Smtp(MailServer("127.0.0.1", int(sys.argv[1]))), settings.SECRET_KEY.encode()
sender = Sender(holder(), is_gone)
print(tell_round(way, "essai", week_of(later.date()), lambda: later, secret, sender))
way.close()
"""


@dataclass(frozen=True)
class Site:
    """Where the pages are, and whom to trust there."""

    address: str
    trusted: SSLContext

    def answers(self, address: str, body: bytes | None = None) -> bool:
        """Ask for a page, or post to it, as a mail program does."""
        tls = self.trusted if address.startswith("https:") else None
        try:
            with urlopen(Request(address, body), timeout=10, context=tls) as reply:
                return bool(reply.status == 200)
        except URLError:
            return False


@pytest.fixture
def post() -> Iterator[PostServer]:
    with PostServer() as server:
        yield server


@pytest.fixture
def home(tmp_path: Path, post: PostServer) -> Path:
    """Furnish a home as an officer does, up to the eve of the first letter."""
    home = tmp_path / "home"
    settings = f'[post]\nkind = "smtp"\nport = {post.port}\n[web]\nhttps = true\n'
    perimeter = written(tmp_path / "essai.yaml", PERIMETER)
    told(home, ["init"])
    written(home / "watch.toml", settings)
    told(
        home,
        ["perimeter", "load", perimeter],
        ["cluster", "set", "--sender-address", "veille@essai.example", "--sender-name", "Camille"],
        ["cluster", "set", "--postal-address", "1 rue inventée, 00000 Essai"],
        ["source", "drop", written(tmp_path / "fonds.csv", table(FIRST)), "--name", "Journal"],
        ["subscriber", "import", written(tmp_path / "a.csv", MEMBERS.format(email=READER))],
        ["read"],
    )
    return home


@pytest.fixture
def site(home: Path, tmp_path: Path) -> Iterator[Site]:
    """Open the web app of the home as an officer does, behind https; the letters lead to it."""
    port = free_port()
    theirs, ours = certificate(tmp_path)
    words = [sys.executable, "-m", "watch", "serve", "--port", str(port)]
    with https_before(port, theirs) as front:
        site = Site(f"https://localhost:{front}", ours)
        told(home, ["cluster", "set", "--base-url", site.address])
        serving = subprocess.Popen(words, env=env(home), cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            until = monotonic() + 30
            while not site.answers(f"http://127.0.0.1:{port}/robots.txt"):
                assert monotonic() < until
                assert serving.poll() is None
                sleep(0.1)
            yield site
        finally:
            serving.terminate()
            serving.wait(10)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_receive_open_vote_choose_leave_and_stay_away(
    home: Path, post: PostServer, site: Site, page: Page, tmp_path: Path
) -> None:
    # Receive.
    told(home, ["tell"])
    [(to, raw)] = post.kept
    assert to == (READER,)
    letter = message_from_bytes(raw, policy=policy.default)

    # Open it on a phone.
    page.set_viewport_size({"width": 360, "height": 740})
    opened(page, letter)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for title in FIRST[:3]:
        expect(page.get_by_role("link", name=title)).to_be_visible()

    # Vote: the link asks, the button says.
    page.get_by_role("link", name="Utile").first.click()
    assert page.url.startswith(f"{site.address}/f/")
    expect(page.get_by_label("Utile")).to_be_checked()
    assert "aucun avis" in told(home, ["subscriber", "votes"])[0]
    page.get_by_role("button", name="Donner cet avis").click()
    assert "1 lettre, utile\u00a0: 1" in told(home, ["subscriber", "votes"])[0]

    # Change the profile, and see the preview change: first tried, then kept.
    opened(page, letter)
    page.get_by_role("link", name="Modifier mes choix, ou faire une pause").click()
    preview = page.locator("section", has_text="Ce que les quatre dernières semaines")
    for title in FIRST[3:]:
        expect(preview).not_to_contain_text(title)
    page.get_by_label("Automobile").uncheck()
    page.get_by_label("Santé").check()
    page.get_by_text("Technologies").first.click()
    page.get_by_label("Lidar").uncheck()
    page.get_by_label("Laser").check()
    page.get_by_role("button", name="Voir ce qu’ils apporteraient").click()
    for title in FIRST[3:]:
        expect(preview).to_contain_text(title)
    assert topics(home) == {"automobile", "lidar"}
    page.get_by_role("button", name="Retenir mes choix").click()
    for title in FIRST[3:]:
        expect(preview).to_contain_text(title)
    assert topics(home) == {"sante", "laser"}

    # Leave, by the one click of a mail program.
    leave = leaving(letter)
    assert site.answers(leave)
    assert kept(home)["reader"]["is_active"]
    assert site.answers(leave, b"List-Unsubscribe=One-Click")
    assert not kept(home)["reader"]["is_active"]

    # The officer imports his list again; her colleague is new on it.
    members = MEMBERS.format(email=READER.upper()) + MEMBERS.format(email=COLLEAGUE).splitlines()[1]
    more = written(tmp_path / "more.csv", table(LATER))
    again, *_ = told(
        home,
        ["subscriber", "import", written(tmp_path / "b.csv", members)],
        ["source", "drop", more, "--name", "Journal"],
        ["read"],
    )
    assert "ajoutés\u00a0: 1, modifiés\u00a0: 0, lignes avec une remarque\u00a0: 1" in again
    assert "LECTRICE@pme.example\u00a0: à ne plus contacter" in again

    # And stay away: the next letters are her colleague's alone.
    told(home, ["tell"])
    run_next_week(home, post.port)
    assert {to for to, _ in post.kept[1:]} == {(COLLEAGUE,)}
    assert not kept(home)["reader"]["is_active"]


def told(home: Path, *lines: Sequence[str]) -> list[str]:
    """Return what the terminal says, in French, to lines each of which it obeys."""
    said = typed(home, *lines, language="fr")
    assert [one.code for one in said] == [0] * len(lines), said
    return [one.out + one.err for one in said]


def kept(home: Path) -> dict[str, Any]:
    """Return all that is kept of the reader."""
    [said] = told(home, ["privacy", "export", READER])
    found = json.loads(said)
    assert isinstance(found, dict)
    return found


def topics(home: Path) -> set[str]:
    return {one["topic"] for one in kept(home)["reader"]["interests"]}


def table(titles: Sequence[str]) -> str:
    """Return a file of publications of yesterday."""
    day = datetime.now(UTC).date() - timedelta(days=1)
    rows = [f"{one};https://journal.example/{quote(one)};{day};{one}." for one in titles]
    return "\n".join(["titre;url;date;résumé", *rows])


def written(path: Path, text: str) -> str:
    path.write_text(text, "utf-8")
    return str(path)


def opened(page: Page, letter: EmailMessage) -> None:
    """Open the HTML part of a letter, as a mail program does."""
    part = letter.get_body(("html",))
    assert part is not None
    page.set_content(part.get_content())


def leaving(letter: EmailMessage) -> str:
    """Return where one click unsubscribes (RFC 8058), as the letter's headers say."""
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    found = re.search(r"<(https://[^>\s]+)>", letter["List-Unsubscribe"])
    assert found
    return found[1]


def run_next_week(home: Path, port: int) -> None:
    words = [sys.executable, "-c", NEXT_WEEK, str(port)]
    subprocess.run(words, env=env(home), cwd=ROOT, check=True)


def env(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name[:12] != "ZOOM_MARCHE_"}
    django = {"DJANGO_SETTINGS_MODULE": "watch.settings", "PYTHONPATH": str(ROOT)}
    return {**kept, **django, "ZOOM_MARCHE_HOME": str(home), "ZOOM_MARCHE_LANGUAGE": "fr"}
