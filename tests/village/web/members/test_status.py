"""What a home hears about its village: what is known, and nothing of what is not."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from battery_commons.domain.plan import BatteryPlan, ControlModel, Plan, PlanReason
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.situation import EstimatedLoad
from battery_commons.domain.time import SLOT, TimeGrid
from battery_commons.store import Store
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Current, Member, joined

WALL_SLOT = SLOT / 60
"""A quarter hour of the village's time, at 60 times the speed."""


def plan(
    base_w: list[float], power_w: float = 0.0, *, home_id: str = "", start: datetime = VILLAGE_NOW
) -> Plan:
    slots = len(base_w)
    battery = BatteryPlan(f"{home_id}/b1", [power_w] * slots, [PlanReason.HOLD] * slots)
    return Plan(ControlModel.M4, TimeGrid(start, slots), [battery], {"t1": base_w})


async def peak(member: Member) -> tuple[float | None, datetime | None]:
    transformer = (await member.send())["village"]["transformer"]
    at = transformer["forecast_peak_at"]
    return transformer["forecast_peak_w"], at and datetime.fromisoformat(at)


async def test_the_highest_load_of_the_coming_day_is_told_with_its_moment(
    member: Member, current: Current
) -> None:
    base_w = [10_000.0] * 144
    base_w[20], base_w[95], base_w[96] = 90_000.0, 120_000.0, 200_000.0  # the last is more than a day ahead
    current.plan = plan(base_w, -4_000.0, home_id=member.home_id)

    assert await peak(member) == (116_000, WALL_NOW + 95 * WALL_SLOT)


async def test_a_peak_of_feed_in_is_below_zero(member: Member, current: Current) -> None:
    base_w = [10_000.0] * 96
    base_w[7] = -120_000.4

    current.plan = plan(base_w)

    assert await peak(member) == (-120_000, WALL_NOW + 7 * WALL_SLOT)


async def test_what_is_over_is_no_forecast(member: Member, current: Current) -> None:
    base_w = [10_000.0] * 96
    base_w[0], base_w[1], base_w[2] = 90_000.0, 80_000.0, 70_000.0

    current.plan = plan(base_w, start=VILLAGE_NOW - 2 * SLOT)

    assert await peak(member) == (70_000, WALL_NOW)


@pytest.mark.parametrize(
    "nothing",
    [
        None,
        plan([10_000.0] * 96, start=VILLAGE_NOW - 3 * SLOT),
        Plan(ControlModel.M4, TimeGrid(VILLAGE_NOW, 96), [], {"t1": [0.0] * 96}, unmeasured={"t1"}),
        Plan(ControlModel.M4, TimeGrid(VILLAGE_NOW, 96), [], {}),
        plan([1_000_001.0] * 96),
    ],
    ids=["no plan yet", "an old plan", "never measured", "a new transformer", "beyond what can be said"],
)
async def test_where_nobody_knows_there_is_no_forecast(
    member: Member, current: Current, nothing: Plan | None
) -> None:
    current.plan = nothing

    assert await peak(member) == (None, None)


async def test_a_newer_plan_is_a_newer_forecast(member: Member, current: Current) -> None:
    current.plan = plan([10_000.0] * 96)
    assert (await peak(member))[0] == 10_000

    current.plan = plan([20_000.0] * 96)

    assert (await peak(member))[0] == 20_000


async def village(member: Member) -> dict[str, Any]:
    status: dict[str, Any] = (await member.send())["village"]
    return status


async def test_todays_shaving_is_told_while_the_plan_is_fresh(member: Member, current: Current) -> None:
    current.peaks_shaved_w = {"t1": 18_500.4}
    assert (await village(member))["peak_shaved_w"] is None

    current.plan = plan([10_000.0] * 96)
    assert (await village(member))["peak_shaved_w"] == 18_500

    current.plan = plan([10_000.0] * 96, start=VILLAGE_NOW - 3 * SLOT)
    assert (await village(member))["peak_shaved_w"] is None


async def test_members_are_the_homes_that_joined(member: Member, members: Client, store: Store) -> None:
    await joined(members, store, "welcome-2", "De Beuk")

    assert (await village(member))["members"] == 2


async def test_members_are_online_while_they_call(
    member: Member, members: Client, store: Store, current: Current
) -> None:
    other = await joined(members, store, "welcome-2", "De Beuk")
    assert (await village(member))["members_online"] is None  # the village has not listened long enough

    current.seconds += 120
    assert (await village(member))["members_online"] == 2
    current.seconds += 1
    assert (await village(member))["members_online"] == 1
    await other.send()
    assert (await village(member))["members_online"] == 2

    await other.call("DELETE", "/api/v1/home")
    status = await village(member)
    assert (status["members"], status["members_online"]) == (1, 1)


async def test_what_the_village_does_not_know_yet_is_not_made_up(member: Member) -> None:
    status = await village(member)

    assert (status["feeder"], status["co2_saved_kg"], status["account"]) == (None, None, None)


def estimate(load_w: float = 61_000.0, *, may_be_told: bool = True) -> EstimatedLoad:
    return EstimatedLoad(VILLAGE_NOW - SLOT, load_w, 9_000.0, 7, may_be_told)


async def test_an_estimated_load_is_told_as_one(member: Member, current: Current, store: Store) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW - 9 * SLOT, 80_000)])
    current.estimated = {"t1": estimate()}

    transformer = (await member.send())["village"]["transformer"]

    assert (transformer["load_w"], transformer["load_estimated"]) == (61_000, True)
    assert datetime.fromisoformat(transformer["load_at"]) == WALL_NOW - WALL_SLOT
    assert transformer["signal"] == "neutral"


async def test_an_estimate_that_would_tell_of_few_homes_is_not_told(member: Member, current: Current) -> None:
    current.estimated = {"t1": estimate(may_be_told=False)}
    current.plan = replace(plan([50_000.0] * 96), estimated={"t1"}, untold={"t1"})

    transformer = (await member.send())["village"]["transformer"]

    assert (transformer["load_w"], transformer["load_at"], transformer["signal"]) == (None, None, None)
    assert (transformer["load_estimated"], transformer["forecast_peak_w"]) == (False, None)


async def test_a_meter_that_reports_again_takes_the_place_of_the_estimate(
    member: Member, current: Current, store: Store
) -> None:
    current.estimated = {"t1": estimate()}
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW, 80_000)])

    transformer = (await member.send())["village"]["transformer"]

    assert (transformer["load_w"], transformer["load_estimated"]) == (80_000, False)


async def test_the_highest_load_of_the_feeder_is_told_with_the_batteries(
    member: Member, current: Current
) -> None:
    feeder_w = [3_000_000.0] * 96
    feeder_w[9] = -7_000_000.0
    current.plan = replace(plan([10_000.0] * 96, -4_000.0, home_id=member.home_id), feeder_base_w=feeder_w)

    feeder = (await member.send())["village"]["feeder"]

    assert feeder["forecast_peak_w"] == -7_004_000
    assert datetime.fromisoformat(feeder["forecast_peak_at"]) == WALL_NOW + 9 * WALL_SLOT


async def test_a_village_without_a_feeder_tells_of_none(member: Member, current: Current) -> None:
    current.plan = plan([10_000.0] * 96)

    assert (await member.send())["village"]["feeder"] is None
