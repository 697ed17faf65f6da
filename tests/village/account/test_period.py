"""Months by the market's clock."""

from datetime import UTC, date, datetime

import pytest

from battery_commons.account.period import days_of, month_grid, next_period


@pytest.mark.parametrize(
    ("period", "quarter_hours"),
    [("2027-02", 2_688), ("2028-02", 2_784), ("2027-03", 2_972), ("2026-10", 2_980), ("2027-01", 2_976)],
)
def test_a_month_has_its_days_whatever_the_clock_does(period: str, quarter_hours: int) -> None:
    assert month_grid(period).slots == quarter_hours


def test_a_month_begins_at_the_market_s_midnight() -> None:
    assert month_grid("2027-07").start == datetime(2027, 6, 30, 22, tzinfo=UTC)
    assert days_of("2027-02") == (date(2027, 2, 1), date(2027, 2, 28))
    assert next_period("2026-12") == "2027-01"


@pytest.mark.parametrize("period", ["2027-13", "2027-2", "2027", "02-2027", "", "2027-02-01"])
def test_what_is_no_month_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match="a month is like"):
        month_grid(period)
