"""The village on its way through its record: physics kept, nothing foreseen, always the same."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOT, SLOT_HOURS, SLOTS_PER_DAY
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.outcome import Mode, Outcome
from battery_commons.simulation.problems import half_full
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.replay import drive
from battery_commons.simulation.rolling import Knowledge, roll
from battery_commons.simulation.what_if import with_batteries, with_limit

from .lived import DAYS, LAYERED, M1, M2, M3, M4, M5, M6, lived, otherwise, rolled, summer, without_feeder

STEERED = (M2, M3, M4, M5, M6, LAYERED)
DAY, HOUR = SLOTS_PER_DAY, 4
PUBLISHED = 13 * HOUR
"""The slot of a day, by the local clock, from which on the next day's prices are known."""

every_life = pytest.mark.parametrize(
    ("mode", "model"), [(mode, model) for mode in Mode for model in ControlModel]
)


def check_same(one: Outcome, other: Outcome, until: int | None = None) -> None:
    """Check that two lives are bit for bit the same, up to the slot of index `until`."""
    for name in ("power_w", "transformer_load_w", "response_w"):
        np.testing.assert_array_equal(
            getattr(one, name)[..., :until], getattr(other, name)[..., :until], name
        )


def same_power(one: Outcome, other: Outcome, part: slice) -> bool:
    return bool((one.power_w[:, part] == other.power_w[:, part]).all())


@every_life
def test_no_battery_holds_more_than_it_can_or_less_than_nothing(mode: Mode, model: ControlModel) -> None:
    energy_wh = lived(mode, model).energy_wh

    assert energy_wh.min() >= 0
    assert (energy_wh.max(axis=1) <= [b.capacity_wh for b in summer().batteries]).all()
    assert (energy_wh[:, 0] == half_full(summer())).all()


@every_life
def test_no_battery_is_asked_beyond_its_power(mode: Mode, model: ControlModel) -> None:
    power_w = lived(mode, model).power_w

    assert (power_w.max(axis=1) <= [b.max_charge_w for b in summer().batteries]).all()
    assert (power_w.min(axis=1) >= [-b.max_discharge_w for b in summer().batteries]).all()


@every_life
def test_energy_is_conserved_in_every_quarter_hour(mode: Mode, model: ControlModel) -> None:
    outcome = lived(mode, model)

    gain = np.where(outcome.power_w > 0, 0.95, 1 / 0.95)
    assert np.diff(outcome.energy_wh) == pytest.approx(SLOT_HOURS * gain * outcome.power_w, abs=1e-6)


@every_life
def test_the_grid_carries_houses_batteries_and_response(mode: Mode, model: ControlModel) -> None:
    village, outcome = summer(), lived(mode, model)

    load_w = village.base_load_w + outcome.response_w
    for n, k in enumerate(village.transformer_of):
        load_w[k] += outcome.power_w[n]
    assert outcome.transformer_load_w == pytest.approx(load_w)
    assert outcome.feeder_load_w == pytest.approx(village.feeder_background_w + load_w.sum(axis=0))


@pytest.mark.parametrize("mode", Mode)
def test_m1_steers_nobody(mode: Mode) -> None:
    village = summer()
    left_alone = np.full((len(village.batteries), village.grid.slots), np.nan)

    power_w, _ = drive(village.batteries, left_alone, village.house_w, half_full(village).tolist())

    np.testing.assert_array_equal(lived(mode, M1).power_w, power_w)


@pytest.mark.parametrize("model", STEERED)
def test_another_model_does_something_else_than_m1(model: ControlModel) -> None:
    assert not same_power(lived(Mode.ROLLING, model), lived(Mode.ROLLING, M1), slice(None))


@pytest.mark.parametrize("model", [M2, M3, M4, M5, LAYERED])
def test_what_comes_later_changes_nothing_of_what_was_before(model: ControlModel) -> None:
    """From noon of the second day on all is another, and the record ends with that day.

    At noon the prices of the day after are not out yet.
    """
    noon = DAY + 12 * HOUR
    measured = ("base_load_w", "feeder_background_w", "site_net_w")

    outcome = rolled(otherwise(summer().part(0, 2 * DAY), noon, fields=measured), model)

    check_same(outcome, lived(Mode.ROLLING, model), until=noon)
    # M2 has no band to keep, and what it plans for today rests on yesterday's load.
    assert model is M2 or not same_power(outcome, lived(Mode.ROLLING, model), slice(noon, 2 * DAY))


def test_what_comes_later_changes_nothing_of_what_residents_were_asked_before() -> None:
    """What residents use on average is their nature, not the planner's knowledge: that stays the same."""
    noon = DAY + 12 * HOUR
    other = otherwise(summer(), noon)
    later = replace(other, day_ahead=np.where(np.arange(other.grid.slots) < 2 * DAY, other.day_ahead, 0.5))

    check_same(rolled(later, M6), lived(Mode.ROLLING, M6), until=noon)


def test_tomorrows_prices_are_known_from_13_00_local_time_on() -> None:
    """Only for a dear tomorrow the noon's slightly lower price would be worth charging at."""
    winter = record_builtin().part(10 * DAY, 3 * DAY)
    flat = np.full(3 * DAY, 0.30)
    noon, published = DAY + 12 * HOUR, DAY + PUBLISHED
    flat[noon:published] = 0.25
    dear = np.where(np.arange(3 * DAY) < 2 * DAY, flat, 2.0)

    known, other = (rolled(without_feeder(replace(winter, day_ahead=each)), M2) for each in (flat, dear))

    assert same_power(known, other, slice(0, published))
    assert not same_power(known, other, slice(published, 2 * DAY))


def test_data_a_week_old_are_used_and_nothing_newer() -> None:
    """In the first week there are no data; on the eighth day there are those of the first, and no others."""
    village, week_old = without_feeder(summer(8)), Knowledge(data_age=timedelta(days=7))

    outcome = rolled(village, M3, week_old)
    other = rolled(otherwise(village, DAY, 7 * DAY, fields=["base_load_w"]), M3, week_old)

    assert same_power(outcome, other, slice(None))
    assert not outcome.power_w[:, : 7 * DAY].any()
    assert outcome.power_w[:, 7 * DAY :].any()


def test_with_fresh_data_yesterday_counts() -> None:
    village = without_feeder(summer(2)).part(0, DAY + 8 * HOUR)
    other = otherwise(village, 0, DAY, ["base_load_w"])

    assert not same_power(rolled(village, M3), rolled(other, M3), slice(DAY, DAY + HOUR))


def test_with_old_data_there_is_no_guard() -> None:
    village = without_feeder(summer(2)).part(0, DAY + 8 * HOUR)
    old = timedelta(days=1)
    guarded, alone = (rolled(village, M4, Knowledge(old, delay)) for delay in (timedelta(minutes=1), None))

    check_same(guarded, alone)


def test_with_fresh_data_the_guard_is_at_work() -> None:
    alone = rolled(summer(), M4, Knowledge(guard_delay=None))

    assert not same_power(lived(Mode.ROLLING, M4), alone, slice(None))


def test_data_that_are_a_part_of_a_quarter_hour_old_are_never_taken_for_newer() -> None:
    village = without_feeder(summer(2)).part(0, DAY + 8 * HOUR)
    twenty, thirty = (
        rolled(village, M4, Knowledge(timedelta(minutes=minutes), None)) for minutes in (20, 30)
    )

    check_same(twenty, thirty)


@pytest.mark.parametrize(
    ("data_age", "guard_delay"),
    [(-SLOT, None), (timedelta(0), -SLOT), (timedelta(0), SLOT + timedelta(seconds=1))],
)
def test_knowledge_that_cannot_be_is_refused(data_age: timedelta, guard_delay: timedelta | None) -> None:
    with pytest.raises(ValueError, match="not from the future"):
        Knowledge(data_age, guard_delay)


def test_two_lives_are_bit_for_bit_the_same() -> None:
    check_same(rolled(summer(), LAYERED), lived(Mode.ROLLING, LAYERED))


def response(mode: Mode) -> Floats:
    return lived(mode, M6).response_w


@pytest.mark.parametrize("mode", Mode)
def test_residents_answer_every_day_behind_every_transformer(mode: Mode) -> None:
    """But on the first day of a life without foresight, when nothing is known yet to ask for."""
    for day in range(mode is Mode.ROLLING, DAYS):
        part = response(mode)[:, day * DAY : (day + 1) * DAY]
        assert (part.min(axis=1) < 0).all()
        assert (part.max(axis=1) > 0).all()


@pytest.mark.parametrize("mode", Mode)
def test_what_residents_put_off_they_use_later_and_no_more(mode: Mode) -> None:
    """Until two hours after midnight all that was shifted on the days before has been made up for."""
    shifted_wh = SLOT_HOURS * response(mode)[:, : (DAYS - 1) * DAY + 2 * HOUR].sum(axis=1)

    assert shifted_wh == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("mode", Mode)
def test_residents_are_awake_when_they_shift_their_use(mode: Mode) -> None:
    """From 8:00 to 22:00, and in the four hours after a window."""
    of_day = response(mode).reshape(2, DAYS, DAY)

    assert not of_day[:, :, 2 * HOUR : 8 * HOUR].any()


@pytest.mark.parametrize("model", [M1, M2, M3, M4, M5, LAYERED])
@pytest.mark.parametrize("mode", Mode)
def test_under_another_model_residents_do_nothing(mode: Mode, model: ControlModel) -> None:
    assert not lived(mode, model).response_w.any()


def crowded() -> RecordedVillage:
    """Return a village with so much PV and so many batteries that its transformers are too small."""
    return with_limit(with_batteries(summer(3), 40), share=0.6)


def newly_over(village: RecordedVillage, outcome: Outcome) -> Floats:
    """Return (K, T) by how much a load is over a limit that M1 keeps."""
    limit_w = np.array([[t.limit_w] for t in village.transformers])
    m1_w = rolled(village, M1).transformer_load_w
    over_w = np.maximum(np.abs(outcome.transformer_load_w) - limit_w, 0.0)
    return np.where(np.abs(m1_w) <= limit_w, over_w, 0.0)


def test_the_layered_model_takes_no_transformer_over_a_limit_that_m1_keeps() -> None:
    """From the second day on, since of the first nothing is known; with a guard that sees the present."""
    village = crowded()

    outcome = rolled(village, LAYERED, Knowledge(guard_delay=timedelta(0)))

    assert newly_over(village, outcome)[:, DAY:].max() < 1
    assert (np.abs(rolled(village, M1).transformer_load_w[0, DAY:]) > 150_000).any()


def test_the_guard_takes_a_load_back_that_the_forecast_missed() -> None:
    """On the second noon a load appears that nobody foresaw, and takes the transformer over its limit."""
    village = summer(2)
    surprise = village.base_load_w.copy()
    evening = slice(DAY + 19 * HOUR, DAY + 19 * HOUR + 2)
    surprise[0, evening] = 260_000.0
    village = replace(village, base_load_w=surprise)

    seen, unseen = (
        rolled(village, M4, Knowledge(guard_delay=delay)).transformer_load_w[0, evening]
        for delay in (timedelta(0), None)
    )

    assert unseen.max() > 250_000
    assert seen.max() <= 250_000 + 1


def test_progress_goes_from_nothing_to_all() -> None:
    told: list[float] = []
    roll(summer(1), AFTER_NET_METERING, M3, Knowledge(), told.append)

    assert told == sorted(told)
    assert (told[0], told[-1], len(told)) == (0, 1, 25)


def test_in_a_record_too_the_feeder_is_what_hangs_on_it() -> None:
    village = summer(1)
    first, *others = village.transformers
    elsewhere = tuple(replace(each, on_feeder=False) for each in others)
    partly = replace(village, transformers=(first, *elsewhere))

    outcome = rolled(partly, M5)

    assert village.feeder_background_w is not None
    assert outcome.feeder_load_w is not None
    assert outcome.feeder_load_w == pytest.approx(village.feeder_background_w + outcome.transformer_load_w[0])
