"""Laws of the post: what is sealed is unsealed, what is written is read, waits only grow."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes
from email.header import decode_header, make_header

from hypothesis import given
from hypothesis import strategies as st

from tests.deliver.letters import THURSDAY, letter
from watch.deliver.message import to_bytes
from watch.deliver.outbox import MOST_TRIES, after
from watch.domain import Fate, Receipt
from watch.text.seal import seal, unseal

PARTS = st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


@given(st.binary(min_size=1), st.sampled_from(["unsubscribe", "sign-in"]), PARTS)
def test_what_is_sealed_is_unsealed(secret, purpose, parts):
    assert unseal(secret, purpose, seal(secret, purpose, *parts)) == tuple(parts)


@given(st.text(max_size=80))
def test_no_invented_token_is_good(token):
    assert unseal(b"secret", "unsubscribe", token) is None


@given(TEXTS, TEXTS, TEXTS)
def test_whatever_stands_in_a_letter_it_is_one_lawful_message_to_one_reader(name, subject, text):
    content = to_bytes(letter(to_name=name, subject=subject, text=text), THURSDAY)

    rows = content.split(b"\r\n")
    assert not any(b"\r" in row or b"\n" in row for row in rows)
    assert max(map(len, rows)) <= 998
    message = message_from_bytes(content)
    assert message["To"].endswith("<ok@firm.example>") or message["To"] == "ok@firm.example"
    assert len(message.get_all("To", [])) == len(message.get_all("Subject", [])) == 1
    assert message["Bcc"] is None
    first, _second = message.get_payload()
    read = first.get_payload(decode=True).decode()
    assert read.split() == text.split()


@given(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=200))
def test_a_subject_is_read_as_it_was_written(subject):
    content = to_bytes(letter(subject=subject), THURSDAY)

    words = re.findall(rb"=\?utf-8\?\S*", content.partition(b"\r\n\r\n")[0])
    assert all(len(word) <= 75 for word in words)
    assert str(make_header(decode_header(message_from_bytes(content)["Subject"]))) == subject


@given(st.sampled_from(Fate), st.integers(0, MOST_TRIES + 5))
def test_every_letter_is_tried_later_than_now_or_never_again(fate, tries):
    step = after(Receipt(fate), tries, THURSDAY)

    assert step.state in {"queued", "sent", "failed", "uncertain", "held"}
    assert step.at >= THURSDAY
    assert step.state != "queued" or step.at - THURSDAY <= timedelta(hours=6)
