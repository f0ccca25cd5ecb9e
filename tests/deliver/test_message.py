"""A letter's bytes are what mail servers and mail clients expect."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tests.deliver.letters import LEAVE, LETTER, THURSDAY, letter
from watch.deliver.message import to_bytes
from watch.errors import PostError


def parsed(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_way_out_stands_whole_in_the_raw_bytes() -> None:
    head = to_bytes(LETTER, THURSDAY).partition(b"\r\n\r\n")[0]

    line = next(row for row in head.split(b"\r\n") if row.startswith(b"List-Unsubscribe:"))
    assert line.startswith(b"List-Unsubscribe: <https://")
    assert LEAVE.encode() in line
    assert b"=?" not in line


def test_every_line_is_short_enough_and_ends_as_it_must() -> None:
    content = to_bytes(LETTER, THURSDAY)

    rows = content.split(b"\r\n")
    assert not any(b"\r" in row or b"\n" in row for row in rows)
    assert max(map(len, rows)) <= 998
    body = content.partition(b"\r\n\r\n")[2].split(b"\r\n")
    assert max(map(len, body)) <= 78


def test_text_comes_first_and_both_parts_are_what_was_written() -> None:
    message = parsed(to_bytes(LETTER, THURSDAY))

    text, html = message.iter_parts()
    assert message.get_content_type() == "multipart/alternative"
    assert (text.get_content_type(), html.get_content_type()) == ("text/plain", "text/html")
    assert text.get_content().splitlines() == LETTER.text.splitlines()
    assert html.get_content().strip() == LETTER.html
    assert not message.defects
    assert not text.defects
    assert not html.defects


def test_the_headers_say_who_writes_to_whom_in_which_language() -> None:
    message = parsed(to_bytes(LETTER, THURSDAY))

    assert str(message["From"].addresses[0]) == (
        "Équipe de veille · Pôle d'essai <veille@pole.example>"
    )
    assert [address.addr_spec for address in message["To"].addresses] == ["ok@firm.example"]
    assert message["To"].addresses[0].display_name == "Zoë Lecteur"
    assert message["Subject"] == LETTER.subject
    assert message["Date"].datetime == THURSDAY
    assert message["Message-ID"] == LETTER.message_id
    assert message["Content-Language"] == "fr"
    assert message["MIME-Version"] == "1.0"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_long_subject_is_folded_into_words_of_lawful_length() -> None:
    subject = "Éclairage à très haute efficacité pour l’été, déjà présenté à l’étranger · Pôle"

    content = to_bytes(letter(subject=subject), THURSDAY)

    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split()
    assert max(len(word) for word in head if word.startswith(b"=?")) <= 75
    assert parsed(content)["Subject"] == subject


@pytest.mark.parametrize(
    "nasty", ["\r\nBcc: all@firm.example\r\n", "\n\nhi", "\u2028", "\x85", "\u202e", "\u200b", "\0"]
)
def test_nothing_breaks_out_of_a_header(nasty: str) -> None:
    hostile = letter(
        to_name=f"Zoë{nasty}L",
        sender_name=f"V{nasty}P",
        subject=f"Un{nasty}lidar",
        headers=(("List-Id", f"<a{nasty}b>"),),
    )

    content = to_bytes(hostile, THURSDAY)
    message = parsed(content)
    assert message["Bcc"] is None
    assert len(message.get_all("Subject", [])) == 1
    assert nasty not in message["Subject"]
    assert "lidar" in message["Subject"]
    assert len(message["To"].addresses) == 1
    assert len(list(message.iter_parts())) == 2


@pytest.mark.parametrize(
    "address",
    ["", "nobody", "a@b, c@d", "a@b\r\nBcc: c@d", "Zoë <a@b>", '"a b"@c', "a@b@c", "a\u200b@b.fr"],
)
def test_what_is_not_one_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError):
        to_bytes(letter(address), THURSDAY)


def test_a_wrong_sender_is_not_the_reader_s_fault() -> None:
    with pytest.raises(PostError):
        to_bytes(letter(sender="nobody"), THURSDAY)


def test_a_name_with_a_comma_is_still_one_reader() -> None:
    message = parsed(to_bytes(letter(to_name='Lecteur, "Zoë" <PME>'), THURSDAY))

    assert [address.addr_spec for address in message["To"].addresses] == ["ok@firm.example"]
    assert message["To"].addresses[0].display_name == 'Lecteur, "Zoë" <PME>'


def test_an_address_with_accents_travels_as_it_is() -> None:
    content = to_bytes(letter("zoë@firm.example"), THURSDAY)

    assert "zoë@firm.example".encode() in content


def test_one_letter_is_always_the_same_bytes() -> None:
    assert to_bytes(LETTER, THURSDAY) == to_bytes(LETTER, THURSDAY)
