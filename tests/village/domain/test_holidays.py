"""The days on which a Dutch meter counts as on a Sunday."""

from datetime import date, timedelta
from importlib import import_module

import pytest

from battery_commons.domain.holidays import easter_sunday, is_public_holiday


def days_of(year: int) -> list[str]:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    return [f"{day:%d-%m}" for day in days if is_public_holiday(day)]


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2025, ["01-01", "21-04", "26-04", "29-05", "09-06", "25-12", "26-12"]),  # 27 April is a Sunday
        (2026, ["01-01", "06-04", "27-04", "14-05", "25-05", "25-12", "26-12"]),
        (2027, ["01-01", "29-03", "27-04", "06-05", "17-05", "25-12", "26-12"]),
    ],
)
def test_a_year_has_its_seven_holidays(year: int, days: list[str]) -> None:
    assert days_of(year) == days


def test_easter_is_when_others_reckon_it_too() -> None:
    others = import_module("dateutil.easter").easter
    for year in range(1900, 2300):
        assert easter_sunday(year) == others(year)
