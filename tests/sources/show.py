"""Print what an officer is told of each site in `sites.py`: `python -m tests.sources.show fr`.

Somebody who is no programmer should understand every line of it, at 80 columns.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.terminal import ROOT, Answer, typed
from tests.doors import WebServer
from tests.shared import unpacked
from tests.sources.sites import Real, Site, sites

PHOTONICS = str(ROOT / "config" / "perimeters" / "photonique.yaml")


def every_site(folder: Path) -> Iterator[Site]:
    """Yield the sites, their real pages and feeds unpacked under a folder."""
    for name in ("feeds", "pages"):
        (folder / name).mkdir()
    feeds = unpacked("feeds-realmix", folder / "feeds")
    yield from sites(Real(feeds, unpacked("pages-readability", folder / "pages")))


def furnished(home: Path) -> Path:
    """Return a home that has a perimeter and may visit no address inside yet."""
    typed(home, ["init"], ["perimeter", "load", PHOTONICS])
    return home


def checked(site: Site, home: Path, language: str) -> tuple[str, Answer]:
    """Return the address of a site while it stands, and what `source check` says of it."""
    with WebServer({}) as web:
        web.answers.update(site.answers(web.url("")))
        place = f"127.0.0.1:{web.address[1]}"
        opened = f'open_addresses = ["{place}"]\npause_seconds = 0.0\ndeadline_seconds = 5\n'
        named = f'[collect.directory]\n"{site.host}:{web.address[1]}" = "{place}"\n'
        (home / "watch.toml").write_text(f"[collect]\n{opened}{named}", encoding="utf-8")
        address = web.url(site.start, site.host)
        [answer] = typed(home, ["source", "check", address], language=language, COLUMNS="80")
    return address, answer


def main(language: str) -> None:
    """Print them all."""
    with TemporaryDirectory() as folder:
        home = furnished(Path(folder, "home"))
        for number, site in enumerate(every_site(Path(folder)), 1):
            address, answer = checked(site, home, language)
            print(f"\n== {number}. {site.name}\n$ zoom-marche source check {address}")  # noqa: T201
            print(answer.out + answer.err, end="")  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:2] or ["en"])
