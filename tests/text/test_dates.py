from datetime import UTC, datetime

import pytest

from watch.text.dates import read_date

NIGHT = datetime(2026, 11, 20, tzinfo=UTC)
MORNING = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 25, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-20T08:30:00Z",
        "2026-11-20T09:30:00+01:00",
        "2026-11-20T09:30:00.123+0100",
        "2026-11-20 08:30",
        "20261120T083000Z",
        "2026-11-20 08:30:00 UTC",
        "Fri, 20 Nov 2026 08:30:00 GMT",
        "Fri, 20 Nov 2026 09:30:00 +0100",
        "Fri, 20 Nov 2026 03:30:00 EST",
        "Fri, 20 Nov 2026 09:30:00 CET",
        "Fri, 20 Nov 2026 10:30:00 GMT+2",
        "Fri Nov 20 2026 09:30:00 GMT+0100 (CET)",
        "Xyz, 20 Nov 26 08:30 UT",
        "20 Nov 2026 08:30",
        "Fri Nov 20 08:30:00 2026",
        "Fri Nov 20 09:30:00 CET 2026",
        "November 20, 2026 8:30 am",
        "Friday, November 20, 2026 - 8:30",
        "vendredi 20 novembre 2026 à 8h30",
        "Ven. 20 nov. 2026 08:30",
        "20/11/2026 08:30",
        "20.11.2026, 08:30",
        "20/11/2026 à 08:30",
        "20-Nov-2026 08:30",
        "Fri, 20 Nov 2026 08:30:00 +9999",
        "Fri, 20 Nov 2026 08:30:00 XYZ",
    ],
)
def test_an_instant_is_read_in_all_its_forms(written):
    assert read_date(written) == MORNING


@pytest.mark.parametrize(
    ("written", "language"),
    [
        ("2026-11-20", ""),
        ("2026/11/20", ""),
        ("20261120", ""),
        ("20 novembre 2026", "fr"),
        ("le 20 novembre 2026", "fr"),
        ("Nov. 20th, 2026", "en"),
        ("20. November 2026", "de"),
        ("20 novembre 2026", "it"),
        ("20 de noviembre de 2026", "es"),
        ("20 listopada 2026", "pl"),
        ("20.11.26", "de"),
        ("Thu, 19 Nov 2026 24:00:00 GMT", "en"),
    ],
)
def test_a_day_is_its_first_instant(written, language):
    assert read_date(written, language) == NIGHT


def test_shorter_dates_stand_for_their_first_day():
    assert read_date("2026") == datetime(2026, 1, 1, tzinfo=UTC)
    assert read_date("2026-11") == datetime(2026, 11, 1, tzinfo=UTC)
    assert read_date("2026-1-5") == datetime(2026, 1, 5, tzinfo=UTC)


def test_the_day_stands_before_the_month_but_for_americans():
    assert read_date("03/12/2026", "fr") == datetime(2026, 12, 3, tzinfo=UTC)
    assert read_date("03/12/2026", "en") == read_date("03/12/2026") == read_date("3 dec 2026")
    assert read_date("03/12/2026", "en-US") == datetime(2026, 3, 12, tzinfo=UTC)
    assert read_date("12/25/2026") == read_date("25/12/2026", "en-US") == CHRISTMAS


def test_french_months_are_told_apart():
    months = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
    read = [read_date(f"1er {month} 2026") for month in months.split()]

    assert [day.month for day in read if day] == list(range(1, 13))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "hier",
        "il y a 2 heures",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "0001-01-01T00:00:00+14:00",
        "Fri, 31 Dec 9999 23:59:59 -1200",
        "2026-02-30",
        "31/02/2026",
        "20 foo 2026",
        "2026-11-20T29:00",
        "1763650000",
        "x" * 5_000,
        "\x00\ud800",
    ],
)
def test_no_date_and_impossible_dates_are_none(written):
    assert read_date(written, "fr") is None
