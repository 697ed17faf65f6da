"""Durations of ISO 8601: exact hours, calendar days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.time import MARKET_ZONE
from battery_commons.openadr.durations import _FORM, Duration


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT15M", timedelta(minutes=15)),
        ("PT2H", timedelta(hours=2)),
        ("PT1H30M", timedelta(minutes=90)),
        ("PT0S", timedelta(0)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("PT86400S", timedelta(days=1)),
    ],
)
def test_hours_minutes_and_seconds_are_exact(text: str, duration: timedelta) -> None:
    assert Duration.parse(text).exact == duration


@pytest.mark.parametrize(
    ("day", "slots"),
    [("2026-10-25", 100), ("2026-11-28", 96), ("2027-03-28", 92)],
    ids=["long", "usual", "short"],
)
def test_a_day_is_a_market_day(day: str, slots: int) -> None:
    midnight = datetime.fromisoformat(day).replace(tzinfo=MARKET_ZONE).astimezone(UTC)

    end = Duration.parse("P1D").after(midnight, MARKET_ZONE)

    assert (end - midnight) / timedelta(minutes=15) == slots


def test_a_month_from_the_last_of_january_ends_with_february() -> None:
    start = datetime(2027, 1, 31, 12, tzinfo=UTC)

    assert Duration.parse("P1M").after(start, MARKET_ZONE) == datetime(2027, 2, 28, 12, tzinfo=UTC)


def test_9999_years_is_until_further_notice() -> None:
    assert Duration.parse("P9999Y").is_endless
    assert not Duration.parse("P10Y").is_endless


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "15M", "-PT5M", "P-1D", "PT1.5H", "P1H", "PT5", "P" * 100, "PT5M ", "P\u0663D"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="ISO 8601"):
        Duration.parse(text)


@pytest.mark.parametrize("text", ["P9999Y1M", "P99999W999999D", "PT9999999H60M", "PT99999999999S"])
def test_what_is_longer_than_any_calendar_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="longer than any calendar"):
        Duration.parse(text)


@given(
    text=st.text(max_size=12)
    | st.from_regex(r"\AP[0-9YMWDTHS.]{1,12}\Z")
    | st.from_regex(_FORM, fullmatch=True)
)
def test_whatever_is_read_is_written_to_be_read_alike(text: str) -> None:
    try:
        duration = Duration.parse(text)
    except ValueError:
        return
    assert Duration.parse(str(duration)) == duration
