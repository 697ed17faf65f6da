"""What a household's own contract makes of the day-ahead price."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from battery_commons.domain.home_tariff import HomeTariff, StatedTariff, TariffKind, is_low, stated
from battery_commons.domain.tariff import AFTER_NET_METERING, MAX_PRICE, NET_METERING
from battery_commons.domain.time import MARKET_ZONE, SLOT

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

    assert stated(tariff, DAY) == StatedTariff("fixed", 0, 26_080, 0, -6_500)


def test_two_prices_follow_the_clock_on_the_wall() -> None:
    tariff = HomeTariff(TariffKind.TWO_TARIFF, 0.16, energy_low=0.12)

    assert [stated(tariff, at).import_fixed_1e5 for at in (NIGHT, DAY)] == [23_080, 27_080]
    assert [is_low(at) for at in (NIGHT, NIGHT + timedelta(hours=1), DAY + timedelta(days=5))] == [
        True,
        False,
        True,
    ]
    # In winter the clock on the wall is an hour earlier.
    assert is_low(datetime(2026, 1, 5, 5, 45, tzinfo=UTC))
    assert not is_low(datetime(2026, 1, 5, 6, tzinfo=UTC))


def test_a_public_holiday_is_low_all_day() -> None:
    ascension_day = datetime(2027, 5, 6, tzinfo=MARKET_ZONE)
    quarter_hours = [ascension_day + n * SLOT for n in range(-4, 101)]

    assert [at for at in quarter_hours if not is_low(at)] == []
    assert not is_low(ascension_day - timedelta(hours=1, minutes=15))
    assert not is_low(ascension_day + timedelta(days=1, hours=7))


def test_net_metering_ends_with_the_year_2026_whatever_a_contract_says() -> None:
    tariff = HomeTariff(TariffKind.FIXED, 0.15, feed_in=0.05, feed_in_costs=0.1, net_metering=True)

    before, after = stated(tariff, AFTER - timedelta(minutes=15)), stated(tariff, AFTER)

    assert before.export_fixed_1e5 == before.import_fixed_1e5 - 10_000
    assert after.export_fixed_1e5 == -5_000


def test_the_villages_own_tariffs_are_stated_alike() -> None:
    assert stated(NET_METERING, DAY).export_share_1e4 == 12_100
    assert stated(AFTER_NET_METERING, DAY) == StatedTariff(
        "After net metering", 12_100, 13_500, 10_000, -1_000, export_floor=True
    )


_FIGURES = st.floats() | st.floats(-1, 1) | st.floats(-MAX_PRICE, MAX_PRICE)
_CONTRACTS = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(TariffKind),
        "energy": _FIGURES,
        "energy_tax": _FIGURES,
        "energy_low": st.none() | _FIGURES,
        "vat": _FIGURES,
        "feed_in": _FIGURES,
        "feed_in_costs": _FIGURES,
        "net_metering": st.booleans(),
    }
)


@given(_CONTRACTS)
@example({"kind": TariffKind.FIXED, "energy": 3.0, "energy_tax": 2.5})
@example({"kind": TariffKind.FIXED, "energy": 0.3, "feed_in": -3.0, "feed_in_costs": 2.5})
@example({"kind": TariffKind.FIXED, "energy": -4.0, "feed_in_costs": 4.0, "net_metering": True})
@example({"kind": TariffKind.TWO_TARIFF, "energy": 0.3, "energy_low": 4.9})
def test_a_contract_is_one_that_a_month_can_be_settled_by_or_is_refused(contract: dict[str, Any]) -> None:
    try:
        tariff = HomeTariff(**contract)
    except ValueError:
        return
    for at in (NIGHT, DAY, AFTER):
        made = stated(tariff, at)
        assert abs(made.import_fixed_1e5) <= MAX_PRICE * 100_000
        assert abs(made.export_fixed_1e5) <= MAX_PRICE * 100_000


@pytest.mark.parametrize("kind", [TariffKind.DYNAMIC, TariffKind.FIXED])
def test_only_a_contract_with_two_prices_has_a_low_one(kind: TariffKind) -> None:
    with pytest.raises(ValueError, match="low one"):
        HomeTariff(kind, 0.1, energy_low=0.05)
    with pytest.raises(ValueError, match="low one"):
        HomeTariff(TariffKind.TWO_TARIFF, 0.1)
