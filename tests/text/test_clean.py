import time

import pytest

from watch.text.clean import one_line, shorten, to_text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Un lidar à fibre", "Un lidar à fibre"),
        ("<p>Un <b>lidar</b></p><p>à fibre</p>", "Un lidar\nà fibre"),
        ("un<br>deux<BR/>trois", "un\ndeux\ntrois"),
        ("<table><tr><td>a<td>b</tr><tr><td>c</tr></table>", "a b\nc"),
        ("a\n b\r\n\r\n c", "a\nb\nc"),
        ("<p>a\n   b</p>", "a b"),
        ("R&D, AT&amp;T", "R&D, AT&T"),
        ("?a=1&copy=2", "?a=1&copy=2"),
        ("&eacute;t&#233; &#x20ac;", "été €"),
        ("&lt;p&gt;Lidar &amp;eacute;t&amp;eacute;&lt;/p&gt;", "Lidar été"),
        ("l&amp;amp;amp;amp;#39;usine", "l'usine"),
        ("<![CDATA[un <i>laser</i>]]>", "un laser"),
        ("<math><mi>λ</mi><mo>=</mo><mn>2</mn></math> µm", "λ=2 µm"),
        ("e\u0301cran", "écran"),
    ],
)
def test_a_reader_sees_the_text_and_not_its_markup(written, text):
    assert to_text(written) == text


@pytest.mark.parametrize("title", ["I <3 photons", "a < b > c", "{{ 7*7 }}{% x %} LED", "5 > 3"])
def test_what_is_no_markup_stays_as_it_is_written(title):
    assert to_text(title) == one_line(title) == title


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>CANARY</script>Lidar",
        "<img src=x onerror=CANARY>Lidar",
        "&lt;script&gt;CANARY&lt;/script&gt;Lidar",
        "&amp;lt;script&amp;gt;CANARY&amp;lt;/script&amp;gt;Lidar",
        "<svg><style>CANARY</style></svg>Lidar",
        "<noscript><p title='</noscript><img src=x onerror=CANARY>'></noscript>Lidar",
        "<style>CANARY</style><!-- CANARY -->Lidar",
        '<iframe srcdoc="CANARY"></iframe>Lidar',
        "<form action=CANARY><input name=CANARY></form>Lidar",
        'Lidar<a href="javascript:CANARY',
    ],
)
def test_scripts_styles_and_attributes_are_gone(hostile):
    text = to_text(hostile)

    assert "CANARY" not in text
    assert "Lidar" in text


def test_a_tag_that_hides_in_another_leaves_harmless_text():
    assert "<" not in to_text("<scr<script>ipt>alert(1)</scr</script>ipt>")
    assert to_text("for n <y we see") == "for n < y we see"
    assert to_text("&am&am&am&am&am&amp;p;p;p;p;p;lt;b&gt;").count("<b") == 0


def test_invisible_and_control_characters_are_gone():
    written = "la\u200bser\x00 \ud800bleu\u202e\ufeff\u2028vif\x1b[31m"

    assert to_text(written) == "laser bleu\nvif[31m"
    assert one_line(written) == "laser bleu vif[31m"


def test_a_title_is_one_line_cut_at_a_word():
    assert one_line("Appel à projets\r\nBcc: victim@example.org") == (
        "Appel à projets Bcc: victim@example.org"
    )
    assert one_line("mot " * 2_000, 20) == "mot mot mot mot mot…"


def test_an_excerpt_never_passes_its_length_and_prefers_a_whole_sentence():
    text = "Le laser perce le verre. Il en coûte peu, dit M. Martin, qui en vend."

    assert shorten(text, 200) == text
    assert shorten(text, 30) == "Le laser perce le verre."
    assert shorten(text, 50) == "Le laser perce le verre. Il en coûte peu, dit M.…"
    assert shorten("x" * 50, 10) == "x" * 9 + "…"
    assert [shorten("abc", most) for most in (0, 1, 2)] == ["", "…", "a…"]


@pytest.mark.parametrize(
    "part",
    ["a", "<div>", "<Div>", "<a><b><i>x</a>", "<a b=", "</", "&lt;p", "&amp;", "<ul a='<'>", "<p "],
)
def test_two_megabytes_cost_little(part):
    start = time.process_time()
    one_line(part * (2_000_000 // len(part)))

    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "pile", ["\u0301\u0323" * 75_000, "\u0f73\u0f71" * 75_000, "&#769;&#803;" * 20_000]
)
def test_a_pile_of_accents_costs_no_time_and_becomes_a_low_one(pile):
    began = time.process_time()
    text = to_text("a" + pile + "b")

    assert time.process_time() - began < 2
    assert len(text) < 64
    assert text.endswith("b")
    assert to_text(text) == text


def test_one_mark_that_becomes_two_makes_no_high_pile():
    text = to_text("a" + "\u0344" * 30 + "b")

    assert len(text) == 32
    assert to_text(text) == text
