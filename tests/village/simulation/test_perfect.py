"""Perfect foresight: the bound that no forecast beats, and each week planned with the next in view."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOTS_PER_DAY
from battery_commons.simulation import perfect
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.measures.measure import ModelMeasures, measure
from battery_commons.simulation.outcome import Backtest, Mode, Outcome
from battery_commons.simulation.perfect import with_foresight
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.what_if import with_batteries, with_limit

from .lived import LAYERED, M1, M2, M3, M4, M5, M6, lived, otherwise, summer

STEERED = (M2, M3, M4, M5, M6, LAYERED)
A_LITTLE = 0.002
"""Of what is compared: what solvers leave undecided."""


def foresee(village: RecordedVillage, model: ControlModel) -> Outcome:
    return with_foresight(village, AFTER_NET_METERING, model, lambda _: None)


def measures(mode: Mode, *models: ControlModel) -> dict[ControlModel, ModelMeasures]:
    backtest = Backtest(
        village=summer(),
        tariff_name="after net metering",
        import_price=AFTER_NET_METERING.import_price(summer().day_ahead),
        export_price=AFTER_NET_METERING.export_price(summer().day_ahead),
        data_age_days=0,
        outcomes=[lived(mode, model) for model in (M1, *models)],
    )
    return {each.model: each for each in measure(backtest)}


def feeder_peak_w(mode: Mode, model: ControlModel) -> float:
    feeder = measures(mode, model)[model].grid.feeder
    assert feeder is not None
    assert feeder.peaks.mean_daily_peak_w is not None
    return feeder.peaks.mean_daily_peak_w


def test_no_forecast_makes_the_feeders_peaks_lower_than_m5_with_foresight() -> None:
    assert feeder_peak_w(Mode.PERFECT, M5) <= (1 + A_LITTLE) * feeder_peak_w(Mode.ROLLING, M5)


def test_no_model_makes_the_feeders_peaks_lower_than_m5_with_foresight() -> None:
    best_w = feeder_peak_w(Mode.PERFECT, M5)

    assert all(best_w <= (1 + A_LITTLE) * feeder_peak_w(Mode.PERFECT, model) for model in ControlModel)


def test_no_forecast_saves_more_than_m2_with_foresight() -> None:
    """With what is left in the batteries counted."""
    foreseen, rolled = (measures(mode, M2)[M2].money.saving_eur for mode in (Mode.PERFECT, Mode.ROLLING))

    assert foreseen >= rolled - A_LITTLE * abs(rolled)


def test_no_model_saves_more_than_m2_with_foresight() -> None:
    """But M6, since its residents use less when it is dear."""
    found = measures(Mode.PERFECT, M2, M3, M4, M5, LAYERED)
    best_eur = found[M2].money.saving_eur

    assert all(best_eur >= (1 - A_LITTLE) * each.money.saving_eur for each in found.values())


@pytest.mark.parametrize("model", STEERED)
def test_no_transformer_goes_over_a_limit_that_m1_keeps(model: ControlModel) -> None:
    village = with_limit(with_batteries(summer(), 40), share=0.6)
    limit_w = np.array([[t.limit_w] for t in village.transformers])

    m1_w, load_w = (np.abs(foresee(village, each).transformer_load_w) for each in (M1, model))

    assert (m1_w > limit_w).any()
    assert (load_w - limit_w)[m1_w <= limit_w].max() < 1


@pytest.mark.parametrize("model", [M4, M6, LAYERED])
def test_two_lives_are_bit_for_bit_the_same(model: ControlModel) -> None:
    once, again = lived(Mode.PERFECT, model), foresee(summer(), model)

    np.testing.assert_array_equal(again.power_w, once.power_w)
    np.testing.assert_array_equal(again.transformer_load_w, once.transformer_load_w)


@pytest.mark.parametrize(
    ("start", "slots"),
    [
        (datetime(2016, 3, 20, 23, tzinfo=UTC), 7 * SLOTS_PER_DAY - 4),
        (datetime(2016, 10, 23, 22, tzinfo=UTC), 7 * SLOTS_PER_DAY + 4),
        (datetime(2016, 6, 1, 10, tzinfo=UTC), 7 * SLOTS_PER_DAY - 48),
    ],
    ids=["a day of 92 slots", "a day of 100 slots", "from noon on"],
)
def test_weeks_meet_at_local_midnights(start: datetime, slots: int) -> None:
    record = record_builtin()
    grid = record.part((start - record.grid.start) // SLOT, 20 * SLOTS_PER_DAY).grid

    weeks = perfect._weeks(grid)

    assert weeks[0] == (0, slots)
    assert weeks[-1][1] == grid.slots
    for (_, end), (first, _) in pairwise(weeks):
        local = (grid.start + first * SLOT).astimezone(MARKET_ZONE)
        assert end == first
        assert (local.hour, local.minute) == (0, 0)


def test_a_week_is_planned_with_the_day_after_it_in_view() -> None:
    """What the last evening of a week is worth depends on the price of the day after."""
    village = summer(9)
    dear = np.where(np.arange(village.grid.slots) < 7 * SLOTS_PER_DAY, village.day_ahead, 1.0)
    before = slice(0, 7 * SLOTS_PER_DAY)

    cheap_w, dear_w = (foresee(each, M2).power_w for each in (village, replace(village, day_ahead=dear)))

    assert not np.array_equal(cheap_w[:, before], dear_w[:, before])


def test_a_day_and_a_half_beyond_a_weeks_end_is_out_of_its_view() -> None:
    village = summer(10)
    edge = 7 * SLOTS_PER_DAY
    other = otherwise(village, edge + perfect.LOOK_BEYOND_SLOTS)

    outcomes = [foresee(each, LAYERED).power_w for each in (village, other)]

    np.testing.assert_array_equal(outcomes[0][:, :edge], outcomes[1][:, :edge])
    assert not np.array_equal(outcomes[0], outcomes[1])


@pytest.mark.parametrize("model", ControlModel)
def test_progress_goes_up_to_all(model: ControlModel) -> None:
    told: list[float] = []

    with_foresight(summer(9), AFTER_NET_METERING, model, told.append)

    assert told == sorted(told)
    assert told[-1] == 1
    assert (len(told) > 2) == (model is not M1)


def test_a_village_without_a_feeder_is_planned_by_the_local_models() -> None:
    bare = replace(summer(1), feeder=None, feeder_background_w=None)

    assert foresee(bare, M4).feeder_load_w is None
    with pytest.raises(ValueError, match="feeder"):
        foresee(bare, M5)
