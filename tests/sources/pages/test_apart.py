"""A heavy page is read elsewhere, as well as here, and is given up where it takes too long."""

from __future__ import annotations

import resource
from contextlib import suppress

import pytest

from tests.sources.pages.test_article import ADDRESS, NOW, WORDS, page
from watch.sources.health import VisitFailed
from watch.sources.pages.apart import MOST_SECONDS, read_apart
from watch.sources.pages.article import read_article
from watch.sources.pages.bounds import MOST_LIGHT_BYTES, MOST_LIGHT_TAGS, is_heavy


def spent() -> float:
    """Return the seconds of CPU that ended children took."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_a_page_is_read_apart_as_it_is_read_here() -> None:
    head = '<meta property="article:published_time" content="2026-11-18"><title>Un lidar</title>'
    body = page(head)

    assert read_apart(body, ADDRESS, NOW) == read_article(body, ADDRESS, NOW)
    assert read_apart(b"", ADDRESS, NOW) is None


HOSTILE = page(body=f"<div class='{'a ' * 1_400_000}'><p>{WORDS[0]}</p></div>")


def test_f12_a_page_is_given_up_in_time() -> None:
    before = spent()

    assert is_heavy(HOSTILE)
    with suppress(VisitFailed):  # a fast machine may read it in time
        read_apart(HOSTILE, ADDRESS, NOW)
    assert spent() - before < MOST_SECONDS + 1


def test_a_page_that_is_given_up_says_so() -> None:
    with pytest.raises(VisitFailed) as failure:
        read_apart(HOSTILE, ADDRESS, NOW, seconds=1)

    assert failure.value.reason == "too_heavy"


def test_only_a_page_beyond_the_ordinary_is_heavy() -> None:
    assert not is_heavy(page())
    assert is_heavy(b"x" * (MOST_LIGHT_BYTES + 1))
    assert is_heavy(b"<p></p>" * (MOST_LIGHT_TAGS + 1))
