"""What a channel is sent: the shape of each service, and no mark of others that means anything."""

from __future__ import annotations

import json
from typing import Any

import pytest

from watch.deliver.channel import SHAPES, read_channel, to_body, to_receipt, to_text
from watch.domain import Bulletin, Fate, Line, WebUrl
from watch.errors import SettingsError

HOSTILE = "<!channel> @all [clic](https://pi.example) *gras* | a & b"
LINE = Line(
    "i" * 32, "s" * 32, "Actualité", "Un lidar voit loin", WebUrl("https://j.example/a"), "fr",
    "Texte inventé.", "Journal · 19 novembre", "", "Lidar",
)  # fmt: skip


def bulletin(title: str = LINE.title, url: str = LINE.url) -> Bulletin:
    line = Line(
        LINE.item, LINE.story, LINE.kind, title, WebUrl(url), "fr", LINE.excerpt, LINE.source, "",
        LINE.why,
    )  # fmt: skip
    return Bulletin("k" * 32, "Ce que nous avons remarqué", "Bonjour @here", (line,), "fr")


def body(shape: str, title: str = LINE.title, url: str = LINE.url) -> Any:
    return json.loads(to_body(bulletin(title, url), shape))


def test_slack_gets_a_section_a_line_and_no_call_to_anybody() -> None:
    made = body("slack", HOSTILE, "https://j.example/a?x=1|2>3")

    head, line = (one["text"]["text"] for one in made["blocks"])
    assert head == "*Ce que nous avons remarqué*\nBonjour @here"
    assert line.startswith("<https://j.example/a?x=1%7C2%3E3|&lt;!channel&gt; @all")
    assert line.count("<") == 1
    assert made["unfurl_links"] is False


def test_mattermost_calls_nobody_and_makes_no_other_link() -> None:
    said = body("mattermost", HOSTILE)["text"]

    assert "@all" not in said
    assert "@here" not in said
    assert said.count("](") == 1
    assert r"\[clic\]\(https://pi.example\) \*gras\*" in said


def test_teams_gets_a_card_whose_words_are_runs_of_text() -> None:
    made = body("teams", HOSTILE)

    card = made["attachments"][0]["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert [run["selectAction"]["url"] for run in runs if "selectAction" in run] == [LINE.url]
    assert HOSTILE in [run["text"] for run in runs]


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_long_lines_fit_into_what_every_service_takes(shape: str) -> None:
    line = Line(
        "i", "s", "", "é" * 90, WebUrl("https://j.example/" + "a" * 300), "fr", "é" * 280,
        "é" * 120, "", "é" * 120,
    )  # fmt: skip

    # Teams takes 28 kB and no other less.
    assert len(to_body(Bulletin("k", "t" * 90, "g" * 300, (line,) * 10, "fr"), shape)) < 28_000


def test_the_preview_says_what_the_channel_will() -> None:
    said = to_text(bulletin())

    assert "Ce que nous avons remarqué\n\nBonjour @here\n\nUn lidar voit loin\nTexte" in said
    assert said.endswith("Journal · 19 novembre · Lidar\nhttps://j.example/a")


@pytest.mark.parametrize(
    "written",
    [
        "slack", "discord https://hooks.example/secret", "slack ftp://hooks.example/secret",
        "slack http://hooks.example/secret", "https://hooks.example/secret",
        "slack https://hooks.example/se cret", "teams http://127.0.0.1.evil.example/secret",
    ],
)  # fmt: skip
def test_what_is_no_channel_is_refused_and_never_shown(written: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_channel(written, "ZOOM_MARCHE_CHANNEL_ESSAI")

    assert "ZOOM_MARCHE_CHANNEL_ESSAI" in str(refused.value)
    assert "example" not in str(refused.value)


def test_the_address_of_a_channel_is_not_in_its_picture() -> None:
    channel = read_channel(" teams  https://hooks.example/secret ", "X")

    assert channel.shape == "teams"
    assert channel.url == "https://hooks.example/secret"
    assert "secret" not in repr(channel)


@pytest.mark.parametrize(
    ("status", "reason", "was_refused", "fate"),
    [
        (200, "", False, Fate.SENT),
        (202, "empty", False, Fate.SENT),
        (429, "too_many", False, Fate.LATER),
        (503, "server_error", False, Fate.LATER),
        (404, "missing", False, Fate.REFUSED),
        (307, "bad_answer", False, Fate.REFUSED),
        (0, "blocked", False, Fate.REFUSED),
        (0, "dns", False, Fate.LATER),
        (0, "certificate", False, Fate.LATER),
        (0, "unreachable", True, Fate.LATER),
        (0, "unreachable", False, Fate.UNCERTAIN),
        (0, "timeout", False, Fate.UNCERTAIN),
        (0, "bad_answer", False, Fate.UNCERTAIN),
    ],
)
def test_what_follows_from_an_answer(
    status: int, reason: str, was_refused: bool, fate: Fate
) -> None:
    assert to_receipt(status, reason, was_refused).fate is fate
