"""M1 as the home would have had it: the same physics, and nobody is cheated at a month's end or by a gap."""

from dataclasses import replace

import numpy as np
import pytest

from battery_commons.account.basis import BatteryMonth, HomeMonth, MonthBasis
from battery_commons.account.costs import HomeCost, home_cost
from battery_commons.account.counterfactual import Carried, alone
from battery_commons.account.period import days_of, month_grid
from battery_commons.account.prices import export_nano, import_nano
from battery_commons.account.units import PARTS_PER_CENT, STORED_PER_WH
from battery_commons.domain.battery import Battery
from battery_commons.domain.home_tariff import StatedTariff, stated
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING
from battery_commons.domain.time import SLOT_HOURS
from battery_commons.simulation.battery import PhysicalBattery
from battery_commons.simulation.village import load_village
from tests.village.account.made import EQUAL, FEBRUARY, MARCH, made_month

BATTERY = Battery("h/b", "t1", 10_000, 5_000, 4_000, 0.95, 0.93, reserve=0.1)
PRICE_1E5 = 10_000
AFTER = stated(AFTER_NET_METERING, month_grid(FEBRUARY).start)


def home_of(
    house_w: np.ndarray, power_w: np.ndarray, stored_wh: np.ndarray, period: str = FEBRUARY
) -> HomeMonth:
    first, last = days_of(period)
    return HomeMonth(
        "h",
        "t1",
        on_feeder=True,
        first_day=first,
        last_day=last,
        tariffs=((0, AFTER),),
        house_w=house_w.astype(np.int64),
        known=np.ones(house_w.size, dtype=np.bool_),
        batteries=(BatteryMonth.of(BATTERY, "b", power_w.astype(np.int64), stored_wh.astype(np.int64)),),
    )


def month_of(home: HomeMonth, period: str = FEBRUARY) -> MonthBasis:
    flat = np.full(home.known.size, PRICE_1E5)
    return MonthBasis(period, EQUAL, flat, np.ones(flat.size, dtype=np.bool_), (), (), (home,))


def cost_of(home: HomeMonth, opening: dict[str, Carried] | None = None, period: str = FEBRUARY) -> HomeCost:
    return home_cost(month_of(home, period), home, home.known.size, opening or {})


def flat(watts: float = 0, period: str = FEBRUARY) -> np.ndarray:
    return np.full(month_grid(period).slots, watts)


def held(watt_hours: float, period: str = FEBRUARY) -> np.ndarray:
    return np.full(month_grid(period).slots + 1, watt_hours)


@pytest.mark.parametrize("connection", ["c005", "c034", "c112"])
def test_the_counterfactual_follows_the_simulator_s_battery(connection: str) -> None:
    house_w = np.rint(load_village().net_w(connection)[:2688])
    power = alone(home_of(house_w, flat(), held(5_000)), np.ones(2688, dtype=np.bool_), {}, 0)["b"]
    physical = PhysicalBattery(BATTERY, 5_000)
    expected_w = [physical.step(None, net_w, SLOT_HOURS) for net_w in house_w]
    stored_wh = power.closing.stored / STORED_PER_WH if power.closing else 0
    assert stored_wh == pytest.approx(physical.energy_wh, abs=5)
    assert (
        np.abs(power.power_w - expected_w).max() <= 20
    )  # at the brim, the last Wh come a quarter hour later
    assert np.abs(np.cumsum(power.power_w - expected_w)).max() * SLOT_HOURS < 5


def test_a_battery_that_does_as_m1_does_leaves_its_home_as_it_was() -> None:
    house_w = np.rint(load_village().net_w("c005")[:2688])
    m1 = alone(home_of(house_w, flat(), held(5_000)), np.ones(2688, dtype=np.bool_), {}, 0)["b"]
    stored = np.full(2689, 5_000)
    stored[-1] = round(m1.closing.stored / STORED_PER_WH) if m1.closing else 0
    cost = cost_of(home_of(house_w, m1.power_w, stored))
    assert cost.actual == cost.alone
    assert (cost.extra_wear_parts, cost.actual_parts) == (0, cost.alone_parts)
    assert abs(cost.lacking_parts) < PARTS_PER_CENT  # half a Wh


def test_a_month_that_ends_full_is_not_cheated_and_the_next_gives_back_what_was_valued() -> None:
    house_w, period = flat(0), FEBRUARY
    power_w, stored_wh = flat(0), held(1_000)
    power_w[-20:], stored_wh[-21:] = 1_000, 1_000 + np.arange(21) * 0.95 * 250
    bought = cost_of(home_of(house_w, power_w, stored_wh))
    # 5 kWh at EUR 0.2560; 4.75 kWh of it are held, worth 93 % of that when discharged; wear is 1 cent a kWh.
    paid, worth, wear = 5 * 25.6, 4.75 * 0.93 * 25.6, 5 * 1.0
    assert bought.actual_parts / PARTS_PER_CENT == pytest.approx(paid)
    assert bought.stored_parts / PARTS_PER_CENT == pytest.approx(worth, rel=1e-6)
    assert bought.lacking_parts / PARTS_PER_CENT == pytest.approx(paid + wear - worth, rel=1e-6)

    period = MARCH
    full = home_of(flat(0, period), flat(0, period), held(5_750, period), period)
    kept = cost_of(full, dict(bought.closing), period)
    assert kept.stored_parts == 0  # as much more as at the month's beginning
    used = home_of(flat(0, period), flat(0, period), held(5_750, period), period)
    used.batteries[0].stored_wh[-1] = 1_000
    spent = cost_of(used, dict(bought.closing), period)
    assert spent.stored_parts == -bought.stored_parts


@pytest.mark.parametrize("seed", range(2))
def test_over_months_an_owner_is_made_whole_by_what_the_simulator_says_the_village_cost(seed: int) -> None:
    """October has a day of 100 quarter hours; what is left at the end of it is paid and given back once."""
    random = np.random.default_rng(seed)
    periods = ("2026-10", "2026-11")
    sizes = [month_grid(period).slots for period in periods]
    house_w = np.rint(random.normal(0, 2_500, sum(sizes)))
    price_1e5 = random.integers(-8_000, 40_000, sum(sizes))
    real, by_itself = PhysicalBattery(BATTERY, 5_000), PhysicalBattery(BATTERY, 5_000)
    power_w, m1_w, stored_wh = np.zeros(sum(sizes)), np.zeros(sum(sizes)), [real.energy_wh]
    for slot, net_w in enumerate(house_w):
        power_w[slot] = real.step(float(random.normal(0, 3_000)), net_w, SLOT_HOURS)
        m1_w[slot] = by_itself.step(None, net_w, SLOT_HOURS)
        stored_wh.append(real.energy_wh)

    opening: dict[str, Carried] = {}
    lacking_eur, begins = 0.0, 0
    for period, size in zip(periods, sizes, strict=True):
        part = slice(begins, begins + size)
        held_wh = np.rint(stored_wh[begins : begins + size + 1])
        home = home_of(house_w[part], np.rint(power_w[part]), held_wh, period)
        basis = replace(month_of(home, period), price_1e5=price_1e5[part])
        cost = home_cost(basis, home, size, opening)
        opening, begins = dict(cost.closing), begins + size
        lacking_eur += cost.lacking_parts / PARTS_PER_CENT / 100

    day_ahead = price_1e5 / 100_000
    bought, sold = AFTER_NET_METERING.import_price(day_ahead), AFTER_NET_METERING.export_price(day_ahead)

    def cost_eur(load_w: np.ndarray) -> float:
        return float((load_w * np.where(load_w >= 0, bought, sold)).sum()) * SLOT_HOURS / 1_000

    more_kwh = (real.energy_wh - by_itself.energy_wh) * BATTERY.discharge_efficiency / 1_000
    wear_eur = 0.01 * (np.abs(power_w).sum() - np.abs(m1_w).sum()) * SLOT_HOURS / 1_000
    village_cost_eur = cost_eur(house_w + power_w) - cost_eur(house_w + m1_w) + wear_eur
    worth_eur = more_kwh * cost.stored_nano / 1e9
    assert abs(village_cost_eur) > 50
    assert lacking_eur == pytest.approx(village_cost_eur - worth_eur, abs=0.02)


def test_a_gap_values_what_differs_before_it_and_joins_the_real_battery_after_it() -> None:
    power_w, stored_wh = flat(0), held(1_000)
    power_w[:4], stored_wh[4:10] = 1_000, 1_950
    stored_wh[10:] = 8_000
    home = home_of(flat(0), power_w, stored_wh)
    known = home.known.copy()
    known[6:10] = False
    cost = cost_of(replace(home, known=known))
    assert cost.stored_parts / PARTS_PER_CENT == pytest.approx(0.95 * 0.93 * 25.6, rel=1e-6)
    assert cost.closing["b"].stored == 8_000 * STORED_PER_WH
    assert cost.closing["b"].value_parts == 0
    assert cost.unknown_slots == 4


def test_a_month_that_ends_unknown_leaves_nothing_to_carry() -> None:
    home = home_of(flat(500), flat(0), held(5_000))
    known = home.known.copy()
    known[-1] = False
    assert cost_of(replace(home, known=known)).closing == {}


def test_two_batteries_serve_their_house_one_after_the_other() -> None:
    basis = made_month(5, homes=8)
    home = next(home for home in basis.homes if len(home.batteries) == 2)
    counted = basis.counted(home)
    m1 = alone(home, counted, {}, 0)
    both = (m1["cellar"].power_w + m1["garage"].power_w)[counted]
    net = home.house_w[counted] + both
    assert np.all(net * home.house_w[counted] >= 0)  # together they never turn the meter round
    assert np.all(both * home.house_w[counted] <= 0)


def test_a_tariff_may_change_within_the_month() -> None:
    half = 1_344
    dear = replace(AFTER, import_fixed_1e5=AFTER.import_fixed_1e5 + 10_000)
    home = home_of(flat(1_000), flat(0), held(1_000))
    before, after = cost_of(home), cost_of(replace(home, tariffs=((0, AFTER), (half, dear))))
    assert (after.actual_parts - before.actual_parts) / PARTS_PER_CENT == pytest.approx(half * 0.25 * 10)


def test_prices_are_those_of_the_tariff_without_any_rounding() -> None:
    prices = np.array([-50_000, 0, 5_000])
    assert import_nano(AFTER, prices) / 1e9 == pytest.approx(
        AFTER_NET_METERING.import_price(prices / 100_000)
    )
    assert export_nano(AFTER, prices).tolist() == [0, 0, 40_000_000]
    netting = stated(NET_METERING, month_grid(FEBRUARY).start)
    assert export_nano(netting, prices).tolist() == import_nano(netting, prices).tolist()
    paying = replace(AFTER, export_floor=False)
    assert export_nano(paying, prices).tolist() == [-510_000_000, -10_000_000, 40_000_000]


@pytest.mark.parametrize(
    "tariff", [replace(AFTER, import_fixed_1e5=2_700_000), replace(AFTER, export_share_1e4=100_000_000)]
)
def test_a_tariff_in_another_unit_is_refused(tariff: StatedTariff) -> None:
    home = home_of(flat(1_000), flat(0), held(1_000))
    with pytest.raises(ValueError, match="is it in cents"):
        replace(home, tariffs=((0, tariff),))
