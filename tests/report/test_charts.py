"""Charts: numbers come in, a drawing that says them comes out."""

from __future__ import annotations

from xml.etree import ElementTree

from watch.report.charts import Bar, bars, columns

SVG = "{http://www.w3.org/2000/svg}"
WEEKS = (("6 Jul", 2), ("13 Jul", 0), ("20 Jul", 8))


def drawn(svg: str) -> ElementTree.Element:
    return ElementTree.fromstring(svg)


def texts(svg: str) -> list[str | None]:
    return [text.text for text in drawn(svg).iter(f"{SVG}text")]


def tall(svg: str) -> list[float]:
    return [float(box.attrib["height"]) for box in drawn(svg).iter(f"{SVG}rect")]


def long(svg: str) -> list[float]:
    return [float(box.attrib["width"]) for box in drawn(svg).iter(f"{SVG}rect")]


def test_columns_are_as_high_as_their_counts_and_bear_them() -> None:
    svg = columns("c", "Weeks", WEEKS, "#123456", height=80)

    assert tall(svg) == [20.0, 80.0]
    assert {"2", "8"} <= set(texts(svg))


def test_a_single_story_is_not_drawn_as_a_summit() -> None:
    assert tall(columns("c", "Weeks", (("6 Jul", 1),), "#123456", height=80)) == [20.0]


def test_many_columns_bear_only_the_highest_number_and_few_dates() -> None:
    year = [(f"week {n}", 3 if n == 30 else 1) for n in range(52)]

    spoken = texts(columns("c", "A year", year, "#123456"))

    assert "3" in spoken
    assert "1" not in spoken
    assert sum(str(text).startswith("week") for text in spoken) <= 5


def test_bars_share_one_scale_and_the_count_before_is_hollow() -> None:
    svg = bars("b", "Bars", (Bar("Lidar", 10, 5), Bar("LED", 5, 0)), "#123456")

    full, hollow, half = drawn(svg).iter(f"{SVG}rect")
    assert float(half.attrib["width"]) * 2 == float(full.attrib["width"])
    assert full.attrib["fill"] == "#123456"
    assert hollow.attrib["fill"] == "#ffffff"
    assert "stroke" in hollow.attrib


def test_the_title_is_the_name_by_which_a_drawing_is_known() -> None:
    svg = drawn(columns("c-1", "Stories: 2 & 8", WEEKS, "#123456"))

    title = svg.find(f"{SVG}title")
    assert svg.attrib["role"] == "img"
    assert title is not None
    assert title.text == "Stories: 2 & 8"
    assert svg.attrib["aria-labelledby"] == title.attrib["id"]


def test_a_hostile_label_stays_text() -> None:
    evil = '</text><script>alert("1")</script>'

    svg = bars("b", evil, (Bar(evil, 1),), "#123456")

    assert drawn(svg).find(f".//{SVG}script") is None
    assert evil in texts(svg)


def test_equal_counts_give_equal_bytes() -> None:
    assert columns("c", "W", WEEKS, "#123456") == columns("c", "W", WEEKS, "#123456")


def test_nothing_to_draw_is_still_a_drawing() -> None:
    assert texts(columns("c", "None", (), "#123456")) == []
    assert texts(bars("b", "None", (), "#123456")) == []


def test_a_count_is_written_as_the_caller_writes_numbers() -> None:
    assert "1 200" in texts(bars("b", "B", (Bar("All", 1200),), "#1", written=lambda n: "1 200"))
