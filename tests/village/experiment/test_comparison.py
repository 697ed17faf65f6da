"""What experiments find, held against what is true: the built-in village, replayed under both models."""

from dataclasses import replace
from datetime import date, timedelta
from statistics import fmean

import numpy as np
import pytest

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.comparison import Verdict, compare
from battery_commons.experiment.counted import CountedDay
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.experiment.power import smallest_shown
from battery_commons.experiment.record import DayWeather
from battery_commons.experiment.regression import estimate
from battery_commons.experiment.schedule import Design
from tests.village.experiment.replayed import Replayed, replay

M1, M4 = ControlModel.M1, ControlModel.M4
PEAK = Measure(Kind.PEAK_IMPORT, "t1")
COST = Measure(Kind.COST)
MARCH = date(2016, 3, 1)
NEW_YEAR = date(2027, 1, 1)
"""When net metering ends."""
FIRST_SLOT = 60 * 96 - 4
SEEDS = range(20)


@pytest.fixture(scope="module")
def replayed() -> Replayed:
    """Replay the built-in village from 1 March on."""
    return replay([M1, M4], FIRST_SLOT, 58)


def design(seed: int = 1, *, period_days: int = 2, repeats: int = 14, washout_hours: int = 0) -> Design:
    return Design((M1, M4), MARCH, period_days, repeats, washout_hours, seed)


def test_intervals_hold_the_true_difference_about_as_often_as_they_say(replayed: Replayed) -> None:
    held = [
        found.low <= replayed.truth(each, found.model, found.measure) <= found.high
        for each in map(design, SEEDS)
        for found in replayed.found(each).differences
        if found.low is not None and found.high is not None and found.verdict is not Verdict.SAME
    ]
    assert len(held) >= 170
    assert fmean(held) >= 0.9


def test_no_difference_is_found_between_a_model_and_itself(replayed: Replayed) -> None:
    experiments = [compare((M1, M4), replayed.lived(design(seed), {M4: M1})).differences for seed in SEEDS]
    found = [each for differences in experiments for each in differences if each.p_value is not None]
    assert fmean(each.verdict is not Verdict.UNCLEAR for each in found) <= 0.1
    assert fmean((each.p_drawn or 0) < 0.05 for each in found) <= 0.1
    assert fmean(any(each.verdict is Verdict.SURE for each in all_) for all_ in experiments) <= 0.1


def test_what_really_differs_is_found_with_its_size(replayed: Replayed) -> None:
    laid_out = design(period_days=1, repeats=28)
    found = {each.measure: each for each in replayed.found(laid_out).differences}[PEAK]
    assert found.verdict in {Verdict.LIKELY, Verdict.SURE}
    assert found.change == pytest.approx(replayed.truth(laid_out, M4, PEAK), abs=1_500)
    assert (found.p_drawn or 1) < 0.05


def made_days(
    laid_out: Design, effect: float, *, noise: float = 1.0, weather: float = 0.0, known: float = 1.0
) -> list[CountedDay]:
    """Return days with a known effect of M4, and of the sun."""
    drawing = np.random.default_rng(5)
    days = []
    for day in laid_out.counting_days():
        period = laid_out.period_on(day)
        assert period is not None
        radiation = float(drawing.uniform(20, 300))
        value = 100.0 + effect * (period.model is M4) + weather * radiation + noise * drawing.normal()
        days.append(
            CountedDay(
                day,
                period.number,
                period.block,
                period.model,
                {PEAK: value},
                {},
                DayWeather(10.0, radiation) if drawing.random() < known else None,
            )
        )
    return days


def test_the_weather_is_taken_out() -> None:
    laid_out = design(repeats=20)
    [blind] = compare((M1, M4), made_days(laid_out, 5.0, weather=1.0, known=0.0)).differences
    [seen] = compare((M1, M4), made_days(laid_out, 5.0, weather=1.0)).differences
    assert blind.verdict is Verdict.UNCLEAR
    assert seen.verdict is Verdict.SURE
    assert seen.change == pytest.approx(5.0, abs=1.0)


def test_where_little_weather_is_known_it_is_not_corrected_for_and_that_is_told() -> None:
    laid_out = design(repeats=20)
    some = compare((M1, M4), made_days(laid_out, 5.0, known=0.9))
    few = compare((M1, M4), made_days(laid_out, 5.0, known=0.5))
    assert some.by_weather
    assert some.without_weather == sum(each.weather is None for each in made_days(laid_out, 5, known=0.9)) > 0
    assert not few.by_weather
    assert few.without_weather == 0


@pytest.mark.parametrize("repeats", [2, 3, 6])
@pytest.mark.parametrize("seed", range(4))
def test_the_end_of_net_metering_within_a_block_is_no_difference_between_its_models(
    repeats: int, seed: int
) -> None:
    """The first period of the middle block is the last of 2026."""
    laid_out = replace(
        design(seed, period_days=7, repeats=repeats),
        first_day=NEW_YEAR - timedelta(weeks=2 * (repeats // 2) + 1),
    )
    changed = [
        replace(each, outcomes={PEAK: each.outcomes[PEAK] + 40 * (each.day >= NEW_YEAR)})
        for each in made_days(laid_out, 5.0)
    ]

    [found] = compare((M1, M4), changed).differences

    [same] = compare((M1, M4), made_days(laid_out, 5.0)).differences
    assert found.change == pytest.approx(same.change)
    assert found.change == pytest.approx(5.0, abs=2.0)


def test_a_drift_of_the_season_is_no_difference() -> None:
    laid_out = design(repeats=10)
    drifting = [
        CountedDay(
            each.day,
            each.period,
            each.block,
            each.model,
            {PEAK: each.outcomes[PEAK] + 30.0 * each.block},
            {},
            each.weather,
        )
        for each in made_days(laid_out, 0.0)
    ]
    [found] = compare((M1, M4), drifting).differences
    assert found.verdict is Verdict.UNCLEAR
    assert found.high is not None
    assert found.low is not None
    assert found.high - found.low < 5


@pytest.mark.parametrize("repeats", [2, 3])
def test_of_too_few_days_or_periods_nothing_is_told(repeats: int) -> None:
    days = made_days(design(period_days=1, repeats=repeats), 50.0)
    [found] = compare((M1, M4), days).differences
    assert found.verdict is Verdict.TOO_FEW
    assert found.change is None
    assert (found.days, found.reference_days) == (repeats, repeats)


def test_days_lost_of_one_model_leave_the_others_comparable() -> None:
    models = (M1, M4, ControlModel.M3)
    laid_out = Design(models, MARCH, 1, 12, 0, 3)
    days = [each for each in made_days(laid_out, 5.0) if each.model is not ControlModel.M3]
    found = {each.model: each for each in compare(models, days).differences}
    assert found[M4].verdict is Verdict.SURE
    assert found[ControlModel.M3].verdict is Verdict.TOO_FEW


def test_days_that_are_all_alike_are_no_comparison() -> None:
    days = made_days(design(), 0.0, noise=0.0)
    comparison = compare((M1, M4), days)
    assert comparison.told == 0
    assert [each.verdict for each in comparison.differences] == [Verdict.SAME]


def test_days_of_a_period_count_as_one_where_they_are_alike() -> None:
    drawing = np.random.default_rng(1)
    clusters = np.repeat(np.arange(16), 7)
    shared = drawing.normal(size=16)[clusters]
    treated = (clusters % 2).astype(float)
    columns = np.column_stack([treated, np.ones(len(treated))])
    alike = estimate(columns, shared, clusters, 0)
    apart = estimate(columns, shared, np.arange(len(treated)), 0)
    assert alike.error > 2 * apart.error
    assert alike.freedom < 15 < apart.freedom


def lived_before(replayed: Replayed) -> list[CountedDay]:
    """Return all days as if M4 had steered them."""
    return [
        CountedDay(day, n, 0, M1, each.of_model[M4], each.alone, each.weather, each.price)
        for n, (day, each) in enumerate(replayed.days.items())
    ]


def test_a_long_experiment_could_show_less_than_a_short_one(replayed: Replayed) -> None:
    past = lived_before(replayed)
    short = smallest_shown(past, design(repeats=4))
    long = smallest_shown(past, design(repeats=40))
    assert 0 < long[PEAK][0] < short[PEAK][0] / 2
    assert smallest_shown(past[:20], design()) == {}


def test_what_is_said_beforehand_is_about_what_the_intervals_come_to(replayed: Replayed) -> None:
    past = lived_before(replayed)
    laid_out = design(period_days=1, repeats=28)
    told = smallest_shown(past, laid_out)
    for found in replayed.found(laid_out).differences:
        if found.low is None or found.high is None or found.verdict is Verdict.SAME:
            continue
        # A difference that shows four times out of five is about 1.4 times half the interval.
        smallest, usual = told[found.measure]
        assert 1.0 < smallest / ((found.high - found.low) / 2) < 3.0
        assert usual == pytest.approx(
            fmean(each.outcomes[found.measure] for each in past if found.measure in each.outcomes)
        )


def test_what_days_would_have_been_without_batteries_makes_it_surer_but_for_m6(replayed: Replayed) -> None:
    laid_out = design(period_days=1, repeats=28)
    days = replayed.lived(laid_out)
    blind = [replace(each, alone={}) for each in days]

    def reach(models: tuple[ControlModel, ...], lived: list[CountedDay]) -> float:
        found = {each.measure: each for each in compare(models, lived).differences}[COST]
        assert found.low is not None
        assert found.high is not None
        return found.high - found.low

    assert reach((M1, M4), days) < reach((M1, M4), blind) / 4
    with_m6 = [replace(each, model=ControlModel.M6 if each.model is M4 else each.model) for each in days]
    unseen = [replace(each, alone={}) for each in with_m6]
    assert reach((M1, ControlModel.M6), with_m6) == reach((M1, ControlModel.M6), unseen)
