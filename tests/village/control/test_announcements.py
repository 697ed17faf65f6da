"""What residents have been asked, and what is learned from what they did about it."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from battery_commons.control.announcements import Announcements
from battery_commons.control.flash_mob import AFTER_SLOTS, WINDOW_SLOTS, CodeWindow
from battery_commons.control.problem import BillingMeter, ControlProblem
from battery_commons.domain.grid import CongestionSignal, Transformer
from battery_commons.domain.series import MeasuredSeries
from battery_commons.domain.time import SLOT, TimeGrid

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
RED, GREEN = CongestionSignal.RED, CongestionSignal.GREEN
FIRST_DAY = date(2025, 3, 27)
"""Three days before the Dutch clock goes forward."""
DO_IN_WINDOW_W = np.array([6_000.0, 2_000.0])
"""What the residents of two transformers really put off in a red window, and draw forward in a green one."""


class Village:
    """Two transformers with the same sunny days over and over, whose residents answer every window."""

    def __init__(self, *, noise_w: float = 0.0, days: int = 12) -> None:
        self.start = midnight(FIRST_DAY)
        slots = (midnight(FIRST_DAY + timedelta(days=days)) - self.start) // SLOT
        hours = [s.astimezone(AMSTERDAM).hour for s in TimeGrid(self.start, slots + 144).starts()]
        day_w = np.full(24, 10_000.0)
        day_w[11:15], day_w[18:20] = -60_000.0, 50_000.0
        self.expected_w = np.stack([day_w[hours], 0.5 * day_w[hours]])
        """(K, T) what a forecast says, which is right but for the noise and the residents."""
        self.measured_w = self.expected_w + np.random.default_rng(7).normal(0, noise_w, (2, slots + 144))
        self.announcements = Announcements()
        self.seen: set[tuple[CongestionSignal, datetime]] = set()

    def tick(self, now: datetime, *, measured_until: datetime | None = None) -> ControlProblem:
        """Let a tick pass, at which what had been measured by `measured_until` (or now) is known."""
        known = (measured_until or now) - self.start
        series = {f"t{k}": MeasuredSeries(self.start, w[: known // SLOT]) for k, w in self.loads()}
        self.announcements.learn(series, now)
        problem = self.announcements.expect(self.outlook(now))
        for window in self.announcements.announced:
            self.answer(window)
        return problem

    def loads(self) -> list[tuple[int, np.ndarray]]:
        return list(enumerate(self.measured_w))

    def outlook(self, now: datetime) -> ControlProblem:
        """Return the problem of the coming day, as if nobody did anything."""
        first = (now - self.start) // SLOT
        base_w = self.expected_w[:, first : first + 96]
        price = np.full(96, 0.3)
        return ControlProblem(
            grid=TimeGrid(now, 96),
            batteries=[],
            stored_wh=np.zeros(0),
            transformers=[Transformer("t0", "Brink", 250_000.0), Transformer("t1", "Es", 250_000.0)],
            base_load_w=base_w,
            meters=[BillingMeter(base_w.sum(axis=0), price, price - 0.2)],
        )

    def answer(self, window: CodeWindow) -> None:
        """Let residents do what they do, once per window."""
        if (window.code, window.start) in self.seen:
            return
        self.seen.add((window.code, window.start))
        first = (window.start - self.start) // SLOT
        do_w = (-1 if window.code is RED else 1) * DO_IN_WINDOW_W[:, np.newaxis]
        self.measured_w[:, first : first + WINDOW_SLOTS] += do_w
        after = first + WINDOW_SLOTS
        self.measured_w[:, after : after + AFTER_SLOTS] -= do_w * WINDOW_SLOTS / AFTER_SLOTS

    def live(self, days: int, *, hours_apart: int = 24) -> None:
        """Let days pass, with a tick at each local midnight and every so many hours of the day."""
        for day in range(days):
            start, end = (midnight(FIRST_DAY + timedelta(days=day + d)) for d in (0, 1))
            for hour in range(0, (end - start) // timedelta(hours=1), hours_apart):
                self.tick(start + timedelta(hours=hour))

    def expects_w(self, code: CongestionSignal) -> np.ndarray:
        """Return (K,) what is expected in a window of `code`."""
        return self.announcements.learned[code].expected_w()[0]


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), AMSTERDAM).astimezone(UTC)


def test_each_day_a_red_and_a_green_window_are_announced_for_that_day() -> None:
    village = Village()

    village.tick(village.start)

    assert [w.code for w in village.announcements.announced] == [GREEN, RED]
    assert {w.start.astimezone(AMSTERDAM).date() for w in village.announcements.announced} == {FIRST_DAY}


def test_before_the_first_event_nothing_is_expected() -> None:
    village = Village()

    problem = village.tick(village.start)

    np.testing.assert_array_equal(problem.base_load_w, village.outlook(village.start).base_load_w)


@pytest.mark.parametrize("hours_apart", [1, 6, 24])
def test_nothing_is_announced_twice_a_day_however_often_the_village_ticks(hours_apart: int) -> None:
    village = Village()

    village.live(6, hours_apart=hours_apart)

    days = [(code, start.astimezone(AMSTERDAM).date()) for code, start in village.seen]
    assert len(set(days)) == len(days) == 2 * 6


def test_windows_once_announced_stay_as_they_are_when_the_forecast_changes() -> None:
    village = Village()
    village.tick(village.start)
    announced = list(village.announcements.announced)
    village.expected_w = np.roll(village.expected_w, 12, axis=1)

    village.tick(village.start + timedelta(hours=3))

    assert village.announcements.announced == announced


def test_a_village_that_starts_in_the_afternoon_asks_for_what_is_left_of_the_day() -> None:
    village = Village()

    village.tick(village.start + timedelta(hours=16))

    assert [w.code for w in village.announcements.announced] == [RED]


def test_the_response_is_learned_as_often_as_residents_were_asked() -> None:
    village = Village()

    village.live(6)
    village.tick(midnight(FIRST_DAY + timedelta(days=6)))

    assert {code: r.events for code, r in village.announcements.learned.items()} == {RED: 6, GREEN: 6}


def test_after_one_event_a_quarter_of_what_was_seen_is_expected() -> None:
    village = Village()

    village.live(2)

    assert village.expects_w(RED) == pytest.approx(-DO_IN_WINDOW_W / 4)
    assert village.expects_w(GREEN) == pytest.approx(DO_IN_WINDOW_W / 4)


def test_over_many_events_the_learned_response_becomes_the_true_one() -> None:
    village = Village(days=60)
    errors = []
    for day in range(60):
        village.tick(midnight(FIRST_DAY + timedelta(days=day)))
        errors.append(np.abs(village.expects_w(RED) + DO_IN_WINDOW_W).max())

    assert all(later < before for before, later in pairwise(errors[1:]))
    assert village.expects_w(RED) == pytest.approx(-DO_IN_WINDOW_W, rel=0.06)
    assert village.expects_w(GREEN) == pytest.approx(DO_IN_WINDOW_W, rel=0.06)


def test_what_is_put_off_is_expected_in_the_hours_after() -> None:
    village = Village(days=60)

    village.live(60)

    _, after_w = village.announcements.learned[RED].expected_w()
    assert after_w == pytest.approx(DO_IN_WINDOW_W * WINDOW_SLOTS / AFTER_SLOTS, rel=0.06)


def test_noise_in_what_is_measured_makes_no_bias() -> None:
    noise_w, days = 3_000.0, 120
    village = Village(noise_w=noise_w, days=days)

    village.live(days)

    learned = village.announcements.learned[RED]
    mean_w = learned.in_window_w / learned.events
    three_sigma_w = 3 * noise_w / np.sqrt(WINDOW_SLOTS * learned.events)
    assert mean_w == pytest.approx(-DO_IN_WINDOW_W, abs=three_sigma_w)


def test_an_event_is_not_learned_before_its_aftermath_is_measured() -> None:
    village = Village()
    village.tick(village.start)
    red = village.announcements.announced[-1].start

    village.tick(red + WINDOW_SLOTS * SLOT + SLOT)
    assert village.announcements.learned[RED].events == 0
    village.tick(village.start + timedelta(days=1))
    assert village.announcements.learned[RED].events == 1


def test_what_has_not_been_measured_yet_at_a_tick_teaches_nothing() -> None:
    """A series that reaches beyond the present, as of a quarter hour under way, is only known until now."""
    village = Village()
    village.tick(village.start)

    village.tick(village.start + timedelta(hours=1), measured_until=village.start + timedelta(days=1))

    assert village.announcements.learned[RED].events == 0


def test_measurements_that_come_late_are_waited_for() -> None:
    village = Village()
    village.tick(village.start)

    later = village.start + timedelta(days=7)
    village.announcements.learn(village_series(village, later), later)

    assert village.announcements.learned[RED].events == 1


def test_measurements_that_never_come_are_forgotten() -> None:
    village = Village()
    village.tick(village.start)
    later = village.start + timedelta(days=9, hours=1)

    village.announcements.learn({f"t{k}": MeasuredSeries(village.start, np.zeros(0)) for k in (0, 1)}, later)
    village.announcements.learn(village_series(village, later), later)

    assert village.announcements.learned[RED].events == 0
    assert village.announcements._open == []


def test_a_window_of_which_a_quarter_hour_is_missing_teaches_nothing() -> None:
    village = Village()
    village.tick(village.start)
    red = village.announcements.announced[-1].start
    village.measured_w[1, (red - village.start) // SLOT + 3] = np.nan

    village.tick(village.start + timedelta(days=1))

    assert {code: r.events for code, r in village.announcements.learned.items()} == {RED: 0, GREEN: 1}


def test_what_is_expected_keeps_the_meter_and_the_transformers_consistent() -> None:
    village = Village()
    village.live(5)

    problem = village.tick(midnight(FIRST_DAY + timedelta(days=5)))

    assert not np.array_equal(problem.base_load_w, village.outlook(problem.grid.start).base_load_w)
    assert problem.meters[0].net_w == pytest.approx(problem.base_load_w.sum(axis=0))


def test_in_a_window_under_way_the_rest_of_it_is_still_expected() -> None:
    village = Village()
    village.live(5)
    village.tick(midnight(FIRST_DAY + timedelta(days=5)))
    red = village.announcements.announced[-1].start

    now = red + timedelta(hours=1)
    change_w = village.tick(now).base_load_w - village.outlook(now).base_load_w

    assert (change_w[:, :4] < 0).all()
    assert (change_w[:, 4 : 4 + AFTER_SLOTS] > 0).all()
    assert not change_w[:, 4 + AFTER_SLOTS :].any()


def village_series(village: Village, until: datetime) -> dict[str, MeasuredSeries]:
    known = (until - village.start) // SLOT
    return {f"t{k}": MeasuredSeries(village.start, load_w[:known]) for k, load_w in village.loads()}
