import re
from datetime import UTC, datetime
from unicodedata import normalize

from hypothesis import given
from hypothesis import strategies as st

from watch.domain import NO_URL
from watch.text.clean import one_line, shorten, to_text
from watch.text.dates import read_date
from watch.text.urls import canonical

PIECES = st.sampled_from([
    "<", ">", "</", "<p>", "<b", "&lt;", "&gt;", "&amp;", "&", "amp;", "lt;", "#60;", "&#x3c;",
    "!--", "-->", "<script>", "</script>", "x", " ", "\n", "=", '"', "'", "<math>", "<svg>", "<td>",
    "<![CDATA[", "]]>", "é", "{{", "\u200b", "\u0338", "\u0301", "\u037e", "\ud800", "\x00", "\x85",
])  # fmt: skip
MARKUP = st.one_of(st.text(), st.lists(PIECES, max_size=25).map("".join))
MARKS = st.text(
    st.sampled_from("aé\u05e9\u0301\u0323\u0344\u0f71\u0f73\u05c1\u05bc\u034f"), max_size=200
)
PILES = st.builds(lambda marks, times: marks * times, MARKS, st.integers(1, 20))
TAG = re.compile("<[A-Za-z/!?]")
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ud800-\udfff]")


@given(MARKUP)
def test_text_cleaned_twice_is_the_text_cleaned_once(written):
    assert to_text(to_text(written)) == to_text(written)
    assert one_line(one_line(written)) == one_line(written)


@given(PILES)
def test_piles_of_marks_cleaned_twice_are_cleaned_once(written):
    text = to_text(written)

    assert to_text(text) == text == normalize("NFC", text)


@given(MARKUP, st.integers(0, 40))
def test_cleaned_text_holds_no_tag_no_control_and_no_more_than_asked(written, most):
    text = to_text(written, most)

    assert not TAG.search(text)
    assert not UNSAFE.search(text)
    assert len(text) <= most
    assert "\n" not in one_line(written)


@given(st.text(), st.integers(0, 60))
def test_an_excerpt_is_a_beginning_and_never_too_long(text, most):
    excerpt = shorten(text, most)

    assert len(excerpt) <= most
    assert excerpt == text or text.startswith(excerpt.removesuffix("…").removesuffix(" "))


PARTS = st.sampled_from([
    "/", "//", ".", "..", "%", "%2f", "%2E", "%zz", "?", "&", "#", "#!", "a", "É", "utm_a=b", ";",
    "jsessionid=1", "http:", "https:", "=", " ", "+", "[", "]", "@", ":", ":80", "~", "|", '"',
])  # fmt: skip
ADDRESS = st.lists(PARTS, max_size=14).map("".join)


@given(st.one_of(st.text(), ADDRESS), st.sampled_from(["x.org", "x.org:80", "ÉX.org", "[::1]"]))
def test_canonical_of_canonical_is_canonical(rest, place):
    address = canonical(f"http://{place}/{rest}")

    assert canonical(address) == address
    assert address == NO_URL or address.isascii()


@given(st.text(max_size=60), st.sampled_from(["", "fr", "en", "en-US"]))
def test_whatever_is_written_a_date_is_aware_or_none(written, language):
    found = read_date(written, language)

    assert found is None or 1990 <= found.year <= 2200


@given(st.integers(700_000_000, 7_200_000_000))
def test_an_iso_date_is_read_as_it_was_written(seconds):
    moment = datetime.fromtimestamp(seconds, tz=UTC)

    assert read_date(moment.isoformat()) == moment
    assert read_date(moment.strftime("%a, %d %b %Y %H:%M:%S +0000")) == moment
