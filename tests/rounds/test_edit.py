"""An officer's word before letters go: every change is kept, taken back, and leaves the number."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from tests.conftest import Town
from watch.domain import Line, WebUrl
from watch.rounds import edit
from watch.rounds.calendar import today, week_of
from watch.rounds.tell import write_round
from watch.store import held, letters, subscribers
from watch.store.held import Held

SECRET = settings.SECRET_KEY.encode()
DAY = date(2026, 11, 25)
LINE = Line(
    "a" * 32, "a" * 32, "Actualité", "Titre", WebUrl("https://j.example/"), "fr", "Un fait.",
    "Journal", "", "Vous suivez Lidar",
)  # fmt: skip


@pytest.fixture
def waiting(town: Town) -> Held:
    now = timezone.now()
    write_round("essai", week_of(today(now, "Europe/Paris")), now, SECRET, is_held=True)
    (found,) = held.held("essai")
    return found


def titles(key: str) -> list[str]:
    found = held.find("essai", key)
    assert found is not None
    return [one.title for one in found.lines]


def test_a_held_letter_keeps_its_lines(waiting: Held, town: Town) -> None:
    assert len(waiting.lines) >= 3
    assert waiting.lines[0].item in {one.key for one in town.items}
    assert waiting.steps == 0


def test_each_change_is_written_into_the_letter_under_the_same_number(waiting: Held) -> None:
    before = letters.rows("essai")[0].letter

    edit.edit("essai", waiting.key, lambda lines: edit.move(lines, 2, -1), SECRET)
    edit.edit("essai", waiting.key, lambda lines: edit.reword(lines, 1, "Fait dit", ""), SECRET)
    edit.greet("essai", "Bonjour à tous.", SECRET)

    after = letters.rows("essai")[0].letter
    assert (after.key, after.message_id, after.to, after.headers) == (
        before.key, before.message_id, before.to, before.headers,
    )  # fmt: skip
    assert after.subject.startswith(waiting.lines[1].title)
    for said in ("Fait dit", "Bonjour à tous."):
        assert said in after.html
        assert said in after.text


def test_what_is_dropped_counts_as_untold_and_can_be_added_again(waiting: Held, town: Town) -> None:
    gone = waiting.lines[0]

    edit.edit("essai", waiting.key, lambda lines: edit.drop(lines, 1), SECRET)

    assert gone.title not in titles(waiting.key)
    assert gone.story not in subscribers.told(town.reader.id)
    assert gone.title not in letters.rows("essai")[0].letter.text
    assert edit.add("essai", waiting.key, gone.item, timezone.now(), SECRET)
    assert titles(waiting.key)[-1] == gone.title
    assert gone.story in subscribers.told(town.reader.id)


def test_every_change_can_be_taken_back(waiting: Held) -> None:
    as_it_was = letters.rows("essai")[0].letter
    edit.edit("essai", waiting.key, lambda lines: edit.drop(lines, 1), SECRET)
    edit.edit("essai", waiting.key, lambda lines: edit.move(lines, 1, 1), SECRET)

    assert edit.undo("essai", waiting.key, SECRET)
    assert edit.undo("essai", waiting.key, SECRET)

    assert not edit.undo("essai", waiting.key, SECRET)
    found = held.find("essai", waiting.key)
    assert found is not None
    assert found.lines == waiting.lines
    assert letters.rows("essai")[0].letter == as_it_was


def test_a_vote_on_an_edited_letter_is_about_the_line_that_its_reader_sees(
    waiting: Held, town: Town
) -> None:
    from watch.store import mail

    edit.edit("essai", waiting.key, lambda lines: edit.move(lines, 1, 1), SECRET)

    item = mail.line("essai", town.reader.id, waiting.key[:12], 1)
    assert item is not None
    assert item.key == waiting.lines[1].item


def test_a_letter_that_went_is_changed_no_more(waiting: Held) -> None:
    letters.release("essai", timezone.now(), only=[waiting.key])

    assert not edit.edit("essai", waiting.key, lambda lines: edit.drop(lines, 1), SECRET)
    assert letters.counts("essai") == {"queued": 1}


def test_only_the_chosen_letters_go(waiting: Held) -> None:
    assert letters.release("essai", timezone.now(), only=["0" * 32]) == 0
    assert letters.give_up("essai", only=[]) == 0
    assert letters.counts("essai") == {"held": 1}


def test_warnings_name_what_an_officer_should_look_at() -> None:
    assert edit.warnings([LINE] * 3, "", DAY) == []
    assert edit.warnings([LINE], "", DAY) == ["few"]
    assert edit.warnings([replace(LINE, excerpt="mot " * 200)] * 3, "", DAY) == ["long"]
    assert edit.warnings([LINE] * 3, "x" * 90_001, DAY) == ["heavy"]
    late = replace(LINE, closes_on=DAY - timedelta(days=1))
    assert edit.warnings([late] * 3, "", DAY) == ["over"]


@pytest.mark.parametrize("number", [0, 4, 99])
def test_a_line_that_is_not_there_changes_nothing(number: int) -> None:
    lines = tuple(replace(LINE, item=str(n)) for n in range(3))

    assert edit.move(lines, number, 1) == lines
    assert edit.reword(lines, number, "x", "y") == lines
    assert edit.drop(lines, number) == lines
    assert edit.drop(lines[:1], 1) == lines[:1]


def test_l04_an_officer_quotes_no_more_than_the_source_allows(waiting: Held, town: Town) -> None:
    from watch.store import models

    lines = tuple(replace(LINE, item=str(n)) for n in range(3))
    assert len(edit.reword(lines, 1, "mot " * 200, "", most=60)[0].excerpt) <= 60
    assert edit.reword(lines, 1, "mot", "", most=0)[0].excerpt == ""

    models.Source.objects.filter(pk=town.source.id).update(excerpt_length=40)

    assert edit.quotable("essai", waiting.key, 1) == 40
    assert edit.quotable("essai", waiting.key, 99) == 0
