"""What the checks find in readings that are wrong, and that they leave sound ones alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.battery import Battery
from battery_commons.domain.quality import Finding, FindingKind, Quality, Source, SourceKind
from battery_commons.domain.time import SLOT_HOURS
from battery_commons.sense.battery_plausibility import check_battery
from battery_commons.sense.plausibility import (
    Verdict,
    Well,
    check_clock,
    check_meter_sign,
    check_meter_stuck,
    check_night,
    check_range,
    check_too_small,
)
from battery_commons.sense.summary import Floats, Summaries

START = datetime(2026, 6, 21, tzinfo=UTC)
BATTERY = Battery("h1/b1", "t1", 10_000, 5_000, 5_000)
OF_BATTERY, OF_METER = Source(SourceKind.BATTERY, "h1/b1"), Source(SourceKind.METER, "t1")
LIMIT_W = 250_000.0
DAY = 96


def seen(power_w: Floats, charge: Floats | None = None, apart_w: float = 5.0) -> Summaries:
    """Return summaries of readings that are up to `apart_w` from their means."""
    charge = np.full(len(power_w), np.nan) if charge is None else charge
    return Summaries(START, power_w, power_w - apart_w, power_w + apart_w, charge)


def lived(power_w: Floats, start: float = 0.5) -> Summaries:
    """Return what a battery without losses tells of these powers, its charge in whole per cents."""
    stored = start + np.concatenate([[0.0], np.cumsum(power_w)]) * SLOT_HOURS / BATTERY.capacity_wh
    return seen(power_w, ((stored[:-1] + stored[1:]) / 2).clip(0, 1).round(2))


def kinds(verdicts: object) -> set[FindingKind]:
    return {each.kind for each in verdicts if isinstance(each, Finding)}  # type: ignore[attr-defined]


def wells(verdicts: object) -> set[FindingKind]:
    return {each.kind for each in verdicts if isinstance(each, Well)}  # type: ignore[attr-defined]


def of_battery(summaries: Summaries) -> list[Verdict]:
    return list(check_battery(OF_BATTERY, summaries, BATTERY))


CHARGING = np.full(8, 2000.0)


def test_a_battery_whose_charge_goes_with_its_power_is_well() -> None:
    assert kinds(of_battery(lived(CHARGING, 0.2))) == set()
    assert {FindingKind.SIGN, FindingKind.TOO_SMALL} <= wells(of_battery(lived(CHARGING, 0.2)))


def test_a_battery_that_tells_of_charging_while_its_charge_falls_has_the_wrong_sign() -> None:
    truth = lived(CHARGING, 0.2)
    turned = replace(truth, mean_w=-truth.mean_w, lowest_w=-truth.highest_w, highest_w=-truth.lowest_w)

    [finding] = [each for each in of_battery(turned) if isinstance(each, Finding)]

    assert (finding.kind, finding.quality, finding.since) == (FindingKind.SIGN, Quality.WRONG, START)
    assert finding.figures["moved_wh"] == pytest.approx(-2000)
    assert finding.figures["stored_wh"] == pytest.approx(2000)


def test_a_battery_that_tells_kilowatts_where_watts_are_asked_tells_too_little() -> None:
    truth = lived(CHARGING, 0.2)

    assert kinds(of_battery(replace(truth, mean_w=truth.mean_w / 1000))) == {FindingKind.TOO_SMALL}


def test_a_battery_that_says_the_same_for_hours_while_it_must_have_moved_is_stuck() -> None:
    assert kinds(of_battery(seen(CHARGING, np.full(8, 0.5), apart_w=0))) == {FindingKind.STUCK}


@pytest.mark.parametrize("power_w", [0.0, 20.0])
def test_a_battery_that_stands_still_may_say_the_same_for_as_long_as_it_likes(power_w: float) -> None:
    assert kinds(of_battery(seen(np.full(24, power_w), np.full(24, 0.5), apart_w=0))) == set()


def test_a_full_battery_may_stay_full() -> None:
    assert kinds(of_battery(seen(np.full(24, 600.0), np.full(24, 1.0), apart_w=0))) == set()


def test_a_charge_that_leaps_without_power_is_doubtful() -> None:
    charge = np.array([0.4] * 4 + [0.7] * 4)

    [finding] = [each for each in of_battery(seen(np.zeros(8), charge)) if isinstance(each, Finding)]

    assert (finding.kind, finding.quality) == (FindingKind.JUMP, Quality.DOUBTFUL)
    assert finding.figures["change"] == pytest.approx(0.3)
    assert finding.since == START + timedelta(minutes=45)


@given(
    powers=st.lists(st.sampled_from([-4000.0, -1500.0, 0.0, 1000.0, 4000.0]), min_size=24, max_size=24),
    start=st.floats(0.0, 1.0),
    efficiency=st.floats(0.85, 1.0),
)
def test_no_sound_battery_is_found_wrong_however_it_is_steered(
    powers: list[float], start: float, efficiency: float
) -> None:
    stored, told, charge = start * BATTERY.capacity_wh, [], []
    for asked_w in powers:
        before = stored
        wanted = asked_w * SLOT_HOURS * (efficiency if asked_w > 0 else 1 / efficiency)
        stored = min(max(stored + wanted, 0.0), BATTERY.capacity_wh)
        moved = stored - before
        told.append(moved / SLOT_HOURS / (efficiency if moved > 0 else 1 / efficiency))
        charge.append(round((before + stored) / 2 / BATTERY.capacity_wh, 2))

    # Within a quarter hour the battery works as hard as it was asked, and then stands still.
    power_w, asked = np.array(told), np.array(powers)
    summaries = Summaries(
        START, power_w, np.minimum(asked, power_w), np.maximum(asked, power_w), np.array(charge)
    )

    assert kinds(of_battery(summaries)) == set()


def test_a_value_beyond_what_there_can_be_is_a_spike() -> None:
    summaries = seen(np.full(8, 80_000.0))
    summaries.highest_w[3] = 9e6

    [finding] = [v for v in check_range(OF_METER, summaries, 3 * LIMIT_W) if isinstance(v, Finding)]

    assert (finding.kind, finding.since) == (FindingKind.SPIKE, START + timedelta(minutes=45))
    assert finding.figures == {"power_w": 9e6, "bound_w": 3 * LIMIT_W}


def test_what_is_beyond_it_hour_after_hour_is_a_wrong_unit_since_it_began() -> None:
    power_w = np.concatenate([np.full(4, 80_000.0), np.full(6, 80_000_000.0)])

    [finding] = [v for v in check_range(OF_METER, seen(power_w), 3 * LIMIT_W) if isinstance(v, Finding)]

    assert (finding.kind, finding.quality) == (FindingKind.TOO_LARGE, Quality.WRONG)
    assert finding.since == START + timedelta(hours=1)


def test_a_day_of_next_to_nothing_is_a_wrong_unit() -> None:
    load_w = 80_000 + 40_000 * np.sin(np.arange(DAY) / 15)

    assert kinds(check_too_small(OF_METER, seen(load_w / 1000), LIMIT_W)) == {FindingKind.TOO_SMALL}
    assert wells(check_too_small(OF_METER, seen(load_w), LIMIT_W)) == {FindingKind.TOO_SMALL}


def test_a_meter_that_says_the_same_for_two_hours_is_stuck() -> None:
    load_w = np.concatenate([np.linspace(1000, 2000, 8), np.full(8, 2000.0)])

    assert kinds(check_meter_stuck(OF_METER, seen(load_w, apart_w=0))) == {FindingKind.STUCK}
    assert kinds(check_meter_stuck(OF_METER, seen(load_w[:-2], apart_w=0))) == set()


def test_a_meter_that_says_the_same_while_batteries_behind_it_move_is_stuck_after_an_hour() -> None:
    load_w = np.concatenate([np.linspace(1000, 2000, 8), np.full(4, 2000.0)])
    moving, still = seen(np.tile([0.0, 3000.0], 6)), seen(np.zeros(12))

    assert kinds(check_meter_stuck(OF_METER, seen(load_w, apart_w=0), [moving])) == {FindingKind.STUCK}
    assert kinds(check_meter_stuck(OF_METER, seen(load_w, apart_w=0), [still])) == set()


def street(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """Return a transformer's load with what three houses and their batteries, steered against it, do."""
    base_w = 80_000 + np.cumsum(rng.normal(0, 4000, DAY))
    houses_w = 0.05 * base_w + rng.normal(0, 100, DAY)
    batteries_w = -0.5 * (base_w - base_w.mean()) + rng.normal(0, 3000, DAY)
    return base_w + batteries_w, houses_w, batteries_w


@pytest.mark.parametrize("seed", range(5))
def test_a_meter_that_moves_against_the_houses_behind_it_is_turned_round(seed: int) -> None:
    load_w, houses_w, batteries_w = street(np.random.default_rng(seed))

    assert wells(check_meter_sign(OF_METER, seen(load_w), houses_w, batteries_w)) == {FindingKind.SIGN}
    assert kinds(check_meter_sign(OF_METER, seen(-load_w), houses_w, batteries_w)) == {FindingKind.SIGN}


def test_without_houses_nothing_is_said_of_a_meters_sign() -> None:
    unknown = np.full(DAY, np.nan)

    assert list(check_meter_sign(OF_METER, seen(np.linspace(0, 9000, DAY)), unknown, unknown)) == []


def test_a_night_of_feeding_in_makes_the_sign_doubtful() -> None:
    night_w = np.linspace(20_000, 12_000, 16)

    [finding] = check_night(OF_METER, -night_w, START, LIMIT_W)

    assert isinstance(finding, Finding)
    assert (finding.kind, finding.quality) == (FindingKind.SIGN, Quality.DOUBTFUL)
    assert wells(check_night(OF_METER, night_w, START, LIMIT_W)) == {FindingKind.SIGN}


@pytest.mark.parametrize("seconds", [-45, 45])
def test_a_clock_that_is_half_a_minute_off_is_told(seconds: int) -> None:
    house = Source(SourceKind.HOUSE, "h1")

    assert isinstance(check_clock(house, timedelta(seconds=seconds), START), Finding)
    assert isinstance(check_clock(house, timedelta(seconds=seconds / 2), START), Well)


@given(st.lists(st.floats(-1e12, 1e12) | st.just(float("nan")), min_size=0, max_size=DAY))
def test_whatever_is_reported_every_check_comes_to_an_end(powers: list[float]) -> None:
    power_w = np.array(powers, dtype=float)
    summaries = seen(power_w, np.abs(np.sin(power_w)))
    other = np.roll(power_w, 1)

    for verdicts in (
        check_battery(OF_BATTERY, summaries, BATTERY),
        check_range(OF_METER, summaries, 3 * LIMIT_W),
        check_too_small(OF_METER, summaries, LIMIT_W),
        check_meter_stuck(OF_METER, summaries, [summaries]),
        check_meter_sign(OF_METER, summaries, other, power_w),
        check_night(OF_METER, power_w[:16], START, LIMIT_W),
    ):
        for verdict in verdicts:
            if isinstance(verdict, Finding):
                assert all(np.isfinite(value) for value in verdict.figures.values())
