"""A report on paper: tagged, in its language, and deaf to every address."""

from __future__ import annotations

import re
import shutil
import subprocess
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.report.editions import edition
from watch.domain import Pages
from watch.report.pdf import to_pdf
from watch.report.zoom import write_zoom

pytest.importorskip("weasyprint", reason="the extra `pdf` is not installed")


def asked(tool: str, pdf: bytes, tmp_path: Path, *options: str) -> str:
    """Return what a PDF tool says of the document, or skip where the tool is not installed."""
    if not shutil.which(tool):
        pytest.skip(f"{tool} is not installed")
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf)
    return subprocess.run(
        [tool, *options, str(path), *(["-"] if tool == "pdftotext" else [])],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def unpacked(pdf: bytes) -> bytes:
    """Return the objects of the document as they stand when nothing is compressed."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"\n".join(_inflated(stream) for stream in streams)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:  # not compressed
        return stream


@pytest.fixture(scope="module")
def pdf() -> bytes:
    return to_pdf(write_zoom(edition(), "fr"))


def test_a_report_is_a_pdf_with_its_words_and_page_numbers(pdf: bytes, tmp_path: Path) -> None:
    text = asked("pdftotext", pdf, tmp_path, "-layout")

    assert pdf.startswith(b"%PDF-")
    assert "Zoom-Marché · Automobile" in text
    assert "Un lidar moins cher" in text
    assert re.search(r"2 ?/ ?\d", text)


def test_the_essentials_are_the_second_page(pdf: bytes, tmp_path: Path) -> None:
    second = asked("pdftotext", pdf, tmp_path, "-f", "2", "-l", "2")

    assert "L’essentiel" in second
    assert "Degré de confiance" in second


def test_a_pdf_is_tagged_and_names_its_title_and_language(pdf: bytes, tmp_path: Path) -> None:
    said = asked("pdfinfo", pdf, tmp_path)

    assert re.search(r"Title:\s+Zoom-Marché · Automobile", said)
    assert re.search(r"Tagged:\s+yes", said)
    assert re.search(r"JavaScript:\s+no", said)
    assert b"/Lang (fr)" in unpacked(pdf)


def test_a_chart_has_its_words_in_the_pdf(pdf: bytes) -> None:
    assert unpacked(pdf).count(b"/S /Figure") == unpacked(pdf).count(b"/Alt ") == 4


def test_a_document_that_asks_for_addresses_gets_none(tmp_path: Path) -> None:
    visits: list[str] = []

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_error(404)

        def log_message(self, *words: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Door)
    Thread(target=server.serve_forever, daemon=True).start()
    web = f"http://127.0.0.1:{server.server_port}"
    secret = tmp_path / "secret.css"
    secret.write_text("body::after { content: 'SECRET' }")
    html = f"""<!doctype html><html lang="en"><title>T</title>
        <link rel="stylesheet" href="{web}/a.css"><link rel="stylesheet" href="{secret.as_uri()}">
        <style>@import url({web}/b.css); body {{ background: url({web}/c.png) }}</style>
        <p>Words</p><img alt="" src="{web}/d.png"><img alt="" src="{secret.as_uri()}">
        <object data="{web}/e.svg"></object>"""

    pdf = to_pdf(Pages("T", "en", html))
    server.shutdown()
    server.server_close()

    assert visits == []
    assert "SECRET" not in asked("pdftotext", pdf, tmp_path)
