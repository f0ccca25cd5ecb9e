"""Every kind of record, on recorded or invented answers: a case is two files, no Python.

`tests/data/sources/records/KIND/NAME.json` or `.xml` is what a service answers; beside it
`NAME.expect.json` says what comes of it:

    visit     of the visit: url, options, mark, good_at; what is left out is the kind's example
    keys      the secrets that are set
    asked     the address of the first request (left out: not looked at)
    request   the address of the request that is answered, where it is not the first one
    step      of that request
    status    of the answer, 200 by default; `type` its Content-Type
    fails     the reason for which nothing can be read
    entries   what comes out, each without what it does not say
    next      the address of the next request, "" for none (left out: not looked at)
    mark      what is left for the next visit (left out: not looked at)
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from watch.domain import NO_RECORD, Entry, Manners, Source, Visit, WebUrl
from watch.sources.health import REASONS, VisitFailed
from watch.sources.kind import Kind
from watch.sources.raw import RawFeed, to_reading
from watch.sources.registry import KINDS
from watch.sources.request import Reply

NOW = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
CASES = Path(__file__).parent.parent / "data" / "sources" / "records"
MOST = 100


def cases() -> list[Path]:
    """Return every answer that has its expectation beside it."""
    return [
        found
        for path in sorted(CASES.glob("*/*.expect.json"))
        for found in path.parent.glob(path.name.removesuffix(".expect.json") + ".*")
        if found != path
    ]


def visit_of(kind: Kind, said: dict[str, Any]) -> Visit:
    """Return the visit that a case speaks of."""
    example = dict(kind.example)
    url = said.get("url", example.pop("url", kind.address or "https://service.example/"))
    good_at = said.get("good_at")
    return Visit(
        Source(WebUrl(url), "a source", kind.name, options=said.get("options", example)),
        mark=said.get("mark", ""),
        good_at=datetime.fromisoformat(good_at) if good_at else None,
    )


def plain(entry: Entry) -> dict[str, Any]:
    """Return what an entry says, without what it does not say."""
    said = {name: value for name, value in asdict(entry).items() if value}
    record = {name: value for name, value in asdict(entry.record).items() if value}
    said.pop("record")
    if entry.record != NO_RECORD:
        said["record"] = record
    found: dict[str, Any] = json.loads(json.dumps(said, default=lambda at: at.isoformat()))
    return found


def read(kind: Kind, visit: Visit, expected: dict[str, Any], body: bytes) -> RawFeed:
    """Return what the kind makes of an answer to its request."""
    assert kind.read is not None
    manners = Manners(keys=expected.get("keys", {}))
    request = kind.first(visit, manners, NOW)
    if "asked" in expected:
        assert request.url == expected["asked"]
    if "request" in expected:
        request = replace(request, url=expected["request"])
    request = replace(request, step=expected.get("step", request.step))
    headers = {"Content-Type": expected.get("type", "")}
    status = expected.get("status", 200)
    assert status == 200 or status in request.accepts
    return kind.read(Reply(request, request.url, body, headers, NOW, status), visit, MOST)


@pytest.mark.parametrize("answer", cases(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_an_answer_is_read_as_written_beside_it(answer: Path) -> None:
    expected = json.loads(answer.with_suffix("").with_suffix(".expect.json").read_text("utf-8"))
    kind = KINDS[answer.parent.name]
    visit = visit_of(kind, expected.get("visit", {}))

    if "fails" in expected:
        with pytest.raises(VisitFailed) as failure:
            read(kind, visit, expected, answer.read_bytes())
        assert failure.value.reason == expected["fails"]
        assert failure.value.reason in REASONS
        return

    feed = read(kind, visit, expected, answer.read_bytes())

    reading = to_reading(feed, visit.source, item_kind=kind.item_kind)
    assert [plain(entry) for entry in reading.entries] == expected.get("entries", [])
    if "next" in expected:
        assert (feed.next.url if feed.next else "") == expected["next"]
    if "mark" in expected:
        assert feed.mark == expected["mark"]


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_the_example_of_a_kind_fits_its_own_options(kind: Kind) -> None:
    written = {name: text for name, text in kind.example.items() if name != "url"}
    known = {option.name: option for option in kind.options}

    assert set(written) <= set(known)
    assert not any(known[name].complaint(text) for name, text in written.items())
    assert {name for name, option in known.items() if option.is_required} <= set(written)


@pytest.mark.parametrize(
    "body",
    [b"", b"<!doctype html><html><body>Maintenance</body></html>", b"Internal error", b"\xff\xfe"],
    ids=["nothing", "a page", "a sentence", "no text"],
)
@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if not kind.asks_robots], ids=lambda kind: kind.name
)
def test_what_is_no_answer_of_the_service_is_no_success(kind: Kind, body: bytes) -> None:
    keys = dict.fromkeys(kind.keys, "a-key")

    with pytest.raises(VisitFailed) as failure:
        read(kind, visit_of(kind, {}), {"keys": keys}, body)

    assert failure.value.reason in REASONS
