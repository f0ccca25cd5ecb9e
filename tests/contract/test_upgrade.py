"""Tables are brought from an older shape to this one, and back, with all that is in them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.deliver.letters import LETTER
from tests.rounds import outbox
from watch.store import letters
from watch.store.transaction import bring_up_to_date

pytestmark = pytest.mark.django_db(transaction=True)


def go_back(to: str) -> None:
    MigrationExecutor(connection).migrate([("store", to)])


@pytest.fixture(autouse=True)
def this_shape() -> Iterator[None]:
    """The tests that follow find the tables as they are now."""
    yield
    bring_up_to_date()


def test_a_letter_keeps_its_words_where_they_move_to_a_table_of_their_own() -> None:
    outbox.post(["ok@firm.example"])
    go_back("0018_opposition")
    with connection.cursor() as cursor:
        cursor.execute("SELECT html, text FROM store_letter")
        assert cursor.fetchall() == [(LETTER.html, LETTER.text)]

    bring_up_to_date()

    (row,) = letters.rows(outbox.CLUSTER)
    assert (row.letter.html, row.letter.text) == (LETTER.html, LETTER.text)
    assert row.state == "queued"
