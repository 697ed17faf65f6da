"""A tariff makes of the day-ahead price what a household pays and gets."""

import re
from datetime import UTC, datetime, timedelta, timezone
from math import inf, nan
from pathlib import Path

import numpy as np
import pytest

from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.tariff import AFTER_NET_METERING, ENERGY_TAX, NET_METERING, Price, tariff_at
from battery_commons.web.pages.account_forms import TariffForm
from battery_commons.wire.account import TariffTold

DAY_AHEAD = np.array([-0.10, 0.0, 0.005, 0.10, 0.50])
NOON = datetime(2025, 6, 1, 12, tzinfo=UTC)


def test_import_costs_the_price_the_fee_the_vat_and_the_tax() -> None:
    for tariff in (NET_METERING, AFTER_NET_METERING):
        assert tariff.import_price(DAY_AHEAD) == pytest.approx(1.21 * (DAY_AHEAD + 0.02) + 0.1108)


def test_home_and_village_take_the_same_energy_tax_where_nobody_says_another() -> None:
    home = Path(__file__).parents[2] / "custom_components/battery_commons/flows/tariff.py"
    [of_home] = re.findall(r"^DUTCH_ENERGY_TAX = (.+)$", home.read_text(), re.MULTILINE)

    told = TariffTold(first_day=NOON.date(), kind="fixed", energy=0.15).tariff()
    form = TariffForm.usual(NOON.date())
    assert {
        ENERGY_TAX,
        NET_METERING.energy_tax,
        told.energy_tax,
        HomeTariff(TariffKind.FIXED, 0.15).energy_tax,
    } == {float(of_home)}
    assert form.typed["energy_tax"] == of_home


def test_with_net_metering_export_earns_what_import_costs() -> None:
    assert NET_METERING.export_price(DAY_AHEAD) == pytest.approx(NET_METERING.import_price(DAY_AHEAD))


def test_after_net_metering_export_earns_the_price_less_a_fee_and_never_costs() -> None:
    assert AFTER_NET_METERING.export_price(DAY_AHEAD) == pytest.approx([0, 0, 0, 0.09, 0.49])


def test_net_metering_ends_with_the_dutch_year_2026() -> None:
    new_year = datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert tariff_at(new_year - timedelta(seconds=1)) is NET_METERING
    assert tariff_at(new_year) is AFTER_NET_METERING


def test_a_price_may_be_negative_and_in_any_zone() -> None:
    assert Price(NOON, -0.5).eur_per_kwh == -0.5
    assert Price(NOON.astimezone(timezone(timedelta(hours=2))), 0.1).start == NOON


@pytest.mark.parametrize("value", [nan, inf, -inf, 85.0, -85.0])
def test_no_market_has_such_a_price(value: float) -> None:
    with pytest.raises(ValueError, match="EUR/kWh"):
        Price(NOON, value)


def test_a_price_belongs_to_a_quarter_hour_of_known_time() -> None:
    with pytest.raises(ValueError, match="quarter hour"):
        Price(NOON + timedelta(minutes=5), 0.1)
    with pytest.raises(ValueError, match="no time zone"):
        Price(NOON.replace(tzinfo=None), 0.1)
