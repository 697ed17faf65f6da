"""The made-up prices resemble the Dutch market of 2025 as docs/prices.md says.

One test holds them against the real prices of 2025, which are not ours to pass on; it is skipped where that
file is missing. The others hold them against the figures themselves.
"""

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT
from battery_commons.sense.prices.csv_file import read_prices
from battery_commons.sense.prices.synthetic import synthetic_prices
from battery_commons.simulation.village import load_village

REAL = Path(os.environ.get("BATTERY_COMMONS_PRICES_2025", "prices_nl_2025_quarter_hourly.csv"))
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def by_hour(prices: Sequence[Price]) -> np.ndarray:
    hours = np.array([p.start.astimezone(AMSTERDAM).hour for p in prices])
    values = np.array([p.eur_per_kwh for p in prices])
    return np.array([values[hours == hour].mean() for hour in range(24)])


def daily_spread(prices: Sequence[Price]) -> float:
    days: dict[int, list[float]] = {}
    for price in prices:
        days.setdefault(price.start.astimezone(AMSTERDAM).toordinal(), []).append(price.eur_per_kwh)
    return float(np.mean([max(day) - min(day) for day in days.values()]))


@pytest.mark.parametrize("number", [2016, 2025, 2026])
def test_the_statistics_are_those_of_the_dutch_market(number: int) -> None:
    prices = synthetic_prices(number)
    values = np.array([p.eur_per_kwh for p in prices])
    assert values.mean() == pytest.approx(0.087, abs=0.002)
    assert values.std() == pytest.approx(0.050, abs=0.002)
    assert 0.05 <= np.mean(values < 0) <= 0.065
    assert daily_spread(prices) == pytest.approx(0.130, abs=0.005)
    hours = by_hour(prices)
    assert hours.argmax() == 19
    assert hours.argmin() == 13
    assert hours[19] == pytest.approx(0.131, abs=0.005)


def test_they_resemble_the_real_prices_of_2025() -> None:
    if not REAL.is_file():
        pytest.skip("the real prices of 2025 are not here: set BATTERY_COMMONS_PRICES_2025 to their file")
    real, made_up = read_prices(REAL), synthetic_prices(2025)
    assert [p.start for p in real] == [p.start for p in made_up]
    a, b = (np.array([p.eur_per_kwh for p in prices]) for prices in (real, made_up))
    assert b.mean() == pytest.approx(a.mean(), abs=0.001)
    assert b.std() == pytest.approx(a.std(), abs=0.001)
    assert np.mean(b < 0) == pytest.approx(np.mean(a < 0), abs=0.01)
    assert daily_spread(made_up) == pytest.approx(daily_spread(real), abs=0.005)
    assert np.abs(by_hour(made_up) - by_hour(real)).max() <= 0.01
    assert np.corrcoef(by_hour(made_up), by_hour(real))[0, 1] >= 0.98


def test_a_year_always_has_the_same_prices() -> None:
    assert synthetic_prices(2026) == synthetic_prices(2026)


@pytest.mark.parametrize(("number", "days"), [(2025, 365), (2028, 366)])
def test_every_quarter_hour_of_the_dutch_year_has_a_price(number: int, days: int) -> None:
    prices = synthetic_prices(number)
    new_year = datetime(number, 1, 1, tzinfo=AMSTERDAM).astimezone(UTC)
    assert [p.start for p in prices] == [new_year + n * SLOT for n in range(days * 96)]


def test_the_village_has_a_price_in_every_slot_of_its_year() -> None:
    assert [p.start for p in synthetic_prices(2016)] == load_village().time_grid.starts()
