"""What reports say, against figures worked out by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.openadr.reports.measured import MEASURES
from battery_commons.openadr.reports.subjects import AGGREGATED, Subject, subjects
from battery_commons.openadr.reports.values import Known, Quality, Told

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
NOW = NOON + 4 * SLOT
T1, T2 = Transformer("t1", "Dorpsstraat", 250_000), Transformer("t2", "Brink", 100_000)
OF_T1 = Subject("t1", [T1])


def battery(home: int, transformer: str = "t1") -> Battery:
    return Battery(f"h{home}/b", transformer, 10_000, 4_000, 5_000, 0.8, 0.9, 0.1)


def reading(of: Battery, charge: float = 0.5, age: timedelta = SLOT) -> BatteryReading:
    return BatteryReading(of.id, NOW - age, charge, 0, None, "plan", "hold", None)


def known(homes: int = 5, homes_of_t2: int = 0) -> Known:
    batteries = [battery(k) for k in range(homes)]
    batteries += [battery(homes + k, "t2") for k in range(homes_of_t2)]
    load = {NOON + k * SLOT: 10_000.0 * (k + 1) for k in range(4)}
    return Known(
        now=NOW,
        transformers=[T1, T2],
        batteries=batteries,
        at_hand=batteries,
        latest={each.id: reading(each) for each in batteries},
        loads={"t1": load, "t2": dict.fromkeys(load, 1_000.0), FEEDER_ID: dict.fromkeys(load, 90_000.0)},
        drawn={each.id: dict.fromkeys(load, 1_000.0) for each in batteries},
    )


def told(kind: str, of: Known, subject: Subject = OF_T1, start: datetime = NOON, end: datetime = NOW) -> Told:
    return MEASURES[kind].tell(subject, start, end, of)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("DEMAND", 25.0),
        ("READING", 25.0),
        ("USAGE", 25.0),
        ("BASELINE", 20.0),  # Five batteries at 1 kW.
        ("STORAGE_CHARGE_LEVEL", 50.0),
        ("STORAGE_USABLE_CAPACITY", 45.0),
        ("STORAGE_MAX_CHARGE_POWER", 20.0),
        ("STORAGE_MAX_DISCHARGE_POWER", 25.0),
        ("UP_REGULATION_AVAILABLE", 18.0),  # (5 - 1) kWh at 0.9, in an hour, of each.
        ("DOWN_REGULATION_AVAILABLE", 20.0),  # All they can: there is room for 6.25 kWh in each.
    ],
)
def test_values_of_an_hour(kind: str, value: float) -> None:
    found = told(kind, known())
    assert found.value == pytest.approx(value)
    assert found.quality is Quality.OK


def test_an_interval_across_quarter_hours_weighs_them_by_time() -> None:
    start = NOON + timedelta(minutes=10)
    found = told("DEMAND", known(), start=start, end=start + timedelta(minutes=20))
    assert found.value == pytest.approx((5 * 10 + 15 * 20) / 20)


def test_a_quarter_hour_without_measurement_leaves_the_value_out() -> None:
    of = known()
    gap = {at: load for at, load in of.loads["t1"].items() if at != NOON}
    assert told("USAGE", replace(of, loads={"t1": gap})) == Told(None, Quality.MISSING)


def test_a_battery_without_measurement_leaves_the_baseline_out() -> None:
    of = known()
    assert told("BASELINE", replace(of, drawn={})) == Told(None, Quality.MISSING)


def test_nothing_is_measured_of_what_is_to_come() -> None:
    assert told("DEMAND", known(), end=NOW + SLOT) == Told(None, Quality.MISSING)


@pytest.mark.parametrize("kind", ["BASELINE", "STORAGE_CHARGE_LEVEL", "UP_REGULATION_AVAILABLE"])
def test_of_batteries_in_fewer_than_five_homes_nothing_is_told(kind: str) -> None:
    assert told(kind, known(homes=4)) == Told(None, Quality.WITHHELD)
    assert told("DEMAND", known(homes=4)).value == 25  # Grid data: the transformer has a meter.


def test_five_batteries_of_one_home_are_one_home() -> None:
    of = known(0)
    own = [replace(battery(1), id=f"h1/b{k}") for k in range(5)]
    of = replace(of, batteries=own, at_hand=own, latest={each.id: reading(each) for each in own})
    assert told("STORAGE_USABLE_CAPACITY", of).quality is Quality.WITHHELD


def test_sums_that_could_be_subtracted_from_one_another_tell_nothing_either() -> None:
    whole = Subject(AGGREGATED, [T1, T2])
    assert told("STORAGE_USABLE_CAPACITY", known(5, 4), whole).quality is Quality.WITHHELD
    assert told("STORAGE_USABLE_CAPACITY", known(5, 5), whole).value == pytest.approx(90)
    assert told("STORAGE_USABLE_CAPACITY", known(3, 4), whole).value == pytest.approx(63)


def test_silent_batteries_are_not_told_as_fresh() -> None:
    of = known(6)
    silent = {**of.latest, "h0/b": reading(battery(0), age=timedelta(minutes=31))}
    assert told("STORAGE_USABLE_CAPACITY", replace(of, latest=silent)) == Told(45, Quality.PARTIAL)
    old = {each.id: reading(each, age=timedelta(hours=1)) for each in of.batteries}
    assert told("STORAGE_CHARGE_LEVEL", replace(of, latest=old)) == Told(None, Quality.STALE)
    assert told("STORAGE_CHARGE_LEVEL", replace(of, latest={})) == Told(None, Quality.MISSING)


def test_how_batteries_stand_now_is_not_told_of_long_ago() -> None:
    long_over = replace(known(), now=NOW + timedelta(hours=1))
    fresh = {each.id: replace(reading(each), at=long_over.now) for each in long_over.batteries}
    assert told("STORAGE_CHARGE_LEVEL", replace(long_over, latest=fresh)) == Told(None, Quality.STALE)


def plan(start: datetime = NOW, **more: Any) -> Plan:
    steering = BatteryPlan("h0/b", [-1_000.0] * 8, [PlanReason.HIGH_PRICE] * 8)
    base = {"t1": [5_000.0] * 8, "t2": [1_000.0] * 8}
    return replace(
        Plan(ControlModel.M4, TimeGrid(start, 8), [steering], base, feeder_base_w=[80_000.0] * 8), **more
    )


def test_a_forecast_is_what_the_plan_in_force_expects() -> None:
    of = replace(known(), plan=plan())
    assert told("USAGE_FORECAST", of, start=NOW, end=NOW + 4 * SLOT) == Told(4, Quality.OK)
    feeder = Subject(FEEDER_ID, [T1, T2], is_feeder=True)
    assert told("USAGE_FORECAST", of, feeder, start=NOW, end=NOW + 4 * SLOT) == Told(79, Quality.OK)
    estimated = replace(of, plan=plan(estimated={"t1"}))
    assert told("USAGE_FORECAST", estimated, start=NOW, end=NOW + 4 * SLOT) == Told(4, Quality.ESTIMATED)


def test_what_is_no_forecast_is_not_told_as_one() -> None:
    for of, quality in [
        (None, Quality.MISSING),
        (plan(NOW - 3 * SLOT), Quality.STALE),
        (plan(unmeasured={"t1"}), Quality.MISSING),
        (plan(untold={"t1"}), Quality.WITHHELD),
    ]:
        assert told("USAGE_FORECAST", replace(known(), plan=of), start=NOW, end=NOW + 4 * SLOT) == Told(
            None, quality
        )
    beyond = told("USAGE_FORECAST", replace(known(), plan=plan()), start=NOW, end=NOW + 9 * SLOT)
    assert beyond == Told(None, Quality.MISSING)


def test_a_report_is_of_its_targets_or_of_all_of_the_village() -> None:
    def names(*targets: str, has_feeder: bool = True, aggregate: bool = False) -> list[str]:
        found = subjects(targets, [T1, T2], has_feeder=has_feeder, aggregate=aggregate)
        return [each.name for each in found]

    assert names("t1", "elsewhere") == ["t1"]
    assert names("t1", FEEDER_ID) == ["t1", FEEDER_ID]
    assert names() == names("elsewhere") == ["t1", "t2", FEEDER_ID]
    assert names(FEEDER_ID, has_feeder=False) == ["t1", "t2"]
    assert names("t1", "t2", aggregate=True) == names(aggregate=True) == [AGGREGATED]
