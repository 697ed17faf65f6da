"""A home reads everything that is kept of it, and nothing of anybody else."""

import asyncio
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientPayloadError, ClientSession
from structlog.testing import capture_logs

from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.reading import BatteryReading
from battery_commons.store import Store, StoreError
from tests.village.web.conftest import URL, VILLAGE_NOW, WALL_NOW, Client, Member, joined, reading

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


async def data(member: Member, query: str = "") -> dict[str, Any]:
    answer = await member.call("GET", f"/api/v1/home/data{query}")
    assert answer.status == 200
    assert answer.content_type == "application/json"
    body: dict[str, Any] = json.loads(await answer.text())
    return body


def heard(store: Store, member: Member, at: datetime, power_w: float, battery_id: str = "b1") -> None:
    """Let a battery have reported at a village time."""
    of_battery = BatteryReading(
        f"{member.home_id}/{battery_id}", at, 0.5, power_w, None, "village", "hold", 1
    )
    store.add_battery_readings(member.home_id, [of_battery])


def sent(store: Store, member: Member, at: datetime) -> int:
    """Let the home have been sent a plan at a village time."""
    number = store.next_sequence(member.home_id)
    message = json.dumps({"home_id": member.home_id, "sequence": number})
    store.record_dispatch(member.home_id, number, message, at, at + 45 * MINUTE)
    return number


def wall(village: datetime) -> datetime:
    return WALL_NOW + (village - VILLAGE_NOW) / 60


async def test_a_home_reads_who_it_is_and_what_it_agreed_to(member: Member) -> None:
    told = await data(member)

    assert told["version"] == 1
    assert datetime.fromisoformat(told["at"]) == WALL_NOW
    home = told["home"]
    assert datetime.fromisoformat(home.pop("consented_at")) == WALL_NOW
    assert home == {
        "id": member.home_id,
        "name": "De Eik",
        "transformer_id": "t1",
        "webhook_urls": [URL],
        "suspended_at": None,
        "first_plan_at": None,
        "shown_by_name_since": None,
        "ean": None,
    }
    [battery] = told["batteries"]
    assert (battery["battery_id"], battery["capacity_wh"], battery["reserve"]) == ("b1", 10_000, 0.1)
    assert told["readings"] == told["quarter_hours"] == told["plans"] == told["code_answers"] == []


async def test_a_home_reads_the_ean_that_it_gave_until_that_is_withdrawn(
    members: Client, store: Store, member: Member
) -> None:
    other = await joined(members, store, "welcome-2", "De Beuk")
    store.give_connection(member.home_id, "871687120052345672")

    assert (await data(member))["home"]["ean"] == "871687120052345672"
    assert (await data(other))["home"]["ean"] is None

    store.withdraw_connection(member.home_id)

    assert (await data(member))["home"]["ean"] is None


async def test_readings_of_the_last_day_are_told_as_they_came_in(member: Member) -> None:
    await member.send(reading(-1), reading(0, setpoint_w=None))

    first, second = (await data(member))["readings"]

    assert datetime.fromisoformat(first.pop("at")) == WALL_NOW - timedelta(seconds=1)
    assert first == {key: value for key, value in reading().items() if key != "at"}
    assert second["setpoint_w"] is None


async def test_older_readings_are_told_as_means_of_quarter_hours(member: Member, store: Store) -> None:
    start = VILLAGE_NOW - 10 * DAY
    for minutes, power_w in ((0, 100.0), (10, 300.0), (20, 50.0)):
        heard(store, member, start + minutes * MINUTE, power_w)
    heard(store, member, VILLAGE_NOW - DAY - MINUTE, 7.0)
    heard(store, member, VILLAGE_NOW - DAY, 8.0)

    told = await data(member)

    assert [(datetime.fromisoformat(each["start"]), each["power_w"]) for each in told["quarter_hours"]] == [
        (wall(start), 200),
        (wall(start + 15 * MINUTE), 50),
        (wall(VILLAGE_NOW - DAY - 15 * MINUTE), 7),
    ]
    assert [each["power_w"] for each in told["readings"]] == [8]


async def test_each_day_can_be_read_in_full(member: Member, store: Store) -> None:
    start = (VILLAGE_NOW - 10 * DAY).replace(hour=0)
    for number in range(4):
        heard(store, member, start + number * DAY / 2, float(number))
        sent(store, member, start + number * DAY / 2)

    told = await data(member, f"?day={start:%Y-%m-%d}")

    assert told["home_id"] == member.home_id
    assert [each["power_w"] for each in told["readings"]] == [0, 1]
    assert [each["sequence"] for each in told["plans"]] == [1, 2]
    assert (await data(member))["plans"] == []
    assert (await data(member))["home"]["first_plan_at"] == wall(start).isoformat()


async def test_of_a_day_that_is_not_kept_in_full_any_more_the_means_are_told(
    member: Member, store: Store
) -> None:
    start = (VILLAGE_NOW - 50 * DAY).replace(hour=0, minute=0)
    for minutes, power_w in ((0, 100.0), (10, 300.0), (20, 50.0)):
        heard(store, member, start + minutes * MINUTE, power_w)
    heard(store, member, VILLAGE_NOW, 1.0)
    before = await data(member, f"?day={start:%Y-%m-%d}")
    whole = await data(member)
    assert len(before["readings"]) == 3
    assert before["quarter_hours"] == []

    for _ in store.discard_old(VILLAGE_NOW):
        pass

    told = await data(member, f"?day={start:%Y-%m-%d}")
    assert told["readings"] == []
    assert [each["power_w"] for each in told["quarter_hours"]] == [200, 50]
    assert (await data(member))["quarter_hours"] == whole["quarter_hours"]


async def test_plans_of_the_last_day_are_told_with_what_became_of_them(member: Member, store: Store) -> None:
    number = sent(store, member, VILLAGE_NOW - 30 * MINUTE)
    store.record_answer(member.home_id, number, VILLAGE_NOW, accepted=False, reason="out_of_bounds")

    [plan] = (await data(member))["plans"]

    assert (plan["sequence"], plan["accepted"], plan["reason"]) == (number, False, "out_of_bounds")
    assert plan["message"] == {"home_id": member.home_id, "sequence": number}
    assert datetime.fromisoformat(plan["answered_at"]) == WALL_NOW


async def test_a_battery_that_is_gone_is_still_in_what_is_kept(member: Member) -> None:
    await member.send(reading())
    await member.describe("b2")

    told = await data(member)

    assert [each["battery_id"] for each in told["batteries"]] == ["b2"]
    assert [each["battery_id"] for each in told["readings"]] == ["b1"]


async def test_answers_to_codes_are_told(member: Member, store: Store) -> None:
    code_id = store.announce_code(CongestionSignal.RED, VILLAGE_NOW, VILLAGE_NOW + 60 * MINUTE, VILLAGE_NOW)
    store.answer_code(code_id, member.home_id, VILLAGE_NOW, joins=True)

    [answer] = (await data(member))["code_answers"]

    assert (answer["code_id"], answer["code"], answer["joins"]) == (code_id, "red", True)
    assert datetime.fromisoformat(answer["end"]) == WALL_NOW + MINUTE


async def test_nothing_of_another_home_is_told(member: Member, members: Client, store: Store) -> None:
    other = await joined(members, store, "welcome-2", "De Beuk")
    await other.send(reading(state_of_charge=0.7654))
    sent(store, other, VILLAGE_NOW)
    heard(store, other, VILLAGE_NOW - 9 * DAY, -4321.0)

    told = str(await data(member)) + str(await data(member, f"?day={VILLAGE_NOW - 9 * DAY:%Y-%m-%d}"))

    for theirs in (other.home_id, other.token, "De Beuk", "0.7654", "4321"):
        assert theirs not in told


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "", "2026-11-24T09:30:00", "9999-12-31"])
async def test_a_day_is_a_date(member: Member, day: str) -> None:
    answer = await member.call("GET", f"/api/v1/home/data?day={day}")

    assert (answer.status, (await answer.json())["error"]) == (400, "malformed")


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-30"])
async def test_a_day_on_which_nothing_was_kept_is_empty(member: Member, day: str) -> None:
    await member.send(reading())

    told = await data(member, f"?day={day}")

    assert told["readings"] == told["plans"] == []


async def test_the_token_and_its_fingerprint_are_not_told(member: Member) -> None:
    told = str(await data(member))

    assert member.token not in told
    assert "sha256" not in told


async def test_a_store_that_fails_at_once_is_an_error_that_can_be_retried(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "code_answers", _fails)

    answer = await member.call("GET", "/api/v1/home/data")

    assert (answer.status, (await answer.json())["error"]) == (503, "unavailable")


async def test_half_of_it_does_not_pass_for_the_whole(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Store, "dispatches_of", _fails)

    answer = await member.call("GET", "/api/v1/home/data")

    with pytest.raises(ClientPayloadError):
        await answer.text()


async def test_a_home_that_hangs_up_stops_the_reading(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def endless(*_: object) -> Iterator[bytes]:
        try:
            while True:
                yield b" " * 100_000
        finally:
            loop.call_soon_threadsafe(stopped.set)

    monkeypatch.setattr("battery_commons.web.members.app.everything", endless)
    own = {"Authorization": f"Bearer {member.token}"}
    # Not the usual client, which reads each answer to its end to hold it against the API's description.
    with capture_logs() as logs:
        async with ClientSession() as session:
            answer = await session.get(member.client.make_url("/api/v1/home/data"), headers=own)
            await answer.content.read(1000)
            answer.close()
            await asyncio.wait_for(stopped.wait(), 10)

    assert [log["event"] for log in logs if log["log_level"] == "error"] == []


def _fails(*_: object) -> None:
    raise StoreError("the disk is gone")
