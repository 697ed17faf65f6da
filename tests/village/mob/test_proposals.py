"""Which windows are worth asking for, and which of them may be asked for."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest

from battery_commons.control.flash_mob import CodeWindow
from battery_commons.control.problem import BillingMeter, ControlProblem
from battery_commons.domain.bylaws import CodeRules
from battery_commons.domain.flash_mob import Because, Need
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import MARKET_ZONE, SLOT, TimeGrid
from battery_commons.mob.baseline import Floats, Span
from battery_commons.mob.fatigue import WEEK, Willingness
from battery_commons.mob.proposals import Extremes, Wanted, allowed, announce_by, worth_asking

RED, GREEN = CongestionSignal.RED, CongestionSignal.GREEN
NOON = datetime(2026, 6, 21, 10, tzinfo=UTC)
"""12:00 on the wall's clock."""
RULES = CodeRules()
WILLING = Willingness(1.0, None, None, did_less=False)
NO_PAST = Extremes(np.empty(0), np.empty(0))
HOUR = timedelta(hours=1)


def outlook(evening_w: float, noon_w: float = 10_000.0, rest_w: float = 10_000.0) -> ControlProblem:
    """Return a day from noon on: a load at noon, one from 18 to 20 h, and the rest."""
    load_w = np.full((1, 96), rest_w)
    load_w[0, :8], load_w[0, 24:32] = noon_w, evening_w
    price = np.full(96, 0.3)
    return ControlProblem(
        grid=TimeGrid(NOON, 96),
        batteries=[],
        stored_wh=np.zeros(0),
        transformers=[Transformer("t1", "Brink", 100_000.0)],
        base_load_w=load_w,
        meters=[BillingMeter(load_w[0], price, price)],
    )


def wanted(
    problem: ControlProblem,
    rules: CodeRules = RULES,
    past: Extremes = NO_PAST,
    planned_w: Floats | None = None,
) -> list[Wanted]:
    return worth_asking(problem, problem.base_load_w if planned_w is None else planned_w, rules, past)


def test_an_evening_near_the_limit_is_worth_a_code_red() -> None:
    [found] = wanted(outlook(94_000))

    assert (found.window.code, found.start, found.end) == (RED, NOON + 6 * HOUR, NOON + 8 * HOUR)
    assert (found.because.need, found.because.name) == (Need.LIMIT, "Brink")
    assert found.because.figure == pytest.approx(0.94)
    assert found.key == "2026-06-21-red"


def test_a_noon_of_much_feed_in_is_worth_a_code_green() -> None:
    [found] = wanted(outlook(10_000, noon_w=-80_000))

    assert found.window.code is GREEN
    assert found.because.figure == pytest.approx(0.8)


def test_what_the_batteries_will_take_away_needs_no_residents() -> None:
    problem = outlook(94_000)

    assert wanted(problem, planned_w=np.minimum(problem.base_load_w, 60_000)) == []


def test_an_ordinary_day_is_not_worth_a_code() -> None:
    assert wanted(outlook(40_000)) == []


def test_without_a_limit_near_the_highest_load_of_weeks_is_worth_one() -> None:
    past = Extremes(np.append(np.full(26, 30_000.0), [50_000.0, 60_000.0]), np.full(28, 0.0))

    [found] = wanted(outlook(40_000), past=past)

    assert found.because == Because(Need.HIGHEST, "", 28.0)
    busier = Extremes(np.full(28, 45_000.0), np.full(28, 0.0))
    assert wanted(outlook(40_000), past=busier) == []
    young = Extremes(np.full(10, 30_000.0), np.full(10, 0.0))
    assert wanted(outlook(40_000), past=young) == []


def test_the_past_is_the_highest_two_hours_of_each_whole_day() -> None:
    start = NOON - timedelta(days=28)
    load_w = np.full(28 * 96, 1_000.0)
    load_w[10:18], load_w[96 + 5] = 5_000.0, np.nan

    found = Extremes.of([MeasuredSeries(start, load_w), MeasuredSeries(start, load_w)], NOON + 3 * SLOT / 2)

    assert len(found.highest_w) == 26
    assert found.highest_w[0] == pytest.approx(10_000)
    assert Extremes.of([], NOON).highest_w.size == 0


def test_quiet_hours_are_kept() -> None:
    early = CodeRules(quiet_from=time(18), quiet_until=time(8))

    assert all(each.end.astimezone(MARKET_ZONE).time() <= time(18) for each in wanted(outlook(94_000), early))
    assert wanted(outlook(94_000), CodeRules(most_per_week=0)) == []


def window(hours: float, code: CongestionSignal = RED, share: float = 0.9) -> Wanted:
    return Wanted(CodeWindow(code, NOON + hours * HOUR), Because(Need.LIMIT, "Brink", share))


def may(
    *each: Wanted, announced: tuple[Span, ...] = (), willing: Willingness = WILLING, rules: CodeRules = RULES
) -> list[Wanted]:
    return allowed(each, rules, willing, announced, NOON)


def span(days: float) -> Span:
    start = NOON + timedelta(days=days)
    return start, start + 2 * HOUR


def test_no_more_than_the_rules_say_are_proposed_in_any_week() -> None:
    assert may(window(6), announced=(span(-5),)) == [window(6)]
    assert may(window(6), announced=(span(-5), span(-2))) == []
    assert may(window(6), announced=(span(-8), span(-7.5))) == [window(6)]
    # Also those to come count.
    assert may(window(6), announced=(span(3), span(4))) == []


def test_what_is_needed_most_goes_first() -> None:
    once = CodeRules(most_per_week=1)

    assert may(window(6, share=0.88), window(27, share=0.97), rules=once) == [window(27, share=0.97)]


def test_tired_residents_are_asked_less_often() -> None:
    tired = Willingness(0.5, 0.2, 0.4, did_less=False)

    assert tired.span() == 2 * WEEK
    assert may(window(6), announced=(span(-12), span(-9)), willing=tired) == []


def test_no_two_codes_overlap() -> None:
    assert may(window(6), announced=((NOON + 7 * HOUR, NOON + 9 * HOUR),)) == []


def test_what_cannot_be_announced_in_time_is_not_proposed() -> None:
    assert may(window(3)) == []
    assert may(window(4)) == [window(4)]


def test_nothing_is_announced_in_the_quiet_hours() -> None:
    # 9:00 the next morning, four hours ahead would be 5:00: the evening before at the latest.
    latest = announce_by(NOON + 21 * HOUR, RULES).astimezone(MARKET_ZONE)

    assert (latest.day, latest.time()) == (21, time(21, 45))
    assert announce_by(NOON + 6 * HOUR, RULES) == NOON + 2 * HOUR


def test_a_quarter_hour_to_announce_in_is_left_after_the_quiet_hours() -> None:
    # 12:00 the next day, four hours ahead is 8:00: the quiet hours end only then.
    latest = announce_by(NOON + 24 * HOUR, RULES).astimezone(MARKET_ZONE)

    assert (latest.day, latest.time()) == (21, time(21, 45))
    assert announce_by(NOON + 24.25 * HOUR, RULES) == NOON + 20.25 * HOUR
