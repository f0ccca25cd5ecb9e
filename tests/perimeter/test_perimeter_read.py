"""A perimeter is read exactly as it is written, or refused with every problem."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter

import pytest

from tests.shared import shared
from watch.domain import Axis, Perimeter, Places
from watch.errors import PerimeterError
from watch.perimeter.read import decode, read

ROOT = Path(__file__).resolve().parents[2]
SMALL = (ROOT / "tests/data/perimeter/small.yaml").read_text(encoding="utf-8")
REFUSED = sorted((ROOT / "tests/data/perimeter/refused").glob("*.yaml"))
SEVEN = sorted((ROOT / "config/perimeters").glob("*.yaml"))


def refusal(text: str, name: str = "essai.yaml", language: str = "en") -> list[str]:
    with pytest.raises(PerimeterError) as caught:
        read(text, name, language)
    return [str(problem) for problem in caught.value.problems]


def test_every_key_arrives_in_the_perimeter() -> None:
    perimeter = read(SMALL)

    assert perimeter.id == "optique-essai"
    assert perimeter.languages == ("fr", "en")
    assert perimeter.label["fr"] == "Optique d'essai"
    assert perimeter.purpose["fr"] == "Montrer chaque clé du format."
    assert perimeter.horizon_months == 24
    assert perimeter.cadence["workshop"] == "yearly"
    assert [question.id for question in perimeter.questions] == ["q1", "q2"]
    assert perimeter.questions[0].text["en"] == "Who enters the market?"
    assert perimeter.out_of_scope["en"] == ("video games", "reality show")
    assert [t.id for t in perimeter.on(Axis.MARKET)] == ["eclairage", "sante"]
    assert [t.id for t in perimeter.on(Axis.TECHNOLOGY)] == ["lidar"]


def test_every_key_of_a_topic_arrives_in_the_topic() -> None:
    topic = read(SMALL).topics[0]

    assert topic.terms["en"][2] == "street lighting"
    assert topic.weak == {"fr": ("lampe",), "en": ("lamp",)}
    assert topic.case_sensitive == ("LED",)
    assert topic.exclude["en"] == ("shed light",)
    assert topic.codes == {"cpc": ("F21V", "H05B 45/00"), "cpv": ("34928500",)}
    assert topic.examples_for == ("La ville remplace ses luminaires par des LED.",)
    assert topic.examples_against == ("Ce livre jette un éclairage nouveau sur l'époque.",)


def test_norway_a_time_and_a_version_stay_what_they_are() -> None:
    text = SMALL.replace('"1.10"', "1.10").replace("[lidar, télé", "[12:30, on, 0x1F, lidar, télé")

    perimeter = read(text)

    assert perimeter.version == "1.10"
    assert perimeter.places == Places("NO", ("NO-03",), ("SE", "DK"), ("US",))
    assert perimeter.topics[2].terms["fr"][:3] == ("12:30", "on", "0x1F")


def test_a_byte_order_mark_and_windows_line_ends_change_nothing() -> None:
    assert read("\ufeff" + SMALL.replace("\n", "\r\n")) == read(SMALL)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_bytes_of_usual_editors_are_decoded(encoding: str) -> None:
    assert decode("télémétrie « laser »".encode(encoding)) == "télémétrie « laser »"


@pytest.mark.parametrize("path", SEVEN, ids=lambda path: path.stem)
def test_each_perimeter_of_the_product_reads(path: Path) -> None:
    perimeter = read(path.read_text(encoding="utf-8"), path.name)

    assert perimeter.id == path.stem
    assert perimeter.on(Axis.MARKET)
    assert perimeter.on(Axis.TECHNOLOGY)


# -- refusals


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_a_refused_file_says_what_is_written_beside_it(path: Path) -> None:
    expected = path.with_suffix(".txt").read_text(encoding="utf-8").splitlines()

    assert refusal(path.read_text(encoding="utf-8"), path.name) == expected


def test_a_problem_names_file_line_and_topic_in_the_users_language() -> None:
    text = SMALL.replace("      fr: [lidar, télémétrie laser]\n", "")

    assert refusal(text, "photonique.yaml", "fr") == [
        "photonique.yaml, ligne 52, technologie «\u00a0lidar\u00a0»: "
        "«\u00a0terms\u00a0» n’a rien dans la langue «\u00a0fr\u00a0»; "
        "ajoutez fr: [..., ...] à «\u00a0terms\u00a0»"
    ]


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_its_lines() -> None:
    text = (
        SMALL.replace("horizon_months: 24", "horizon_months: 2,5")
        .replace("collect: daily", "collect: often")
        .replace("id: sante", "id: Santé !")
    )

    found = refusal(text)

    assert len(found) == 3
    assert "line 16" in found[0]
    assert "line 17" in found[1]
    assert "id: sante" in found[2]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 4000,
        "{" * 4000,
        "a: " * 50_000,
        "- " * 50_000,
        "".join(f"{' ' * i}a:\n" for i in range(500)),
        "a: &a [x]\n" + "".join(f"b{i}: [*a, *a, *a]\n" for i in range(9)),
        "x" * 1_000_001,
        "# " * 400_000,
        '"' * 400_000,
    ],
    ids=["brackets", "braces", "pairs", "dashes", "steps", "bomb", "size", "remark", "quotes"],
)
def test_a_hostile_form_is_refused_at_once(text: str) -> None:
    started = perf_counter()

    assert refusal(text)

    assert perf_counter() - started < 3  # at most 0.4 s on a quiet machine


@pytest.mark.parametrize(
    "text", ["", "\0", "\udc80", "# only a remark", "- a\n- b", "word", "%A\n"]
)
def test_what_is_no_perimeter_is_refused_with_a_sentence(text: str) -> None:
    assert refusal(text)


@pytest.mark.parametrize("sign", [r"\0", r"\x1b", r"\u202e", r"\ud800", r"\u200b", r"\x85"])
def test_hidden_signs_are_refused_with_their_line(sign: str) -> None:
    (problem,) = refusal(SMALL.replace('en: "Trial optics"', f'en: "Trial{sign} optics"'))

    assert problem.startswith("essai.yaml, line 5: “label, en” holds an invisible")


@pytest.mark.parametrize("name", ["python_object.yaml", "norway_and_times.yaml", "ssrf_urls.yaml"])
def test_the_hostile_samples_are_refused_with_file_and_line(name: str) -> None:
    path = shared("hostile", "yaml", name)

    problems = refusal(path.read_text(encoding="utf-8"), name)

    assert problems[0].startswith(f"{name}, line ")


def test_a_tag_never_runs_anything(tmp_path: Path) -> None:
    canary = tmp_path / "canary"

    found = refusal(f'id: !!python/object/apply:os.system ["touch {canary}"]')

    assert "tag" in found[0]
    assert not canary.exists()


def test_what_was_read_keeps_its_text() -> None:
    perimeter: Perimeter = read(SMALL)

    assert perimeter.written == SMALL
