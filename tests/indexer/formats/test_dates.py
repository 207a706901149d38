from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.wording.dates import read_date, read_when


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-14", "2024-05-14"),
        ("2024/05/14", "2024-05-14"),
        ("2024\u201105\u201114", "2024-05-14"),  # hyphens at which no line breaks
        ("2015.09.18", "2015-09-18"),
        ("2021-26-02", "2021-02-26"),
        ("4/Jul/2022", "2022-07-04"),
        ("18-09-2018", "2018-09-18"),
        ("2022/07/04", "2022-07-04"),
        ("4.7.2022", "2022-07-04"),
        ("July 4th, 2022", "2022-07-04"),
        ("4 juillet 2022", "2022-07-04"),
        ("1er mars 2021", "2021-03-01"),
        ("4 de julio del 2022", "2022-07-04"),
        ("1º de março de 2021", "2021-03-01"),
        ("2021-W05-3", "2021-02-03"),
        ("07/07/2022", "2022-07-07"),
        ("28/3/18", "2018-03-28"),
        ("28.03.18", "2018-03-28"),
        ("03.08.2022", "2022-08-03"),
        ("19-May-2022", "2022-05-19"),
        ("Nov 14, 2022", "2022-11-14"),
        ("14 November 2022", "2022-11-14"),
        ("14th of May, 2020", "2020-05-14"),
        ("2/27/2025", "2025-02-27"),
        ("27/02/2025", "2025-02-27"),
        ("2026年1月5日", "2026-01-05"),
        ("20260526", "2026-05-26"),
        ("3. März 2024", "2024-03-03"),
        ("le 1er février 2024", "2024-02-01"),
        ("14 août 2024", "2024-08-14"),
        ("14 de mayo de 2024", "2024-05-14"),
        ("7 de março de 2024", "2024-03-07"),
        ("2024-01-02 (revised)", "2024-01-02"),
        ("(2016-06-17)", "2016-06-17"),
        ("2026\u201102\u201109", "2026-02-09"),
        ("27\u201002\u20102026", "2026-02-27"),
        ("proposed 2021-02-03, accepted 2021-03-01", "2021-02-03"),
    ],
)
def test_a_date_is_read_however_it_is_written(text, expected):
    assert read_date(text) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025-08-16 20:26:15", "2025-08-16T20:26:15+00:00"),
        ("2025-08-16T20:26:15.123456", "2025-08-16T20:26:15.123456+00:00"),
        ("2024-05-14T10:00:00+02:00", "2024-05-14T08:00:00+00:00"),
        ("2024-05-14T10:00Z", "2024-05-14T10:00:00+00:00"),
    ],
)
def test_a_time_without_a_zone_is_utc(text, expected):
    assert read_date(text) == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("marzo de 2021", "2021-03"),
        ("07/2022", "2022-07"),
        ("2026-01", "2026-01"),
        ("January , 2026", "2026-01"),
        ("May 2020", "2020-05"),
        ("Dezember 2024", "2024-12"),
        ("2026年1月", "2026-01"),
        ("2021-W05", "2021-W05"),
    ],
)
def test_a_month_or_a_week_is_no_day(text, name):
    when = read_when(text)

    assert read_date(text) is None
    assert when.period.name == name
    assert when.period.has(when.period.start)
    assert not when.period.has(when.period.end)


@pytest.mark.parametrize("time", ["23:30:00-05:00", "00:30:00+02:00", "12:00:00+02:00"])
def test_a_day_is_the_one_that_is_written_whatever_its_zone(time):
    assert read_date(f"2022-07-04T{time}").day == 4


@pytest.mark.parametrize("text", ["05/01/2022", "05-01-2022", "5/1/2022", "05/01/22"])
def test_figures_that_could_be_either_are_no_date_by_themselves(text):
    when = read_when(text)

    assert read_date(text) is None
    assert when.day_first == datetime(2022, 1, 5, tzinfo=UTC)
    assert when.month_first == datetime(2022, 5, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "order"),
    [("28/03/2018", "day_first"), ("3/28/2018", "month_first"), ("3/4/2018", ""), ("4.3.2018", "")],
)
def test_figures_show_the_order_that_they_cannot_but_have(text, order):
    assert read_when(text).shows == order


@pytest.mark.parametrize(
    "text",
    [
        "2014-19-19",
        "10.11.12 and up",
        "v10.04.22",
        "2021-02-30",
        "2014-13",
        "2019\u20132020",
        "2010\u201312",
        "v1.2.2015.3",
        "",
        None,
        7,
    ],
)
def test_what_is_no_date_gives_none(text):
    assert read_date(text) is None


def test_an_impossible_date_gives_way_to_the_next_one():
    assert read_date("2021-02-30, 2021-03-01") == datetime(2021, 3, 1, tzinfo=UTC)


def test_dates_as_yaml_builds_them_are_taken():
    assert read_date(date(2024, 5, 14)) == datetime(2024, 5, 14, tzinfo=UTC)
    assert read_date(datetime(2024, 5, 14, 9)) == datetime(2024, 5, 14, 9, tzinfo=UTC)


@pytest.mark.slow
@given(st.text(alphabet="0123456789-/.: TZ+janfebmrupliougstcvd", max_size=40))
def test_reading_never_raises_and_is_always_aware(text):
    found = read_date(text)

    assert found is None or found.tzinfo is UTC
