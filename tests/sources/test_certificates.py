"""N24: who cannot prove who he is, is not believed."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.doors import Reply, WebServer
from watch.domain import Harvest, Manners, Outcome, Source, Trip, Visit, WebUrl
from watch.sources.door import pool
from watch.sources.travel import travel

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><item><title>Un laser</title></item></channel></rss>"


class Authority:
    """Somebody who vouches for names, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.run("req", "-x509", *self._new("ca"), "-subj", "/CN=Authority", "-days", "30")

    def run(self, *words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=self.folder)

    def _new(self, name: str) -> list[str]:
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        return [*key, "-keyout", f"{name}.key", "-out", f"{name}.pem"]

    def vouch(self, name: str, days: int = 30) -> ssl.SSLContext:
        """Return what a server shows that is vouched for under a name; days below 0: expired."""
        self.run("req", *self._new("site"), "-subj", f"/CN={name}")
        (self.folder / "names").write_text(f"subjectAltName=DNS:{name}\n")
        self.run(
            "x509", "-req", "-in", "site.pem", "-out", "signed.pem", "-extfile", "names",
            "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", str(days),
        )  # fmt: skip
        return self._shown("signed.pem", "site.key")

    def alone(self, name: str) -> ssl.SSLContext:
        """Return what a server shows that vouches for itself."""
        names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"]
        self.run("req", "-x509", *self._new("own"), *names)
        return self._shown("own.pem", "own.key")

    def _shown(self, certificate: str, key: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / certificate, self.folder / key)
        return context


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that this machine believes."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to write a certificate with")
    made = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    pool.trusted.cache_clear()
    yield made
    pool.trusted.cache_clear()


def harvest(shown: ssl.SSLContext) -> tuple[Harvest, WebServer]:
    with WebServer({"/feed": Reply(FEED)}, tls=shown) as web:
        how = Manners(
            deadline=timedelta(seconds=3),
            pause=timedelta(),
            robots=False,
            open_addresses=frozenset({web.address}),
            directory={"site.example:443": web.address},
        )
        visit = Visit(Source(WebUrl("https://site.example/feed"), "a source"))
        return travel([Trip("site.example", (visit,))], NOW, how)[0], web


def test_n24_a_site_that_is_vouched_for_is_read(authority: Authority) -> None:
    found, _ = harvest(authority.vouch("site.example"))

    assert (found.outcome, found.reason) == (Outcome.NEWS, "")


@pytest.mark.parametrize("case", ["N24 expired", "N24 self-signed", "N24 another host's"])
def test_a_site_that_cannot_prove_who_it_is_is_asked_nothing(
    authority: Authority, case: str
) -> None:
    shown = {
        "N24 expired": lambda: authority.vouch("site.example", -1),
        "N24 self-signed": lambda: authority.alone("site.example"),
        "N24 another host's": lambda: authority.vouch("other.example"),
    }[case]()
    found, web = harvest(shown)

    assert (found.outcome, found.reason) == (Outcome.FAILED, "certificate")
    assert web.asked == []
