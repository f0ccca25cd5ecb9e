"""How well pages are read: their text, their titles, their days, beside what others make of them.

Every measure takes a folder: the set's own (with `data.tar.xz`) or its unpacked content.
"""

from __future__ import annotations

import json
import re
import tarfile
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from htmldate import find_date
from lxml import html
from trafilatura import extract

from watch.sources.pages.article import article_text
from watch.sources.pages.markup import parse
from watch.sources.pages.published import published_on
from watch.sources.pages.title import page_title

_LATER = datetime(2026, 11, 25, tzinfo=UTC)
_OPTIONS: dict[str, Any] = {"include_comments": False, "include_tables": True}
_BESIDE = "pages-readability"

Extractor = Callable[[bytes], str]


@dataclass(frozen=True, slots=True)
class Paged:
    """One page of a set: its address or name, its bytes, what is expected of it."""

    url: str
    body: bytes
    expected: Mapping[str, Any]


def extraction(folder: Path, most: int = 0) -> dict[str, dict[str, float]]:
    """Return a row per extractor and page set: segments' F1, and words' F1 of whole texts.

    The folder is one of segments (`evaldata.json`) or of expected texts (`expected.html`); the
    other development set that lies beside it is measured too. `most` pages of each, 0 for all.
    """
    rows: dict[str, dict[str, float]] = {}
    beside = folder.parent / _BESIDE
    for place in (folder, beside) if beside.exists() and beside != folder else (folder,):
        with unpacked(place) as root:
            pages = sample(segmented(root) or whole(root), most)
        by = "segments" if pages and "with" in pages[0].expected else "words"
        for name, extractor in EXTRACTORS.items():
            rows[f"{by}.{name}"] = _row(pages, extractor, by)
    return rows


def titles(folder: Path, most: int = 0) -> dict[str, dict[str, float]]:
    """Return the share of titles that are exact: letter by letter, and as `normal` has them."""
    with unpacked(folder) as root:
        pages = [page for page in sample(whole(root), most) if page.expected.get("title")]
    pairs = []
    for page in pages:
        read = parse(page.body)
        pairs.append((page_title(read) if read else "", str(page.expected["title"])))
    strict = sum(" ".join(one.split()) == " ".join(other.split()) for one, other in pairs)
    same = sum(normal(one) == normal(other) for one, other in pairs)
    return {
        "ours": {"exact": same / len(pairs), "strict": strict / len(pairs), "pages": len(pairs)}
    }


def dates(folder: Path, most: int = 0) -> dict[str, dict[str, float]]:
    """Return F1 of exact days, as htmldate's evaluation counts it: right, wrong, not found."""
    with unpacked(folder) as root:
        pages = sample(dated(root), most)

    def ours(page: Paged) -> str | None:
        read = parse(page.body, page.url)
        day = published_on(read, _LATER) if read else None
        return day.isoformat() if day else None

    def theirs(page: Paged, *, is_first: bool) -> str | None:
        return find_date(page.body, extensive_search=True, original_date=is_first)

    return {
        "ours": _days(pages, ours),
        "htmldate.original": _days(pages, lambda page: theirs(page, is_first=True)),
        "htmldate.default": _days(pages, lambda page: theirs(page, is_first=False)),
    }


def normal(title: str) -> str:
    """Return a title in NFKC, in lower case, with plain quotes and dashes and single spaces."""
    text = unicodedata.normalize("NFKC", title).casefold()
    text = re.sub(r"[‘’ʼ´`]", "'", re.sub(r"[“”„«»]", '"', re.sub(r"[‐-―−]", "-", text)))
    return " ".join(text.split())


def ours(body: bytes) -> str:
    """Return what we read of a page."""
    page = parse(body)
    return article_text(page) if page else ""


def _readability(body: bytes) -> str:
    try:
        from readability import Document
    except ImportError:
        return ""
    return str(html.fromstring(Document(body.decode("utf-8", "replace")).summary()).text_content())


EXTRACTORS: dict[str, Extractor] = {
    "ours": ours,
    "trafilatura": lambda body: extract(body, **_OPTIONS) or "",
    "precision": lambda body: extract(body, favor_precision=True, **_OPTIONS) or "",
    "recall": lambda body: extract(body, favor_recall=True, **_OPTIONS) or "",
}


def segmented(root: Path) -> list[Paged]:
    """Return the pages of a set with segments that must, or must not, be in the text."""
    index = root / "evaldata.json"
    if not index.exists():
        return []
    return [*_indexed(root, json.loads(index.read_text(encoding="utf-8")))]


def dated(root: Path) -> list[Paged]:
    """Return the pages of a set with publication days."""
    entries: dict[str, Any] = {}
    for index in sorted(root.glob("*.json")):
        entries |= json.loads(index.read_text(encoding="utf-8"))
    return [*_indexed(root, entries)]


def whole(root: Path) -> list[Paged]:
    """Return the pages of a set with their expected text and metadata."""
    return [
        Paged(
            source.parent.name,
            source.read_bytes(),
            json.loads((source.parent / "expected-metadata.json").read_text(encoding="utf-8"))
            | {"html": (source.parent / "expected.html").read_text(encoding="utf-8")},
        )
        for source in sorted(root.glob("*/source.html"))
    ]


def _indexed(root: Path, entries: Mapping[str, Mapping[str, Any]]) -> Iterator[Paged]:
    for url, expected in entries.items():
        places = [root / part / expected["file"] for part in ("test_set", "cache", "eval", ".")]
        for path in [place for place in places if place.is_file()][:1]:
            yield Paged(url, path.read_bytes(), expected)


def sample(pages: Sequence[Paged], most: int) -> Sequence[Paged]:
    """Return every so manieth page, `most` at most; all for 0."""
    return pages[:: max(1, len(pages) // most)][:most] if most else pages


@contextmanager
def unpacked(folder: Path) -> Iterator[Path]:
    """Give the folder where a set's pages lie, unpacked for the time being where it is packed."""
    if not (folder / "data.tar.xz").exists():
        yield folder
        return
    with tempfile.TemporaryDirectory() as place, tarfile.open(folder / "data.tar.xz") as archive:
        archive.extractall(place, filter="data")
        yield Path(place)


def counts(text: str, expected: Mapping[str, Any]) -> tuple[int, int, int]:
    """Return (right, wrong, missing) segments of one page, white space made single."""
    words = " ".join(text.split())
    right = sum(" ".join(one.split()) in words for one in expected["with"])
    wrong = sum(" ".join(one.split()) in words for one in expected["without"])
    return right, wrong, len(expected["with"]) - right


def likeness(text: str, expected_html: str) -> tuple[float, float, float]:
    """Return F1, precision and recall of a text's words, as often as they occur, against HTML."""
    tree = html.fromstring(expected_html or "<p></p>")
    for element in tree.xpath("//script|//style"):
        element.drop_tree()
    said = Counter(re.findall(r"\w+", text.casefold()))
    true = Counter(re.findall(r"\w+", " ".join(tree.itertext()).casefold()))
    if not said and not true:
        return 1.0, 1.0, 1.0
    both = (said & true).total()
    return (
        2 * both / (said.total() + true.total()),
        both / max(1, said.total()),
        both / max(1, true.total()),
    )


def _row(pages: Sequence[Paged], extractor: Extractor, by: str) -> dict[str, float]:
    begin = time.process_time()
    texts = [extractor(page.body) for page in pages]
    spent = 1000 * (time.process_time() - begin) / max(1, len(pages))
    if by == "words":
        each = [likeness(t, p.expected["html"]) for t, p in zip(texts, pages, strict=True)]
        f1, precision, recall = (sum(column) / len(each) for column in zip(*each, strict=True))
        return {
            "f1": f1,
            "precision": precision,
            "recall": recall,
            "ms": spent,
            "pages": len(pages),
        }
    found = [counts(text, page.expected) for text, page in zip(texts, pages, strict=True)]
    right, wrong, missing = (sum(column) for column in zip(*found, strict=True))
    return {
        "f1": 2 * right / max(1, 2 * right + wrong + missing),
        "precision": right / max(1, right + wrong),
        "recall": right / max(1, right + missing),
        "ms": spent,
        "pages": len(pages),
    }


def _days(pages: Sequence[Paged], finder: Callable[[Paged], str | None]) -> dict[str, float]:
    begin = time.process_time()
    found = [(finder(page), page.expected["date"]) for page in pages]
    spent = 1000 * (time.process_time() - begin) / max(1, len(pages))
    right = sum(said is not None and said == true for said, true in found)
    wrong = sum(said is not None and said != true for said, true in found)
    nothing = sum(said is None for said, _ in found)
    return {
        "f1": 2 * right / max(1, 2 * right + wrong + nothing),
        "right": right, "wrong": wrong, "nothing": nothing, "ms": spent, "pages": len(pages),
    }  # fmt: skip
