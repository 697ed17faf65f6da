"""What homes did for the grid when it was loaded most, either way, and not for peaks of their own."""

import numpy as np

from battery_commons.account.basis import GridMonth, HomeMonth, MonthBasis
from battery_commons.account.period import days_of, month_grid
from battery_commons.account.relief import reliefs_w
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.home_tariff import stated
from battery_commons.domain.tariff import NET_METERING
from tests.village.account.made import EQUAL, FEBRUARY

SLOTS = 2_688
LOADED = SLOTS // 20
ALL = np.ones(SLOTS, dtype=np.bool_)


def zeros() -> np.ndarray:
    return np.zeros(SLOTS, dtype=np.int64)


def month(*grids: GridMonth, homes: int = 2) -> MonthBasis:
    first, last = days_of(FEBRUARY)
    members = tuple(
        HomeMonth(
            f"h{n}",
            "t1",
            on_feeder=True,
            first_day=first,
            last_day=last,
            tariffs=((0, stated(NET_METERING, month_grid(FEBRUARY).start)),),
            house_w=zeros(),
            known=ALL,
        )
        for n in range(homes)
    )
    return MonthBasis(FEBRUARY, EQUAL, zeros(), ALL, (), grids, members)


def busy(watts: int) -> np.ndarray:
    load = np.arange(SLOTS) % 7  # nothing that the first quarter hours do not exceed by far
    load[:LOADED] = watts
    return load.astype(np.int64)


def test_discharging_relieves_a_peak_of_import_and_charging_one_of_feed_in() -> None:
    difference = zeros()
    difference[:LOADED] = -1_000
    for sign in (1, -1):
        with_batteries = GridMonth("t1", sign * (busy(50_000) + difference), ALL)
        reliefs = reliefs_w(month(with_batteries), [sign * difference, zeros()], [zeros(), zeros()])
        assert reliefs == [1_000 * LOADED, 0]


def test_at_other_times_nothing_counts_and_adding_to_the_peak_counts_against() -> None:
    quiet, wrong = zeros(), zeros()
    quiet[LOADED:] = -900
    wrong[:LOADED] = 500
    load = GridMonth("t1", busy(50_000) + quiet + wrong, ALL)
    assert reliefs_w(month(load), [quiet, wrong], [zeros(), zeros()]) == [0, -500 * LOADED]


def test_nobody_is_paid_for_a_peak_of_their_own() -> None:
    """The first home draws 60 kW in quiet hours, and its battery takes 5 kW off that."""
    own, difference = zeros(), zeros()
    own[-LOADED:], difference[-LOADED:] = 60_000, -5_000
    load = GridMonth("t1", busy(50_000) + own + difference, ALL)
    reliefs = reliefs_w(month(load), [difference, zeros()], [own, zeros()])
    assert reliefs == [0, 0]


def test_what_turns_the_load_round_counts_only_down_to_zero() -> None:
    difference = zeros()
    difference[:LOADED] = -9_000
    load = GridMonth("t1", busy(5_000) + difference, ALL)
    assert reliefs_w(month(load), [difference, zeros()], [zeros(), zeros()])[0] == 1_000 * LOADED


def test_transformer_and_feeder_count_each_in_their_own_hours() -> None:
    difference = zeros()
    difference[:LOADED] = -1_000
    difference[-LOADED:] = 1_000
    transformer = GridMonth("t1", busy(50_000) + difference, ALL)
    feeder = GridMonth(FEEDER_ID, -busy(900_000)[::-1] + difference, ALL)
    reliefs = reliefs_w(month(transformer, feeder), [difference, zeros()], [zeros(), zeros()])
    assert reliefs == [2 * 1_000 * LOADED, 0]


def test_hours_that_no_meter_tells_of_do_not_count() -> None:
    difference = zeros()
    difference[:LOADED] = -1_000
    known = ALL.copy()
    known[:LOADED] = False
    load = GridMonth("t1", busy(50_000) + difference, known)
    assert reliefs_w(month(load), [difference, zeros()], [zeros(), zeros()]) == [0, 0]
