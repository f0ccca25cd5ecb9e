"""The other pages: what they say, and what they keep to themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.utils import timezone

from tests.conftest import Town
from tests.web.conftest import published, token
from watch.domain import Basis, Cluster, Harvest, Outcome
from watch.store import clusters, subscribers, visits
from watch.text.colours import contrast
from watch.web import colours, wording

SignIn = Callable[[str], Client]


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# -- letters -------------------------------------------------------------------------------


def test_the_previews_tell_how_many_lines_each_reader_gets(town: Town, sign_in: SignIn) -> None:
    page = text_of(sign_in("expert"), "/c/essai/preview")

    assert "PME d&#39;essai" in page
    assert "4 lignes" in page


def test_the_previews_tell_why_somebody_gets_no_letter(town: Town, sign_in: SignIn) -> None:
    subscribers.save("essai", [replace(town.reader, interests=())])
    assert "rien d’assez bon" in text_of(sign_in("expert"), "/c/essai/preview")

    subscribers.save("essai", [replace(town.reader, basis=None)])
    assert "base légale" in text_of(sign_in("expert"), "/c/essai/preview")

    basis = Basis("member", "essai", timezone.now().date())
    subscribers.save("essai", [replace(town.reader, basis=basis)])
    subscribers.suppress("essai", town.reader.email, "asked", timezone.now())
    assert "désinscrit" in text_of(sign_in("expert"), "/c/essai/preview")


def test_a_letter_without_lines_has_no_html(town: Town, sign_in: SignIn) -> None:
    subscribers.save("essai", [replace(town.reader, interests=())])

    client = sign_in("expert")

    assert client.get(f"/c/essai/preview/{town.reader.id}").status_code == 200
    assert client.get(f"/c/essai/preview/{town.reader.id}/letter").status_code == 404


def test_a_letter_is_shown_in_a_frame_that_may_do_nothing(town: Town, sign_in: SignIn) -> None:
    client = sign_in("expert")
    page = client.get(f"/c/essai/preview/{town.reader.id}")
    letter = client.get(f"/c/essai/preview/{town.reader.id}/letter")

    assert 'sandbox=""' in page.content.decode()
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    policy = letter.headers["Content-Security-Policy"]
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in policy
    assert "frame-ancestors 'self'" in policy
    assert letter.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "Un lidar voit loin en voiture" in letter.content.decode()


def test_a_preview_does_not_hold_the_readers_unsubscribe_link(town: Town, sign_in: SignIn) -> None:
    client = sign_in("officer")
    for address in (
        f"/c/essai/preview/{town.reader.id}",
        f"/c/essai/preview/{town.reader.id}/letter",
    ):
        page = text_of(client, address)

        assert token(town) not in page
        assert "/u/preview" in page


def test_the_outbox_tells_what_became_of_letters(town: Town, sign_in: SignIn) -> None:
    from django.conf import settings

    from watch.rounds.calendar import week_of
    from watch.rounds.tell import write_round

    now = timezone.now()
    write_round("essai", week_of(now.date()), now, settings.SECRET_KEY.encode())

    page = text_of(sign_in("officer"), "/c/essai/letters")

    assert "attente d’envoi" in page
    assert town.reader.email in page


# -- what is watched -----------------------------------------------------------------------


def test_a_source_in_trouble_says_cause_and_remedy(town: Town, sign_in: SignIn) -> None:
    failed = Harvest(town.source, timezone.now(), Outcome.FAILED, reason="gone", detail="410 Gone")
    visits.record([failed], [timezone.now() + timedelta(days=7)], {})

    page = text_of(sign_in("reader"), "/c/essai/sources")

    assert "1 en difficulté" in page
    assert "La dernière visite a échoué" in page
    assert "<strong>" in page
    assert "410 Gone" not in page
    assert "410 Gone" in text_of(sign_in("officer"), "/c/essai/sources")


def test_the_coverage_counts_pairs_and_leads_to_them(town: Town, sign_in: SignIn) -> None:
    client = sign_in("reader")
    page = text_of(client, "/c/essai/coverage")

    cell = re.search(r'<a href="([^"]+)">4</a>', page)

    assert cell
    listed = text_of(client, cell[1].replace("&amp;", "&"))
    assert listed.count('class="item"') == 4


def test_the_perimeter_shows_its_words_and_versions(town: Town, sign_in: SignIn) -> None:
    page = text_of(sign_in("reader"), "/c/essai/perimeter")

    assert "hôpital, santé" in page
    assert "version 1.0" in page


def test_a_restricted_edition_is_not_for_readers(town: Town, sign_in: SignIn) -> None:
    address = f"/c/essai/zooms/{published(town, 'restricted')}/fr"

    assert sign_in("reader").get(address).status_code == 404
    assert "Approuvé" not in text_of(sign_in("reader"), "/c/essai/zooms")
    assert text_of(sign_in("expert"), address) == "<p>Zoom fr</p>"


def test_an_edition_brings_its_own_styles_and_no_script(town: Town, sign_in: SignIn) -> None:
    headers = sign_in("reader").get(f"/c/essai/zooms/{published(town)}/en").headers

    assert "style-src 'unsafe-inline'; img-src data:" in headers["Content-Security-Policy"]
    assert headers["Content-Language"] == "en"


# -- what goes wrong -----------------------------------------------------------------------


def test_a_cluster_without_a_perimeter_is_told_what_to_do(town: Town, sign_in: SignIn) -> None:
    from watch.store.people import Role, add

    clusters.save(Cluster("neuf", "Neuf"))
    add("neuf", "officer", "Officer", Role.OFFICER, "staff", "")

    response = sign_in("officer").get("/c/neuf/")

    assert response.status_code == 503
    assert "zoom-marche doctor" in response.content.decode()


def test_a_failure_shows_nothing_of_the_inside(town: Town, sign_in: SignIn) -> None:
    # A kind of interest that no version knows: the row cannot be read.
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("UPDATE store_subscriber SET interests = '[[\"canary\"]]'")
    client = sign_in("officer")
    client.raise_request_exception = False

    response = client.get("/c/essai/preview")

    page = response.content.decode()
    assert response.status_code == 500
    assert "Une panne de notre côté" in page
    assert not re.search(r"Traceback|canary|ValueError|watch/|Django|Python|\.py", page)


# -- for everybody -------------------------------------------------------------------------


class Outline(HTMLParser):
    """Collects what an accessible page must have."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.headings: list[int] = []
        self.labelled: set[str] = set()
        self.fields: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.lang: str | None = None
        self.nameless: list[str] = []
        self._open: list[list[str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.lang = named.get("lang")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "label":
            self.labelled.add(named.get("for") or "")
        if tag in {"input", "select", "textarea"} and named.get("type") != "hidden":
            self.fields.append(named)
        if "id" in named:
            self.ids.append(named["id"] or "")
        if tag in {"a", "button", "summary"}:
            self._open.append([tag, named.get("aria-label") or ""])

    def handle_data(self, data: str) -> None:
        for one in self._open:
            one[1] += data.strip()

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag and not self._open.pop()[1]:
            self.nameless.append(tag)


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_page_keeps_the_rules_that_a_machine_can_check(
    language: str, sign_in: SignIn, addresses: Mapping[str, str]
) -> None:
    made_elsewhere = {
        "start",
        "accent",
        "robots",
        "zoom",
        "letter",
        "archived",
        "feed",
        "held-frame",
    }
    client = sign_in("officer")
    not_read = {"sign-out", "language", "review", "story", "told"}
    for name in sorted(set(addresses) - made_elsewhere - not_read):
        outline = Outline(text_of(client, f"{addresses[name]}?lang={language}"))

        assert outline.lang == language, name
        assert outline.headings[0] == 1, name
        assert outline.headings.count(1) == 1, name
        steps = zip(outline.headings, outline.headings[1:], strict=False)
        assert all(after <= before + 1 for before, after in steps), name
        assert all(field.get("id") in outline.labelled for field in outline.fields), name
        assert len(outline.ids) == len(set(outline.ids)), name
        assert outline.nameless == [], name
        assert "main" in outline.tags, name
        assert "script" not in outline.tags, name


def test_no_page_needs_inline_styles_or_handlers(
    sign_in: SignIn, addresses: Mapping[str, str]
) -> None:
    client = sign_in("officer")
    for name in ("items", "item", "coverage", "sources", "perimeter", "previews", "letters",
                 "feedback", "preferences", "archive", "data", "farewell"):  # fmt: skip
        assert not re.search(r"\s(style|on\w+)=", text_of(client, addresses[name])), name


@pytest.mark.parametrize("accent", ["#0b5c7a", "#ffff00", "#000000", "#ffffff", "#d4006a", "red"])
def test_the_clusters_colour_is_readable_on_light_and_on_dark(accent: str) -> None:
    sheet = colours.stylesheet(accent)
    (light, on_light), (dark, on_dark) = re.findall(
        r"--accent: (#\w{6}); --on-accent: (#\w{6})", sheet
    )

    for colour, ground in ((light, colours.LIGHT), (dark, colours.DARK)):
        assert contrast(colour, ground) >= 4.5
    assert contrast(light, on_light) >= 4.5
    assert contrast(dark, on_dark) >= 4.5


def test_the_colours_of_the_style_sheet_have_enough_contrast() -> None:
    from pathlib import Path

    import watch.web

    sheet = (Path(watch.web.__file__).parent / "static" / "web" / "web.css").read_text("utf-8")
    for block in re.findall(r":root \{(.+?)\}", sheet, re.DOTALL)[:2]:
        named = dict(re.findall(r"--([\w-]+): (#\w{6})", block))
        pairs = [
            (front, back)
            for front in ("ink", "muted", "accent", "wrong")
            for back in ("ground", "tint")
        ]
        pairs += [("on-accent", "accent"), ("on-doubt", "doubt"), ("on-mark", "mark")]
        for front, back in pairs:
            assert contrast(named[front], named[back]) >= 4.5, (front, back)
        # What bounds a field has to be seen, too: WCAG 1.4.11.
        assert contrast(named["edge"], named["ground"]) >= 3, "edge"


def test_the_grounds_of_the_style_sheet_are_those_that_colours_knows() -> None:
    from pathlib import Path

    import watch.web

    sheet = (Path(watch.web.__file__).parent / "static" / "web" / "web.css").read_text("utf-8")
    assert re.findall(r"--ground: (#\w{6})", sheet) == [colours.LIGHT, colours.DARK]


def test_days_and_numbers_are_written_as_people_write_them() -> None:
    first = timezone.now().replace(year=2026, month=8, day=1).date()

    assert wording.day(first, "fr") == "1er août 2026"
    assert wording.day(first, "en") == "1 August 2026"
    assert wording.number(12345, "fr") == "12\N{NARROW NO-BREAK SPACE}345"
    assert wording.rhythm(timedelta(hours=6), "fr") == "toutes les 6 heures"
    assert wording.rhythm(timedelta(days=1), "en") == "every day"
