"""Newsletters: what becomes of a letter, and what never leaves it."""

from __future__ import annotations

import time
from base64 import urlsafe_b64encode
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.shared import shared, unpacked
from watch.domain import Entry, Source, WebUrl
from watch.sources.papers.letter import Letter, entries_of, read_letter
from watch.sources.papers.links import Dropped, target
from watch.sources.raw import RawFeed, to_reading

SOURCE = Source(WebUrl("imaps://veille@imap.cluster.example/INBOX"), "Lettres", "newsletter")

HTML = """<html><body><a href="https://click.lettre.example/v?e=9">Voir dans votre navigateur</a>
<table><tr><td><h2><a href="https://journal.example/un-lidar?utm_source=nl&amp;e=aZ09">Un lidar
voit à deux kilomètres</a></h2><p>Texte inventé :
le lidar d'essai voit loin, même par temps de brume.</p>
<p><a href="https://journal.example/un-lidar?utm_source=nl">Lire la suite</a></p></td></tr>
<tr><td><p>Texte inventé sur un laser à fibre qui coupe l'acier. <a
href="https://t.lettre.example/c?u=https%3A%2F%2Frevue.example%2Flaser-a-fibre">Le laser à fibre
coupe mieux</a></p></td></tr>
</table><p><a href="https://www.facebook.com/journal">Suivez-nous sur Facebook</a>
<a href="mailto:redaction@journal.example">Écrivez à la rédaction du journal</a>
<a href="https://lettre.example/unsubscribe?u=42">Se désabonner</a>
Envoyé à veille@cluster.example</p><img src="https://click.lettre.example/pixel.gif"></body></html>"""


def mail(html: str = "", text: str = "", **headers: str) -> bytes:
    message = EmailMessage()
    ordinary = {
        "From": "Journal <news@journal.example>",
        "To": "veille@cluster.example",
        "Subject": "La lettre de novembre",
        "Date": "Mon, 16 Nov 2026 08:00:00 +0100",
        "Message-ID": "<n16@journal.example>",
    }
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    for name, value in {**ordinary, **given}.items():
        message[name] = value
    message.set_content(text or "Texte.")
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def entries(raw: bytes) -> tuple[Entry, ...]:
    letter = read_letter(raw)
    assert letter is not None
    return to_reading(RawFeed(entries=entries_of(letter)), SOURCE).entries


def test_each_article_of_a_letter_is_an_entry_with_its_headline_and_words() -> None:
    lidar, laser = entries(mail(HTML))

    assert (lidar.url, lidar.title) == (
        "https://journal.example/un-lidar",
        "Un lidar voit à deux kilomètres",
    )
    assert "même par temps de brume" in lidar.text
    assert (laser.url, laser.title) == (
        "https://revue.example/laser-a-fibre",
        "Le laser à fibre coupe mieux",
    )
    assert "coupe l'acier" in laser.text
    assert lidar.guid == "n16@journal.example#https://journal.example/un-lidar"
    assert lidar.published_at
    assert lidar.published_at.isoformat() == "2026-11-16T07:00:00+00:00"


def test_nothing_of_the_recipient_leaves_a_letter() -> None:
    said = repr(entries(mail(HTML)))

    assert "cluster.example" not in said
    assert "unsubscribe" not in said
    assert "e=aZ09" not in said


def test_a_letter_without_articles_is_an_entry_itself() -> None:
    text = "Bonjour,\n\nTexte inventé pour veille@cluster.example.\n\nhttps://lettre.example/unsubscribe"

    (one,) = entries(mail(text=text))

    assert (one.guid, one.title, one.url) == ("n16@journal.example", "La lettre de novembre", "")
    assert one.text.splitlines() == ["Bonjour,", "Texte inventé pour …."]


def test_links_of_a_plain_letter_have_the_words_before_them() -> None:
    text = "Sommaire\n\n* Un lidar sans aucun miroir\nhttps://journal.example/lidar-sans-miroir\n\nFin."

    (one,) = entries(mail(text=text))

    assert (one.url, one.title) == (
        "https://journal.example/lidar-sans-miroir",
        "Un lidar sans aucun miroir",
    )


def test_headlines_behind_a_counter_are_entries_without_an_address() -> None:
    token = "AX1lEgEQaxtvFxLaVo0GBogeajNrlI1TGeIcmMViR3pL3fEDZ"
    html = "".join(
        f'<h2><a href="https://u1.ct.sendgrid.net/ls/click?upn={token}{n}">{title}</a></h2><p>Inventé.</p>'
        for n, title in enumerate(("Un lidar sans aucun miroir tournant", "Le laser à fibre monte"))
    )

    found = entries(mail(html))

    assert [(one.url, one.title) for one in found] == [("", "Un lidar sans aucun miroir tournant")]
    assert token not in repr(found)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "auto_reply"},
        {"From": "MAILER-DAEMON@relay.example"},
        {"X_Failed_Recipients": "a@b.example"},
        {"Return_Path": "<>"},
    ],
)
def test_an_automatic_answer_is_no_newsletter(headers: dict[str, str]) -> None:
    assert read_letter(mail(HTML, **headers)) is None


def test_the_hostile_automatic_answer_is_ignored() -> None:
    assert read_letter(shared("hostile", "eml", "autoreply.eml").read_bytes()) is None


def test_an_attachment_is_not_read() -> None:
    message = EmailMessage()
    message["Subject"], message["Date"] = "Avec pièce", "Mon, 16 Nov 2026 08:00:00 +0100"
    message.set_content("Texte inventé.")
    message.add_attachment("<a href='https://x.example/secret-page'>Un secret bien caché</a>",
                           subtype="html", filename="secret.html")  # fmt: skip

    assert "secret" not in repr(entries(message.as_bytes()))


DEEP = b"Subject: x\nDate: now\n" + b"".join(
    b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000)
)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\xff\xfe" * 1_000,
        b"no header at all",
        DEEP,
        b"Subject: =?utf-8?b?////?= =?x-unknown?q?=41?=\nDate: 1\n"
        b'Content-Type: text/html; charset="\0bad"\n\n<a href=',
        b"Subject: a\nDate: b\nContent-Type: text/html\nContent-Transfer-Encoding: base64\n\n!!!!",
        b"Subject: a\nDate: b\n\n" + b"\n" * 900_000,
        b"Subject: a\nDate: b\n\n" + b"http://a.example/x-y " * 50_000,
        b"Subject: a\nDate: b\nContent-Type: text/html\n\n" + b"<div>" * 200_000,
        b"Subject: a\nDate: b\nContent-Type: text/html\n\n" + b"<!--" * 200_000,
        b"Subject: a\nDate: b\nContent-Type: text/html\n\n" + b"<a href=//x>" * 15_000,
    ],
    ids=["nothing", "rubbish", "no-header", "deep", "charsets", "base64", "lines", "addresses",
         "divs", "comments", "links"],
)  # fmt: skip
def test_a_hostile_letter_is_read_or_refused_in_short_time(raw: bytes) -> None:
    began = time.monotonic()

    letter = read_letter(raw)
    if letter:
        to_reading(RawFeed(entries=entries_of(letter)), SOURCE)

    assert time.monotonic() - began < 5


# -- links ---------------------------------------------------------------------------------


def packed(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("https://a.example/un-lidar?token=aB1&utm_source=x", "https://a.example/un-lidar"),
        ("https://a.example/article?id=12&email=me%40x.example", "https://a.example/article?id=12"),
        ("https://t.example/r?x=1&url=https%3A%2F%2Fa.example%2Fp%2F7", "https://a.example/p/7"),
        (
            "https://click.t.example/ab/cd/" + packed("https://a.example/p/7"),
            "https://a.example/p/7",
        ),
        (
            "https://substack.example/redirect/2/"
            + packed('{"e":"https://a.example/p/7"}')
            + ".sig",
            "https://a.example/p/7",
        ),
        ("https://click.t.example/aZ09aZ09aZ09aZ09aZ09aZ09", ""),
        ("https://a.example/0123456789abcdef0123456789abcdef", ""),
    ],
)
def test_a_link_is_unwrapped_by_reading_alone(address: str, page: str) -> None:
    assert target(address) == page


@pytest.mark.parametrize(
    "address",
    [
        "mailto:a@b.example",
        "javascript:alert(1)",
        "https://a.example/",
        "https://www.linkedin.com/company/x",
        "https://a.example/newsletter/unsubscribe/12",
        "https://t.example/r?url=https%3A%2F%2Fwww.facebook.com%2Fx",
        "https://a.example/sharer?u=https://b.example/page",
    ],
)
def test_what_leads_to_no_article_is_dropped(address: str) -> None:
    with pytest.raises(Dropped):
        target(address)


# -- real letters --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return unpacked("api-responses", tmp_path_factory.mktemp("letters"))


def test_every_real_newsletter_brings_something_and_no_counter_is_kept(real: Path) -> None:
    count = 0
    for path in sorted((real / "newsletter-html").glob("*.html")):
        html = path.read_text(encoding="utf-8", errors="replace")
        letter = Letter("m@x", path.stem, "Wed, 08 Mar 2017 05:00:31 +0100", "", html, ())
        found = to_reading(RawFeed(entries=entries_of(letter)), SOURCE).entries
        count += 1
        assert found
        assert len({one.guid for one in found}) == len(found)
        for one in found:
            assert one.title or one.text
            assert "unsubscribe" not in one.url
            assert "sendgrid" not in one.url
    assert count == 15


def test_every_real_letter_is_read_or_refused(real: Path) -> None:
    found = {p.name: read_letter(p.read_bytes()) for p in sorted((real / "eml").glob("*.eml"))}

    french = found["mail_test_5.eml"]
    assert french is not None
    assert french.subject == "Je prépare mon été zéro complexe !"
    assert all(entries_of(letter) for letter in found.values() if letter)
