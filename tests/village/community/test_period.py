"""Days, months and years of the village's calendar."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.community.period import Length, Period, period_with

DAYS = st.dates(date(2000, 1, 2), date(2199, 12, 30))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-11-27", date(2026, 11, 27), date(2026, 11, 27)),
    ],
)
def test_a_period_is_read_from_what_it_is_written_as(text: str, first: date, last: date) -> None:
    period = Period.read(text)

    assert (period.first, period.last, period.text) == (first, last, text)


@pytest.mark.parametrize(
    "text", ["", "26", "2026-13", "2026-02-30", "1999", "2200", "2026-1", "2026-11-27T00", "٢٠٢٦"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Period.read(text)


@given(st.text(max_size=12))
def test_any_text_is_a_period_or_refused(text: str) -> None:
    try:
        period = Period.read(text)
    except ValueError:
        return
    assert period.text == text


@given(DAYS, st.sampled_from(Length))
def test_periods_follow_one_another_without_a_gap(day: date, length: Length) -> None:
    period = period_with(day, length)

    assert period.first <= day <= period.last
    assert period.after.before == period == period.before.after
    assert (period.after.first - period.first).days == period.days
    if 2000 <= period.first.year < 2200:
        assert Period.read(period.text) == period
