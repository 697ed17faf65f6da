"""What a battery was asked in each quarter hour of the past."""

import json
from datetime import UTC, datetime, timedelta

from battery_commons.domain.plan import PlanReason
from battery_commons.domain.time import SLOT, Clock, ScaledClock, WallClock
from battery_commons.store.records import DispatchRecord
from battery_commons.web.pages.asked import asked

SIX = datetime(2026, 11, 24, 18, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def accepted(
    sequence: int,
    at: datetime,
    power_w: list[float | None],
    reason: str = "relieve_import",
    *,
    clock: Clock | None = None,
    accepted: bool | None = True,
) -> DispatchRecord:
    """Return a plan that starts in the quarter hour of `at`, answered then."""
    clock = clock or WallClock()
    start = at - (at - SIX) % SLOT
    message = {
        "home_id": "h1",
        "sequence": sequence,
        "issued_at": clock.to_wall(at).isoformat(),
        "lease_until": clock.to_wall(at + 3 * SLOT).isoformat(),
        "control_model": "M4",
        "start": clock.to_wall(start).isoformat(),
        "slot_seconds": clock.wall_seconds(SLOT),
        "batteries": [{"battery_id": "b1", "power_w": power_w, "reasons": [reason] * len(power_w)}],
    }
    return DispatchRecord(
        sequence=sequence,
        issued_at=at,
        lease_until=at + 3 * SLOT,
        accepted=accepted,
        answered_at=None if accepted is None else at,
        reason=None,
        plan_json=json.dumps(message),
        attempts=1,
        last_attempt_at=at,
        last_error=None,
    )


def test_each_quarter_hour_is_told_by_the_plan_that_was_in_force_in_it() -> None:
    sent = [accepted(1, SIX, [-1000, -2000, -3000]), accepted(2, SIX + SLOT, [500, 0, 0], "low_price")]
    found = asked(sent, "b1", WallClock())

    assert [(ask.sequence, ask.power_w) for ask in found[SIX]] == [(1, -1000)]
    [ask] = found[SIX + SLOT]
    assert (ask.since, ask.sequence, ask.power_w, ask.reason) == (SIX + SLOT, 2, 500, PlanReason.LOW_PRICE)


def test_a_correction_within_a_quarter_hour_follows_what_it_corrects() -> None:
    sent = [accepted(1, SIX, [-1000, 0, 0]), accepted(2, SIX + 7 * MINUTE, [-2500, 0, 0])]
    found = asked(sent, "b1", WallClock())[SIX]

    assert [(ask.since - SIX, ask.power_w) for ask in found] == [(0 * MINUTE, -1000), (7 * MINUTE, -2500)]


def test_a_plan_that_says_the_same_is_not_told_twice() -> None:
    sent = [accepted(1, SIX, [-1000, 0, 0]), accepted(2, SIX + 7 * MINUTE, [-1000, 0, 0])]
    assert [ask.sequence for ask in asked(sent, "b1", WallClock())[SIX]] == [1]


def test_what_counted_until_the_quarter_hours_own_plan_arrived_is_left_out() -> None:
    sent = [accepted(1, SIX - SLOT, [0, -1000, 0]), accepted(2, SIX + MINUTE / 6, [-2500, 0, 0])]
    assert [(ask.sequence, ask.power_w) for ask in asked(sent, "b1", WallClock())[SIX]] == [(2, -2500)]


def test_a_plan_counts_no_longer_than_its_lease() -> None:
    found = asked([accepted(1, SIX + MINUTE, [-1000] * 6)], "b1", WallClock())
    assert list(found) == [SIX, SIX + SLOT, SIX + 2 * SLOT, SIX + 3 * SLOT]
    assert found[SIX][0].since == SIX + MINUTE


def test_what_was_refused_or_not_answered_was_not_asked() -> None:
    sent = [accepted(1, SIX, [-1000], accepted=False), accepted(2, SIX, [-1000], accepted=None)]
    assert asked(sent, "b1", WallClock()) == {}


def test_another_battery_of_the_home_is_not_meant() -> None:
    assert asked([accepted(1, SIX, [-1000])], "b2", WallClock()) == {}


def test_a_village_whose_clock_runs_faster_has_its_own_quarter_hours() -> None:
    clock = ScaledClock(77, datetime(2026, 11, 24, 9, 30, 0, 123457, tzinfo=UTC), SIX - timedelta(days=3))
    sent = [accepted(1, SIX, [-1000, -2000, -3000], clock=clock)]
    assert list(asked(sent, "b1", clock)) == [SIX, SIX + SLOT, SIX + 2 * SLOT]
