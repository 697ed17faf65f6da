"""What a household's own contract makes of the day-ahead price."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.home_tariff import HomeTariff, StatedTariff, TariffKind, is_low, stated
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING

NIGHT = datetime(2026, 5, 4, 4, tzinfo=UTC)
"""A Monday, six o'clock in the village."""
DAY = NIGHT + timedelta(hours=6)
AFTER = datetime(2026, 12, 31, 23, tzinfo=UTC)
"""The first quarter hour of 2027 in the village."""


def test_a_dynamic_contract_follows_the_market_with_vat_on_it() -> None:
    tariff = HomeTariff(TariffKind.DYNAMIC, 0.0242, energy_tax=0.123, feed_in=0.01, feed_in_costs=0.02)

    assert stated(tariff, DAY) == StatedTariff("dynamic", 12_100, 14_720, 10_000, -1_000)


def test_a_fixed_contract_does_not() -> None:
    tariff = HomeTariff(TariffKind.FIXED, 0.15, feed_in=0.05, feed_in_costs=0.115)

    assert stated(tariff, DAY) == StatedTariff("fixed", 0, 27_300, 0, -6_500)


def test_two_prices_follow_the_clock_on_the_wall() -> None:
    tariff = HomeTariff(TariffKind.TWO_TARIFF, 0.16, energy_low=0.12)

    assert [stated(tariff, at).import_fixed_1e5 for at in (NIGHT, DAY)] == [24_300, 28_300]
    assert [is_low(at) for at in (NIGHT, NIGHT + timedelta(hours=1), DAY + timedelta(days=5))] == [
        True,
        False,
        True,
    ]
    # In winter the clock on the wall is an hour earlier.
    assert is_low(datetime(2026, 1, 5, 5, 45, tzinfo=UTC))
    assert not is_low(datetime(2026, 1, 5, 6, tzinfo=UTC))


def test_net_metering_ends_with_the_year_2026_whatever_a_contract_says() -> None:
    tariff = HomeTariff(TariffKind.FIXED, 0.15, feed_in=0.05, feed_in_costs=0.1, net_metering=True)

    before, after = stated(tariff, AFTER - timedelta(minutes=15)), stated(tariff, AFTER)

    assert before.export_fixed_1e5 == before.import_fixed_1e5 - 10_000
    assert after.export_fixed_1e5 == -5_000


def test_the_villages_own_tariffs_are_stated_alike() -> None:
    assert stated(NET_METERING, DAY).export_share_1e4 == 12_100
    assert stated(AFTER_NET_METERING, DAY) == StatedTariff(
        "After net metering", 12_100, 14_720, 10_000, -1_000, export_floor=True
    )


_FIGURES = st.floats() | st.floats(-1, 1)


@given(st.sampled_from(TariffKind), _FIGURES, _FIGURES, st.none() | _FIGURES, _FIGURES, _FIGURES, _FIGURES)
def test_a_contract_makes_sense_or_is_refused(
    kind: TariffKind, energy: float, tax: float, low: float | None, vat: float, feed_in: float, costs: float
) -> None:
    try:
        tariff = HomeTariff(kind, energy, tax, low, vat, feed_in, costs)
    except ValueError:
        return
    for at in (NIGHT, DAY):
        assert abs(stated(tariff, at).import_fixed_1e5) <= 1_000_000


@pytest.mark.parametrize("kind", [TariffKind.DYNAMIC, TariffKind.FIXED])
def test_only_a_contract_with_two_prices_has_a_low_one(kind: TariffKind) -> None:
    with pytest.raises(ValueError, match="low one"):
        HomeTariff(kind, 0.1, energy_low=0.05)
    with pytest.raises(ValueError, match="low one"):
        HomeTariff(TariffKind.TWO_TARIFF, 0.1)
