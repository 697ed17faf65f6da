"""Amounts and days, as people type them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.web.pages.account_forms import MOST_CENTS, read_cents, read_day


@pytest.mark.parametrize(
    ("typed", "cents"),
    [
        ("125,50", 12_550),
        ("125.5", 12_550),
        ("€ 7", 700),
        ("-0,01", -1),
        ("\N{MINUS SIGN}3", -300),
        ("0", 0),
    ],
)
def test_an_amount_is_read_to_the_cent(typed: str, cents: int) -> None:
    assert read_cents(typed) == cents


@given(st.integers(-MOST_CENTS, MOST_CENTS))
def test_every_amount_can_be_typed(cents: int) -> None:
    sign = "-" if cents < 0 else ""
    assert read_cents(f"{sign}{abs(cents) // 100},{abs(cents) % 100:02}") == cents


@given(st.text(alphabet="0123456789.,-+ €eE_x\u0665", max_size=14) | st.text(max_size=20))
def test_anything_else_is_refused_or_within_bounds(typed: str) -> None:
    try:
        assert abs(read_cents(typed)) <= MOST_CENTS
    except ValueError:
        pass
    else:
        assert "e" not in typed.lower()


@pytest.mark.parametrize("typed", ["1.234,56", "1e3", "0.001", "", "--1", "12 34", "nan", "\u0661"])
def test_what_could_mean_something_else_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="no amount"):
        read_cents(typed)


@given(st.text(max_size=12))
def test_a_day_is_within_reach_or_refused(typed: str) -> None:
    with suppress(ValueError):
        assert 2000 <= read_day(typed).year <= 2099
