"""Measures of villages small enough to work out on paper."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.simulation.measures.calendar import LocalCalendar, Season
from battery_commons.simulation.measures.grid import LoadMeasures
from battery_commons.simulation.measures.measure import ModelMeasures, measure
from battery_commons.simulation.measures.money import use_shares
from battery_commons.simulation.measures.peaks import peaks_of, rebound_of
from battery_commons.simulation.outcome import Backtest, Mode, Outcome, outcome_of
from battery_commons.simulation.recorded import Floats, RecordedVillage, Site

MIDNIGHT = datetime(2026, 1, 11, 23, tzinfo=UTC)
"""In the Netherlands, at the start of Monday 12 January."""
IMPORT, EXPORT = 0.40, 0.10
STORED_WH = 5000.0


def village(site_net_w: Sequence[Sequence[float]], *, background_w: Floats | None = None) -> RecordedVillage:
    """Sites behind one transformer of 3 kW; a battery of 10 kWh in the first."""
    net_w = np.array(site_net_w, dtype=np.float64)
    return RecordedVillage(
        name="Two houses",
        grid=TimeGrid(MIDNIGHT, net_w.shape[1]),
        transformers=(Transformer("t1", "Mill", 3000.0),),
        base_load_w=net_w.sum(axis=0, keepdims=True),
        sites=tuple(Site(f"s{n}", f"House {n}", "t1") for n in range(len(net_w))),
        site_net_w=net_w,
        batteries=(Battery("s0/b", "t1", 10_000.0, 5000.0, 5000.0, 0.8, 0.5, 0.0),),
        site_of=np.array([0], dtype=np.intp),
        day_ahead=np.full(net_w.shape[1], 0.1),
        feeder=None if background_w is None else Feeder("f", "Cable", 10_000.0),
        feeder_background_w=background_w,
    )


def lived(
    village: RecordedVillage, model: ControlModel, power_w: Sequence[float], response_w: Floats | None = None
) -> Outcome:
    """Return what the battery's physics make of these powers: 80 % goes in, 50 % comes out."""
    power = np.array([power_w], dtype=np.float64)
    stored = np.cumsum(np.where(power > 0, 0.8, 2.0) * power * 0.25, axis=1)
    return outcome_of(
        village,
        model,
        Mode.PERFECT,
        power_w=power,
        energy_wh=STORED_WH + np.concatenate([[[0.0]], stored], axis=1),
        response_w=np.zeros_like(village.base_load_w) if response_w is None else response_w,
    )


def of_m4(
    village: RecordedVillage,
    m1_w: Sequence[float],
    m4_w: Sequence[float],
    response_w: Floats | None = None,
) -> ModelMeasures:
    slots = village.grid.slots
    backtest = Backtest(
        village=village,
        tariff_name="Test",
        import_price=np.full(slots, IMPORT),
        export_price=np.full(slots, EXPORT),
        data_age_days=0,
        outcomes=[
            lived(village, ControlModel.M1, m1_w),
            lived(village, ControlModel.M4, m4_w, response_w),
        ],
    )
    return measure(backtest)[1]


def test_the_village_pays_for_what_its_houses_do_together() -> None:
    # House 0 feeds in 4 kW while house 1 draws 3 kW: together they feed in 1 kW.
    measures = of_m4(village([[-4000, 0], [3000, 1000]]), [0, 0], [1000, 0])
    assert measures.money.bill_eur == pytest.approx(0.25 * 1 * IMPORT)
    assert measures.homes[0].bill_eur == pytest.approx(-0.25 * 3 * EXPORT)


def test_what_is_stored_more_than_under_m1_counts_for_what_it_can_replace() -> None:
    measures = of_m4(village([[-4000, 0], [3000, 1000]]), [0, 0], [1000, 0])
    stored_eur = 0.25 * 1 * 0.8 * 0.5 * IMPORT
    assert measures.money.stored_eur == pytest.approx(stored_eur)
    assert measures.money.saving_eur == pytest.approx(stored_eur - 0.25 * 1 * EXPORT)
    m1_bill_eur = 0.25 * (1 * IMPORT - 1 * EXPORT)
    assert measures.money.saving_share == pytest.approx(measures.money.saving_eur / m1_bill_eur)


def test_emptying_the_battery_at_the_end_is_no_saving() -> None:
    measures = of_m4(village([[3000] * 4]), [0] * 4, [0, 0, 0, -2000])
    assert measures.money.bill_eur < 4 * 0.25 * 3 * IMPORT
    assert measures.money.saving_eur == pytest.approx(0)
    assert measures.homes[0].extra_eur == pytest.approx(0)


def test_months_and_seasons_add_up_to_the_whole() -> None:
    slots = 96 * 60  # 12 January to 12 March
    powers = np.random.default_rng(1).uniform(-20, 20, slots).tolist()
    measures = of_m4(village([[1000] * slots]), [0] * slots, powers)
    assert list(measures.money.saving_by_month_eur) == ["2026-01", "2026-02", "2026-03"]
    assert sum(measures.money.saving_by_month_eur.values()) == pytest.approx(measures.money.saving_eur)
    home = measures.homes[0]
    assert sum(home.extra_by_month_eur.values()) == pytest.approx(home.extra_eur)
    assert home.extra_eur == pytest.approx(-measures.money.saving_eur)
    assert set(home.extra_by_season_eur_per_month) == {Season.WINTER, Season.SPRING}
    assert home.extra_eur_per_month == pytest.approx(home.extra_eur / (60 / (365.25 / 12)))


def test_a_response_is_shared_among_houses_by_what_they_draw() -> None:
    houses = village([[1000, 1000], [3000, 3000], [-4000, -4000]])
    assert use_shares(houses).tolist() == [0.25, 0.75, 0.0]
    measures = of_m4(houses, [0, 0], [0, 0], response_w=np.array([[-800.0, 0.0]]))
    assert measures.homes[0].extra_eur == pytest.approx(-0.25 * 0.2 * IMPORT)
    assert measures.money.saving_eur == pytest.approx(-0.25 * 0.8 * EXPORT * -1)


def test_nobody_drawing_anything_leaves_a_response_without_a_share() -> None:
    assert use_shares(village([[-1000.0], [0.0]])).tolist() == [0.0, 0.0]


def test_a_battery_that_is_nobodys_house_has_a_bill_of_its_own() -> None:
    measures = of_m4(village([[0, 0], [3000, -3000]]), [0, 0], [-1000, 1000])
    assert measures.homes[0].bill_eur == pytest.approx(0.25 * (IMPORT - EXPORT))


def test_throughput_is_half_of_what_goes_in_and_out() -> None:
    battery = of_m4(village([[1000] * 4]), [0] * 4, [4000, -2000, 0, 0]).energy.batteries[0]
    assert battery.throughput_wh == pytest.approx((1000 + 500) / 2)
    assert battery.cycles == pytest.approx(0.075)
    assert battery.lost_wh == pytest.approx(200 + 500)
    assert battery.wear_eur == pytest.approx(0.75 * 0.02)


def test_self_consumption_and_self_sufficiency_are_the_villages() -> None:
    energy = of_m4(village([[-4000, 0], [3000, 1000]]), [0, 0], [1000, 0]).energy
    assert energy.self_consumption == pytest.approx(1)
    assert energy.self_sufficiency == pytest.approx(3 / 4)
    without = of_m4(village([[1000, 1000]]), [0, 0], [0, 0]).energy
    assert without.self_consumption is None
    assert without.self_sufficiency == pytest.approx(0)


def test_what_a_transformer_carries_beyond_the_recorded_houses_is_the_villages_too() -> None:
    houses = village([[1000, 1000]])
    houses.base_load_w[:] = [[2000, 0]]  # someone else draws 1 kW, then feeds it in
    energy = of_m4(houses, [0, 0], [0, 0]).energy
    assert energy.self_consumption == pytest.approx(1)
    assert energy.self_sufficiency == pytest.approx(1 - 2 / 3)


def test_the_limit_counts_in_both_directions_and_what_m1_keeps_apart() -> None:
    houses = village([[3500, 2900, -3000, 0]])
    transformer = of_m4(houses, [0, 0, 0, 0], [0, 200, -500, 3000.5]).grid.transformers[0]
    assert (transformer.slots_over, transformer.slots_newly_over) == (3, 2)
    assert transformer.worst_over_w == pytest.approx(500)
    assert (transformer.highest_import_w, transformer.highest_feed_in_w) == (3500, 3500)


def test_variance_is_against_m1_and_absent_where_m1_is_level() -> None:
    measures = of_m4(village([[1000, 3000]]), [0, 0], [500, -500])
    assert measures.grid.transformers[0].variance_reduction == pytest.approx(0.75)
    assert measures.grid.transformer_variance_reduction == pytest.approx(0.75)
    assert of_m4(village([[0, 0]]), [0, 0], [1, 0]).grid.village.variance_reduction is None


def test_weeks_are_seven_whole_local_days_over_the_change_to_summer_time() -> None:
    start = datetime(2026, 3, 22, 20, tzinfo=UTC)  # three hours of Sunday, then a week that lacks an hour
    calendar = LocalCalendar.of(TimeGrid(start, 12 + 7 * 96 - 4 + 40))
    assert np.bincount(calendar.day_of).tolist() == [12, 96, 96, 96, 96, 96, 96, 92, 40]
    assert calendar.whole.tolist() == [False, *[True] * 7, False]
    assert calendar.weeks == [slice(1, 8)]
    assert calendar.hour_of[:2].tolist() == [21, 21]


def days_of(*peaks_w: float) -> Floats:
    """Return days of load with a peak at noon."""
    load_w = np.full((len(peaks_w), 96), 100.0)
    load_w[:, 48] = peaks_w
    return load_w.ravel()


def test_the_best_and_the_worst_week_are_of_mean_daily_peaks() -> None:
    m1_w = days_of(*[1000.0] * 14)
    load_w = days_of(*[900.0] * 6, -1000.0, *[1000.0] * 6, 1070.0)
    peaks = peaks_of(load_w, m1_w, LocalCalendar.of(TimeGrid(MIDNIGHT, m1_w.size)))
    assert peaks.best_week == pytest.approx(0.6 / 7)
    assert peaks.worst_week == pytest.approx(-0.01)
    assert peaks.mean_week == pytest.approx((0.6 / 7 - 0.01) / 2)
    assert peaks.share_of_weeks_worse == pytest.approx(0.5)
    assert peaks.mean_daily_peak_reduction == pytest.approx((600 - 70) / 14_000)
    assert peaks.weekly_highest_reduction == pytest.approx(-70 / 2000)
    assert [week.first_day for week in peaks.weeks] == ["2026-01-12", "2026-01-19"]
    assert peaks.reduction_by_month == {"2026-01": peaks.mean_daily_peak_reduction}


def test_a_period_without_a_whole_day_has_no_peaks() -> None:
    peaks = of_m4(village([[1000, 2000]]), [0, 0], [0, 0]).grid.village.peaks
    assert (peaks.mean_daily_peak_w, peaks.weeks, peaks.worst_week) == (None, (), None)


@pytest.mark.parametrize(
    ("slots_after_peak", "load_w", "days", "worst_w"),
    [
        (4, 1200.0, 1, 200.0),  # right after the window of an hour to either side
        (27, -1200.0, 1, 200.0),  # until six hours after, in either direction
        (3, 1200.0, 0, 0.0),  # inside the window: a higher peak, but no rebound
        (28, 1200.0, 0, 0.0),  # later than six hours after
        (4, 1000.5, 0, 0.5),  # too little to be noticed
    ],
)
def test_a_peak_that_comes_back_within_six_hours_is_a_rebound(
    slots_after_peak: int, load_w: float, days: int, worst_w: float
) -> None:
    m1_w = days_of(1000.0, 2000.0)
    steered_w = m1_w.copy()
    steered_w[48 + slots_after_peak] = load_w
    rebound = rebound_of(steered_w, m1_w, LocalCalendar.of(TimeGrid(MIDNIGHT, m1_w.size)))
    assert rebound.days == days
    assert rebound.worst_w == pytest.approx(worst_w)


def test_what_m1_has_after_the_peak_itself_is_no_rebound() -> None:
    m1_w = np.full(192, 100.0)
    m1_w[92], m1_w[96:] = 1000.0, 3000.0  # a peak late in the evening, and a night that is worse
    rebound = rebound_of(m1_w, m1_w, LocalCalendar.of(TimeGrid(MIDNIGHT, 192)))
    assert rebound.days == 0
    assert rebound.highest_share == pytest.approx(3)


def test_the_feeder_is_measured_with_what_else_hangs_on_it() -> None:
    houses = village([[1000] * 96], background_w=np.full(96, 9500.0))
    feeder = of_m4(houses, [0] * 96, [-500] * 96).grid.feeder
    assert isinstance(feeder, LoadMeasures)
    assert feeder.peaks.mean_daily_peak_reduction == pytest.approx(500 / 10_500)
    assert (feeder.slots_over, feeder.name) == (0, "Cable")


def test_m1_against_itself_is_nothing_at_all() -> None:
    slots = round(timedelta(days=8) / SLOT)
    houses = village([np.sin(np.arange(slots)).tolist()])
    power_w = [0.1] * slots
    backtest = Backtest(
        houses, "Test", np.ones(slots), np.ones(slots), 0, [lived(houses, ControlModel.M1, power_w)]
    )
    (m1,) = measure(backtest)
    assert (m1.money.saving_eur, m1.homes_that_lose, m1.mean_extra_eur_per_month) == (0, 0, 0)
    assert m1.grid.transformers[0].peaks.share_of_weeks_worse == 0


def test_all_figures_can_be_written_as_json() -> None:
    measures = of_m4(village([[1000] * 96]), [0] * 96, [10] * 96)
    assert json.loads(json.dumps(asdict(measures), allow_nan=False))["model"] == "M4"
