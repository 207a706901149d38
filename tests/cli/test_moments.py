from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from cli.moments import Moment, read_moment

MAY_14 = datetime(2024, 5, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-14", MAY_14),
        ("2024-05-14T09:30", MAY_14.replace(hour=9, minute=30)),
        ("2024-05-14T09:30:00Z", MAY_14.replace(hour=9, minute=30)),
        ("2024-05-14 11:30+02:00", MAY_14.replace(hour=9, minute=30)),
    ],
)
def test_days_and_moments_are_read_as_utc(text, moment):
    assert read_moment(text) == moment


def test_a_plain_day_can_mean_its_end():
    end = MAY_14.replace(hour=23, minute=59, second=59, microsecond=999999)

    assert read_moment("2024-05-14", end_of_day=True) == end
    assert read_moment("2024-05-14T00:00", end_of_day=True) == MAY_14


@pytest.mark.parametrize(
    "text", ["yesterday", "14.5.2024", "2024-02-30", "", "0001-01-01T00:00+23:00"]
)
def test_what_is_no_date_says_what_would_be(text):
    with pytest.raises(click.BadParameter, match="give a day such as 2024-05-14"):
        Moment().convert(text, None, None)
