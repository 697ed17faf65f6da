"""What a plan makes a transformer carry."""

from datetime import UTC, datetime

from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.time import TimeGrid

GRID = TimeGrid(datetime(2026, 6, 21, 12, tzinfo=UTC), 2)
WHY = [PlanReason.HOLD] * 2


def plan(*batteries: BatteryPlan, unmeasured: tuple[str, ...] = ()) -> Plan:
    return Plan(ControlModel.M4, GRID, batteries, {"t1": [100.0, 200.0]}, unmeasured)


def test_a_transformer_carries_its_load_and_its_batteries() -> None:
    behind, elsewhere = BatteryPlan("a/b", [10.0, None], WHY), BatteryPlan("c/b", [7.0, 7.0], WHY)

    assert plan(behind, elsewhere).load_w("t1", {"a/b"}) == [110, 200]


def test_nobody_counts_on_a_battery_in_shadow() -> None:
    assert plan(BatteryPlan("a/b", [10.0, 10.0], WHY, shadow=True)).load_w("t1", {"a/b"}) == [100, 200]


def test_of_a_transformer_that_was_never_measured_nothing_is_forecast() -> None:
    battery = BatteryPlan("a/b", [10.0, 10.0], WHY)

    assert plan(battery).forecast_w("t1", {"a/b"}) == [110, 210]
    assert plan(battery, unmeasured=("t1",)).forecast_w("t1", {"a/b"}) is None
    assert plan(battery).forecast_w("new", {"a/b"}) is None
