"""What a home's own meter reads: taken in where it is told, told to that home alone, and erased with it."""

from datetime import timedelta
from typing import Any

import pytest

from battery_commons.domain.reading import MeterReading
from battery_commons.store import Store
from tests.village.web.conftest import VILLAGE_NOW, WALL_NOW, Client, Member, joined, reading

SECOND = timedelta(seconds=1)


async def tell(member: Member, power_w: Any, at: Any = WALL_NOW) -> int:
    body = {
        "version": 1,
        "sent_at": WALL_NOW.isoformat(),
        "batteries": [],
        "grid": {"at": at if isinstance(at, str) else at.isoformat(), "power_w": power_w},
    }
    return (await member.call("POST", "/api/v1/telemetry", body)).status


def kept(store: Store, member: Member) -> list[MeterReading]:
    span = timedelta(days=4)
    return store.house_readings(member.home_id, VILLAGE_NOW - span, VILLAGE_NOW + span)


async def test_what_a_home_tells_of_its_connection_is_kept_in_village_time(
    member: Member, store: Store
) -> None:
    assert await tell(member, -640.0, WALL_NOW - SECOND) == 200
    assert await tell(member, 900.0, WALL_NOW - SECOND) == 200

    assert kept(store, member) == [MeterReading(VILLAGE_NOW - 60 * SECOND, -640.0)]


async def test_a_home_that_shares_no_meter_leaves_nothing(member: Member, store: Store) -> None:
    await member.send(reading())

    assert kept(store, member) == []
    assert store.houses_heard([member.home_id]) == {}


@pytest.mark.parametrize(
    ("power_w", "at"),
    [("much", WALL_NOW), (2e6, WALL_NOW), (None, WALL_NOW), (1.0, "2026-11-24T09:30:00"), (1.0, "soon")],
)
async def test_what_is_no_reading_refuses_the_message(
    member: Member, store: Store, power_w: object, at: object
) -> None:
    assert await tell(member, power_w, at) == 400
    assert kept(store, member) == []


@pytest.mark.parametrize("ahead", [timedelta(days=-9), timedelta(minutes=5)])
async def test_a_reading_of_another_time_is_dropped(member: Member, store: Store, ahead: timedelta) -> None:
    assert await tell(member, 1.0, WALL_NOW + ahead) == 200
    assert kept(store, member) == []


async def test_a_home_reads_it_back_and_nobody_else_does(
    member: Member, members: Client, store: Store
) -> None:
    await tell(member, -640.0)
    other = await joined(members, store, "welcome-2")

    own = await (await member.call("GET", "/api/v1/home/data")).json()
    day = await (await member.call("GET", f"/api/v1/home/data?day={VILLAGE_NOW:%Y-%m-%d}")).json()

    assert own["grid_readings"] == [{"at": WALL_NOW.isoformat(), "power_w": -640.0}]
    assert day["grid_readings"] == own["grid_readings"]
    others = await (await other.call("GET", "/api/v1/home/data")).json()
    assert (others["grid_readings"], others["grid_quarter_hours"]) == ([], [])


async def test_it_is_erased_with_the_home(member: Member, store: Store) -> None:
    await tell(member, -640.0)

    assert (await member.call("DELETE", "/api/v1/home")).status == 204

    assert kept(store, member) == []
