"""The calendar of an experiment: blocks of periods, in an order that anybody can draw again."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.schedule import Design, longest_washout_hours, midnight

M1, M2, M3, M4 = ControlModel.M1, ControlModel.M2, ControlModel.M3, ControlModel.M4
SPRING = date(2026, 3, 1)


@st.composite
def designs(draw: st.DrawFn) -> Design:
    models = draw(st.permutations(list(ControlModel)))[: draw(st.integers(2, 4))]
    days = draw(st.integers(1, 10))
    return Design(
        tuple(models),
        draw(st.dates(date(2026, 1, 1), date(2027, 1, 1))),
        days,
        draw(st.integers(2, 9)),
        draw(st.integers(0, longest_washout_hours(days))),
        draw(st.integers(0, 999_999)),
    )


@given(designs())
def test_every_block_holds_every_model_once(design: Design) -> None:
    periods = design.periods()
    for block in range(design.repeats):
        assert sorted(each.model for each in periods if each.block == block) == sorted(design.models)


@given(designs())
def test_periods_follow_each_other_from_local_midnight_to_local_midnight(design: Design) -> None:
    periods = design.periods()
    assert periods[0].start == design.start
    assert periods[-1].end == design.end
    assert all(before.end == after.start for before, after in pairwise(periods))
    assert design.end == midnight(design.first_day + timedelta(days=design.days))


@given(designs())
def test_something_of_every_period_counts_and_all_models_alike(design: Design) -> None:
    days = Counter(period.model for day in design.counting_days() if (period := design.period_on(day)))
    assert set(days.values()) == {design.counted_days_per_model}
    assert design.counted_days_per_model >= design.repeats


@given(designs())
def test_the_same_seed_draws_the_same_order(design: Design) -> None:
    again = Design(
        design.models,
        design.first_day,
        design.period_days,
        design.repeats,
        design.washout_hours,
        design.seed,
    )
    assert again.periods() == design.periods()


def test_the_order_is_what_it_was_in_every_version() -> None:
    design = Design((M1, M4, M2), SPRING, 1, 3, 0, 2026)
    assert [each.model for each in design.periods()] == [M1, M2, M4, M2, M4, M1, M1, M4, M2]


def test_over_many_seeds_every_order_is_about_as_frequent() -> None:
    orders = Counter(
        tuple(each.model for each in Design((M1, M4, M2), SPRING, 1, 2, 0, seed).periods()[:3])
        for seed in range(1_200)
    )
    assert len(orders) == 6
    assert all(150 <= count <= 250 for count in orders.values())


def test_the_model_changes_at_midnight_by_the_clock_on_the_wall_also_when_that_is_changed() -> None:
    # On 29 March 2026 the clock goes forward: that day has 23 hours.
    design = Design((M1, M4), date(2026, 3, 28), 1, 2, 0, 1)
    starts = [each.start for each in design.periods()]
    assert starts == [
        datetime(2026, 3, 27, 23, tzinfo=UTC),
        datetime(2026, 3, 28, 23, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
        datetime(2026, 3, 30, 22, tzinfo=UTC),
    ]
    second = design.periods()[1].model
    assert design.model_at(datetime(2026, 3, 29, 21, 59, tzinfo=UTC)) is second
    assert design.model_at(datetime(2026, 3, 28, 22, 59, tzinfo=UTC)) is design.periods()[0].model
    assert design.model_at(datetime(2026, 3, 27, 22, 59, tzinfo=UTC)) is None
    assert design.model_at(design.end) is None


def test_days_that_the_washout_touches_are_left_out_of_longer_periods() -> None:
    design = Design((M1, M4), SPRING, 3, 2, 25, 1)
    assert design.lost_days == 2
    assert design.counted_from == timedelta()
    assert [each.day for each in design.counting_days()] == [3, 6, 9, 12]


def test_with_periods_of_a_day_the_washout_is_cut_from_every_day() -> None:
    design = Design((M1, M4), SPRING, 1, 2, 6, 1)
    assert len(design.counting_days()) == 4
    assert design.counted_from == timedelta(hours=6)


@pytest.mark.parametrize(
    ("design", "says"),
    [
        (((M1,), SPRING, 1, 2, 0, 1), "2 to 4 different models"),
        (((M1, M1), SPRING, 1, 2, 0, 1), "2 to 4 different models"),
        (((M1, M2, M3, M4, ControlModel.M6), SPRING, 1, 2, 0, 1), "2 to 4 different models"),
        (((M1, M4), SPRING, 0, 2, 0, 1), "1 to 28 days"),
        (((M1, M4), SPRING, 29, 2, 0, 1), "1 to 28 days"),
        (((M1, M4), SPRING, 1, 1, 0, 1), "2 to 60 periods"),
        (((M1, M4), SPRING, 1, 2, 13, 1), "the washout is 0 to 12 hours"),
        (((M1, M4), SPRING, 2, 2, 25, 1), "the washout is 0 to 24 hours"),
        (((M1, M4), SPRING, 2, 2, -1, 1), "the washout is"),
        (((M1, M4), SPRING, 1, 2, 0, -1), "the seed"),
        (((M1, M4), SPRING, 28, 7, 0, 1), "366 days at most"),
    ],
)
def test_what_cannot_be_carried_out_is_refused(
    design: tuple[tuple[ControlModel, ...], date, int, int, int, int], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        Design(*design)
