"""Telemetry of homes and readings of meters."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from battery_commons.domain.reading import MeterReading
from battery_commons.store import Store
from tests.village.web.conftest import (
    VILLAGE_NOW,
    WALL_NOW,
    Client,
    Member,
    joined,
    reading,
)


def wall(stamp: str) -> str:
    return stamp.replace("Z", "+00:00")


async def test_readings_are_kept_in_village_time(member: Member, store: Store) -> None:
    receipt = await member.send(reading(-1), reading(0, power_w=-700.0))
    assert (receipt["accepted"], receipt["rejected"]) == (2, [])
    [latest] = store.latest_battery_readings().values()
    assert (latest.at, latest.power_w, latest.setpoint_w) == (VILLAGE_NOW, -700.0, 1500.0)
    assert (latest.mode, latest.reason, latest.plan_sequence) == ("village", "relieve_export", 1)


async def test_each_refused_reading_says_why_and_the_others_are_taken(member: Member, store: Store) -> None:
    village_hours = 60  # wall seconds per village hour, at 60 times the speed
    good = reading(-5)
    receipt = await member.send(
        good,
        good,
        reading(battery_id="stranger"),
        reading(61),
        reading(60),
        reading(-60.1 * village_hours),
        reading(-60 * village_hours),
    )
    assert receipt["accepted"] == 3
    assert {(each["reason"], wall(each["at"])) for each in receipt["rejected"]} == {
        ("duplicate", good["at"]),
        ("unknown_battery", reading()["at"]),
        ("in_the_future", reading(61)["at"]),
        ("too_old", reading(-60.1 * village_hours)["at"]),
    }
    [means] = store.battery_slot_means(
        VILLAGE_NOW - timedelta(days=9), VILLAGE_NOW + timedelta(days=9)
    ).values()
    assert len(means) == 3


async def test_a_reading_sent_again_counts_once(member: Member) -> None:
    await member.send(reading())
    receipt = await member.send(reading(power_w=9.0))
    assert receipt["accepted"] == 0
    assert [each["reason"] for each in receipt["rejected"]] == ["duplicate"]


async def test_an_empty_message_still_tells_how_the_village_stands(member: Member) -> None:
    receipt = await member.send()
    assert receipt["village"] == {
        "at": "2026-11-24T09:30:00Z",
        "control_model": "M4",
        "transformer": {
            "id": "t1",
            "name": "Dorpsstraat",
            "limit_w": 250_000,
            "load_w": None,
            "load_at": None,
            "signal": None,
            "load_estimated": False,
            "forecast_peak_w": None,
            "forecast_peak_at": None,
        },
        "feeder": None,
        "members": 1,
        "members_online": None,
        "peak_shaved_w": None,
        "co2_saved_kg": None,
        "co2_saved_at_most_kg": None,
        "own_sun_share": None,
        "own_sun_share_without": None,
        "hours_saved": None,
        "shown_by_name": False,
        "comparing_until": None,
        "codes": [],
        "account": None,
        "webhook_reached": None,
    }


@pytest.mark.parametrize(
    ("load_w", "signal"),
    [(212_500.0, "red"), (212_499.0, "neutral"), (-124_999.0, "neutral"), (-125_000.0, "green")],
)
async def test_a_fresh_load_gives_a_signal(member: Member, store: Store, load_w: float, signal: str) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW - timedelta(minutes=30), load_w)])
    transformer = (await member.send())["village"]["transformer"]
    assert (transformer["load_w"], transformer["signal"]) == (load_w, signal)
    assert wall(transformer["load_at"]) == (WALL_NOW - timedelta(seconds=30)).isoformat()


async def test_a_load_older_than_two_slots_gives_no_signal(member: Member, store: Store) -> None:
    store.add_meter_readings("t1", [MeterReading(VILLAGE_NOW - timedelta(minutes=30, seconds=1), 249_000)])
    transformer = (await member.send())["village"]["transformer"]
    assert (transformer["load_w"], transformer["signal"]) == (249_000, None)


async def test_a_home_cannot_report_for_another(members: Client, store: Store) -> None:
    mine = await joined(members, store, "welcome-1", "De Eik")
    other = await joined(members, store, "welcome-2", "De Beuk")
    await other.describe("only-theirs")
    receipt = await mine.send(reading(battery_id="only-theirs"))
    assert [each["reason"] for each in receipt["rejected"]] == ["unknown_battery"]
    assert store.latest_battery_readings() == {}


async def test_no_answer_to_a_home_holds_anything_of_another(members: Client, store: Store) -> None:
    mine = await joined(members, store, "welcome-1", "De Eik")
    other = await joined(members, store, "welcome-2", "De Beuk")
    await other.send(reading(state_of_charge=0.7654, power_w=-4321.0))
    answers = [str(await mine.send(reading())), str(await mine.send(reading()))]
    for theirs in (other.home_id, other.token, "De Beuk", "0.7654", "4321"):
        assert all(theirs not in answer for answer in answers)


def meter_body(stamps: Sequence[float], power_w: float = 1000.0) -> dict[str, Any]:
    readings = [
        {"at": (WALL_NOW + timedelta(seconds=stamp)).isoformat(), "power_w": power_w} for stamp in stamps
    ]
    return {"version": 1, "readings": readings}


async def test_a_meter_reports_with_its_own_token(members: Client, store: Store) -> None:
    headers = {"Authorization": f"Bearer {store.new_meter_token('t1')}"}
    path = "/api/v1/meters/t1/readings"
    first = await members.post(path, json=meter_body([-2, -1, 0]), headers=headers)
    assert (first.status, await first.json()) == (200, {"version": 1, "accepted": 3})
    again = await members.post(path, json=meter_body([0, 1], power_w=5.0), headers=headers)
    assert await again.json() == {"version": 1, "accepted": 1}
    assert store.latest_meter_reading("t1") == MeterReading(VILLAGE_NOW + timedelta(minutes=1), 5.0)
    elsewhere = await members.post("/api/v1/meters/t2/readings", json=meter_body([0]), headers=headers)
    assert elsewhere.status == 401


async def test_a_meter_whose_clock_is_wrong_does_not_become_the_latest_word(
    members: Client, store: Store
) -> None:
    headers = {"Authorization": f"Bearer {store.new_meter_token('t1')}"}
    path = "/api/v1/meters/t1/readings"
    answer = await members.post(path, json=meter_body([61, 1e9, -1e9, 0]), headers=headers)
    assert await answer.json() == {"version": 1, "accepted": 1}
    assert store.latest_meter_reading("t1") == MeterReading(VILLAGE_NOW, 1000.0)


async def test_a_homes_token_is_no_meters_token(member: Member) -> None:
    answer = await member.call("POST", "/api/v1/meters/t1/readings", meter_body([0]))
    assert answer.status == 401
