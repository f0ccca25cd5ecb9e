"""What a line says of why this reader gets it, beside his topics; and the letter without a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from tests.report.test_letter import BOTH, READER, letter, pick, plain
from watch.domain import Cause, Reason, Record


def why(*reasons: Reason, met: bool = True, language: str = "fr") -> str:
    line = replace(pick(1, BOTH if met else ()), reasons=reasons)
    return plain(letter(line, subscriber=replace(READER, language=language)).text)


def test_his_own_words_stand_first_and_are_not_said_twice() -> None:
    text = why(Reason(Cause.WORD, ("FMCW", "chirp")))

    assert "Vos mots suivis : « FMCW », « chirp » ; vous suivez Lidar × Automobile" in text
    assert "mot repéré" not in text


def test_a_followed_actor_is_named() -> None:
    text = why(Reason(Cause.ACTOR, ("Scanvia",)), language="en")

    assert "You follow this actor: Scanvia; you follow Lidar ranging × Cars" in text


def test_what_he_found_useful_is_given_as_a_reason() -> None:
    text = why(Reason(Cause.LIKED, ("Un radar inventé",)))

    assert "parce que vous avez trouvé utile « Un radar inventé »" in text


def test_nearness_to_the_firm_is_said_where_nothing_else_is() -> None:
    near = Reason(Cause.ABOUT)

    assert "Proche de ce que Lentilles & fils dit faire" in why(near, met=False)
    assert "proche de" not in why(near)


def test_a_deadline_stands_beside_the_kind_of_a_line() -> None:
    until = Record(deadline_at=datetime(2026, 12, 12, 12, tzinfo=UTC))
    text = plain(letter(pick(1, kind="tender", record=until)).text)

    assert "APPEL D’OFFRES · clôture le 12 décembre 2026" in text


def test_four_silent_weeks_end_with_one_line() -> None:
    quiet = letter(picks=(), is_quiet=True)

    assert quiet.subject.startswith("Rien de neuf pour vous en quatre semaines")
    assert "Faut-il l’élargir ?" in plain(quiet.text)
    assert "Faut-il l’élargir" in quiet.html
