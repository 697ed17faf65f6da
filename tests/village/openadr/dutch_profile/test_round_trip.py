"""The whole profile between a grid operator (`openadr3_client`) and the village, over real HTTP.

What is said stands in docs/openadr.md; this test holds it against that.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import override

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from openadr3_client.oadr310.models.event.event import ExistingEvent
from openadr3_client.oadr310.models.report.report import ExistingReport
from openadr3_client_nlflex_compliance.nlflex10 import validate_flex_delivery_report_compliant
from structlog.testing import capture_logs

from battery_commons.domain.battery import Battery
from battery_commons.domain.dutch_flex import CongestionPoint, MaxDuration
from battery_commons.domain.operator import FlexCall
from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.domain.vtn import Role
from battery_commons.openadr.dutch_profile.in_force import dutch_calls
from battery_commons.openadr.dutch_profile.participant import DutchParticipant
from battery_commons.openadr.pace import Pace
from battery_commons.openadr.ven import OperatorLines
from battery_commons.openadr.vtn.routes import PREFIX, Vtn
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store, schema
from battery_commons.store.audit import Author
from battery_commons.store.records import HomeBattery
from tests.village.openadr.dutch_profile.grid_operator import GridOperator
from tests.village.openadr.dutch_profile.operator_server import SECRETS, OperatorServer, operator_server
from tests.village.openadr.dutch_profile.recording import Step, compare
from tests.village.openadr.dutch_profile.written import (
    EAN,
    ENEXIS,
    NOON,
    PROVIDER,
    WINDOW,
    anchor,
    baseline,
    flex,
)

EVENING = WINDOW + timedelta(hours=5)
BASELINE_W = 4000.0
HOMES = {"a1": EAN, "b2": "871687120052345689"}


@dataclass
class StandingClock(WallClock):
    """A clock that stands where a test puts it."""

    moment: datetime = NOON

    @override
    def now(self) -> datetime:
        return self.moment


@dataclass
class Meeting:
    """An operator and a village that know each other."""

    clock: StandingClock
    server: OperatorServer
    operator: GridOperator
    store: Store
    lines: OperatorLines
    participant: DutchParticipant
    steps: list[Step] = field(default_factory=list)

    @asynccontextmanager
    async def step(self, title: str, what: str) -> AsyncIterator[None]:
        """Write down what is said meanwhile."""
        before = len(self.server.said)
        yield
        self.steps.append(Step(title, what, self.server.said[before:]))

    async def says[T, **P](self, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Have the operator act, which blocks."""
        return await asyncio.to_thread(act, *args, **kwargs)

    async def until_known(self, *event_ids: str) -> None:
        """Wait until just these events are in force in the village."""
        async with asyncio.timeout(10):
            while {each.event_id for each in self.store.operator_events()} != set(event_ids):
                await asyncio.sleep(0.01)


def live_in(store: Store, home_id: str) -> None:
    """Have a home with a battery behind the transformer, under an id that is the same every time."""
    with store._write() as connection:
        home = {"id": home_id, "name": home_id, "transformer_id": "t1", "webhook_urls": "[]"}
        connection.execute(schema.home.insert().values(**home, token_sha256=home_id, last_sequence=0))
    battery = Battery(f"{home_id}/garage", "t1", 10_000, 3000, 3000)
    store.describe_home(home_id, [], [HomeBattery(home_id, "garage", "Garage", battery)])


def report(store: Store, home_id: str, start: datetime, power_w: float, slots: int = 1) -> None:
    """Have a home's battery report at the start of each of some quarter hours."""
    readings = [
        BatteryReading(f"{home_id}/garage", start + k * SLOT, 0.8, power_w, power_w, "follows", "", 1)
        for k in range(slots)
    ]
    store.add_battery_readings(home_id, readings)


def deliver(store: Store) -> None:
    """Have both batteries do what was called, one of them not measured to the end."""
    for home_id, measured in (("a1", 8), ("b2", 6)):
        report(store, home_id, EVENING - timedelta(hours=1), 0.0, 4)
        report(store, home_id, EVENING, -1100.0, measured)
        report(store, home_id, EVENING + timedelta(hours=2), 0.0, 4)


@pytest.fixture
async def meeting(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Meeting]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # the client's own guard; this is loopback
    clock = StandingClock()
    async with operator_server(clock) as server:
        line = OperatorLine("Enexis", server.url, "village", PROVIDER, SECRETS["village"])
        async with met(store, clock, server, GridOperator(server.url), line) as between:
            yield between


@pytest.fixture
async def own_meeting(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Meeting]:
    """Return a meeting at our own VTN, as the operator's server."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    clock, later = StandingClock(), count()
    kept = Store.open(tmp_path / "operator.db")
    # No two objects are made at the same moment, also where a test's clock stands.
    vtn = Vtn(kept, lambda: clock.now() + timedelta(microseconds=next(later)))
    app = web.Application()
    app.add_routes(vtn.routes())
    async with TestServer(app) as server:
        url = str(server.make_url(PREFIX))
        operator = GridOperator(url, *kept.add_vtn_client("dso", Role.BL, NOON))
        client_id, secret = kept.add_vtn_client("village", Role.VEN, NOON)
        line = OperatorLine("Enexis", url, client_id, PROVIDER, secret)
        async with met(store, clock, OperatorServer(clock), operator, line) as between:
            yield between
    kept.close()


@asynccontextmanager
async def met(
    store: Store, clock: StandingClock, server: OperatorServer, operator: GridOperator, line: OperatorLine
) -> AsyncIterator[Meeting]:
    """Let a village of two batteries know an operator."""
    store.take_part_in_dutch_flex(
        PROVIDER, ENEXIS, {"t1": CongestionPoint("MSR-1234", MaxDuration.FOUR_HOURS)}
    )
    for home_id, ean in HOMES.items():
        live_in(store, home_id)
        store.give_connection(home_id, ean)
        report(store, home_id, NOON - SLOT, 500.0)
    lines = OperatorLines(store, clock, pace=Pace(poll_s=0.02, apart_s=0.01, first_wait_s=0.02))
    participant = DutchParticipant(store, clock, lines.clients)
    await asyncio.to_thread(operator.make_program)
    store.add_operator_line(line)
    task = asyncio.create_task(lines.run())
    try:
        async with asyncio.timeout(10):
            while not any(kept.ven_id for kept, _ in lines.clients().values()):
                await asyncio.sleep(0.01)
        yield Meeting(clock, server, operator, store, lines, participant)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.to_thread(operator.close)


async def registered(meeting: Meeting) -> tuple[str, str]:
    """Have both batteries in their group; return the ids of the anchor and of the group."""
    says = meeting.says
    async with meeting.step(
        "Registration",
        "The operator makes the event that reports refer to, and a group. The village tells it of the "
        "batteries that take part, and asks to take them in. The operator does, and says so on each.",
    ):
        anchored = await says(meeting.operator.make_event, anchor())
        group = await says(meeting.operator.make_group)
        await meeting.until_known(anchored.id)
        await meeting.participant.round()
        await meeting.participant.round()  # By now the server has its own ids for them.
        (asked,) = await says(meeting.operator.reports, anchored.id)
        ids = [str(each) for each in asked.resources[0].intervals[0].payloads[1].values]
        await says(meeting.operator.enroll, group.id, ids)
        await meeting.participant.round()
    return anchored.id, group.id


async def test_the_whole_profile(meeting: Meeting) -> None:
    await the_whole_profile(meeting)
    compare(meeting.steps)


async def test_the_whole_profile_with_our_own_vtn_as_the_operators_server(own_meeting: Meeting) -> None:
    await the_whole_profile(own_meeting)


async def up_to_a_call(meeting: Meeting) -> tuple[str, ExistingEvent, ExistingEvent]:
    """Go through it up to a call; return the anchor's id, the baseline and the call."""
    says, operator = meeting.says, meeting.operator
    meeting.steps.append(
        Step(
            "Program and service provider",
            "The operator offers its program, by which the village knows the profile and its version, and "
            "the operator by its EAN. The village makes itself known as the service provider, by its own.",
            list(meeting.server.said),
        )
    )
    anchor_id, group_id = await registered(meeting)

    async with meeting.step(
        "Baseline and offer",
        "The operator says what it takes the group to draw. The village answers how much less it can be for "
        "four hours: 4 kW of baseline and 2 x 2.14 kW of discharge.",
    ):
        counted = await says(operator.make_event, baseline(BASELINE_W / 1000))
        await meeting.until_known(anchor_id, counted.id)
        await meeting.participant.round()
        (offer,) = await says(operator.reports, counted.id)
        offered = {each.type: each.values for each in offer.resources[0].intervals[0].payloads}
        assert offered == {"ACTIVE_FLEX_DELTA": (-8.27,), "RESERVED_FLEX_DELTA": (0.0,)}
        await says(operator.count_on, group_id, BASELINE_W / 1000, 8.27)

    async with meeting.step(
        "Call for tomorrow evening, and acknowledgement",
        "The day before, the operator calls 6 kW for two hours, with an hour at the baseline on either side. "
        "The village may then draw -2 kW at most: it delivers.",
    ):
        called = await says(operator.make_event, flex((4, 1, 0), (5, 2, 6), (7, 1, 0)))
        await meeting.until_known(anchor_id, counted.id, called.id)
        await meeting.participant.round()
        (acknowledged,) = await says(operator.reports, called.id)
        assert acknowledged.resources[0].intervals[0].payloads[0].values == (True,)
    return anchor_id, counted, called


async def the_whole_profile(meeting: Meeting) -> None:
    """Go through it, from the program to a call that is taken back."""
    says, store, operator = meeting.says, meeting.store, meeting.operator
    anchor_id, counted, called = await up_to_a_call(meeting)
    hour = timedelta(hours=1)
    assert dutch_calls(store, meeting.clock) == [
        FlexCall(called.id, "t1", EVENING - hour, [4000] * 4),
        FlexCall(called.id, "t1", EVENING, [-2000] * 8),
        FlexCall(called.id, "t1", EVENING + 2 * hour, [4000] * 4),
    ]

    async with meeting.step(
        "Operational status",
        "One of the batteries has not been heard of for over an hour. The village says so, and offers less.",
    ):
        meeting.clock.moment = EVENING - 2 * hour
        report(store, "a1", meeting.clock.moment - SLOT, 0.0)
        await meeting.participant.round()
        status = (await says(operator.reports, anchor_id))[-1]
        told = [(each.resource_name, each.intervals[0].payloads[0].values) for each in status.resources]
        assert told == [("b2/garage", ("ERROR",))]
        report(store, "b2", meeting.clock.moment - SLOT, 0.0)
        await meeting.participant.round()

    async with meeting.step(
        "Delivery",
        "A quarter of an hour after the last stretch, the village reports what the group drew less than "
        "its baseline. Here both batteries discharged at 1.1 kW in the two hours, and stood still beside "
        "them; for the last half hour of the call one was not measured, and is taken to have charged as "
        "fast as it can.",
    ):
        deliver(store)
        meeting.clock.moment = EVENING + 3 * hour + timedelta(minutes=14)
        await meeting.participant.round()
        assert len(await says(operator.reports, called.id)) == 1
        meeting.clock.moment += timedelta(minutes=1)
        await meeting.participant.round()
        *_, delivered = await says(operator.reports, called.id)
        assert validate_flex_delivery_report_compliant(delivered, event_intervals=called.intervals) is None
        values = [each.payloads[0].values for each in delivered.resources[0].intervals]
        assert values == [(4.0,) * 4, (6.2,) * 6 + (2.1,) * 2, (4.0,) * 4]

    await late_readings_correct(meeting, called, delivered)

    async with meeting.step(
        "A call that is taken back",
        "Events are never changed: the operator deletes one, and makes another. What is gone asks nothing.",
    ):
        second = await says(operator.make_event, flex((8, 2, 6), window=WINDOW + timedelta(days=2)))
        await meeting.until_known(anchor_id, counted.id, called.id, second.id)
        await says(operator.delete_event, second.id)
        await meeting.until_known(anchor_id, counted.id, called.id)
    assert dutch_calls(store, meeting.clock) == []  # The first is over, and the second was taken back.


async def late_readings_correct(meeting: Meeting, called: ExistingEvent, delivered: ExistingReport) -> None:
    """Have a battery's readings come in after the delivery was reported."""
    async with meeting.step(
        "A delivery that is corrected",
        "What the battery measured in that half hour comes in late. For a day, readings like these correct "
        "the report: another takes its place.",
    ):
        report(meeting.store, "b2", EVENING + 6 * SLOT, -1100.0, 2)
        await meeting.participant.round()  # It was looked at just now.
        assert (await meeting.says(meeting.operator.reports, called.id))[-1] == delivered
        meeting.clock.moment += timedelta(minutes=15)
        await meeting.participant.round()
        *_, corrected = await meeting.says(meeting.operator.reports, called.id)
        assert corrected.id == delivered.id
        assert validate_flex_delivery_report_compliant(corrected, event_intervals=called.intervals) is None
        values = [each.payloads[0].values for each in corrected.resources[0].intervals]
        assert values == [(4.0,) * 4, (6.2,) * 8, (4.0,) * 4]


async def test_nothing_is_sent_twice_also_after_a_restart(meeting: Meeting) -> None:
    await registered(meeting)
    await meeting.says(meeting.operator.make_event, baseline(4.0))
    await meeting.says(meeting.operator.make_event, flex((4, 2, 1)))
    await until_events(meeting, 3)
    await meeting.participant.round()
    sent = len(meeting.server.of("reports"))
    await meeting.participant.round()
    await DutchParticipant(meeting.store, meeting.clock, meeting.lines.clients).round()
    assert len(meeting.server.of("reports")) == sent


async def until_events(meeting: Meeting, many: int) -> None:
    """Wait until so many events are in force in the village."""
    async with asyncio.timeout(10):
        while len(meeting.store.operator_events()) < many:
            await asyncio.sleep(0.01)


async def test_a_delivery_is_corrected_also_after_a_restart(meeting: Meeting) -> None:
    await registered(meeting)
    await meeting.says(meeting.operator.make_event, baseline(BASELINE_W / 1000))
    called = await meeting.says(meeting.operator.make_event, flex((4, 1, 0), (5, 2, 6), (7, 1, 0)))
    await until_events(meeting, 3)
    deliver(meeting.store)
    meeting.clock.moment = EVENING + timedelta(hours=3, minutes=15)
    await meeting.participant.round()

    report(meeting.store, "b2", EVENING + 6 * SLOT, -1100.0, 2)
    meeting.clock.moment += timedelta(minutes=15)
    for _ in range(2):
        await DutchParticipant(meeting.store, meeting.clock, meeting.lines.clients).round()

    *_, corrected = await meeting.says(meeting.operator.reports, called.id)
    assert [each.payloads[0].values for each in corrected.resources[0].intervals][1] == (6.2,) * 8
    (kept,) = meeting.store.newest_operator_reports(meeting.store.operator_lines()[0].id, 9)
    assert (kept.event_id, kept.report_id, kept.corrections) == (called.id, corrected.id, 1)


async def test_what_the_operator_does_not_take_keeps_a_call_from_no_answer(meeting: Meeting) -> None:
    says, server = meeting.says, meeting.server
    server.refuses = "REGISTRATION_REQUEST"
    await says(meeting.operator.make_event, anchor())
    await says(meeting.operator.make_group)
    counted = await says(meeting.operator.make_event, baseline(4.0))
    called = await says(meeting.operator.make_event, flex((4, 2, 1)))
    await until_events(meeting, 3)
    with capture_logs() as logs:
        for _ in range(3):
            await meeting.participant.round()

    assert len(await says(meeting.operator.reports, called.id)) == 1
    assert await says(meeting.operator.reports, counted.id)
    told = [(each["about"], each["reason"]) for each in logs if each["event"] == "flexibility_refused"]
    assert told == [("registration", "refused")]


async def test_an_operator_that_asks_to_be_left_alone_is(meeting: Meeting) -> None:
    line = meeting.store.operator_lines()[0]
    async with ClientSession() as session:
        client = VtnClient(session, line.line)
        participant = DutchParticipant(meeting.store, meeting.clock, lambda: {line.id: (line, client)})
        meeting.server.leave_alone_s = 30
        await participant.round()
        meeting.server.leave_alone_s = None
        await meeting.says(meeting.operator.make_group)
        await participant.round()
    assert meeting.server.of("resources") == []


async def test_of_two_programs_of_the_profile_each_is_answered_once(meeting: Meeting) -> None:
    says = meeting.says
    anchor_id, _ = await registered(meeting)
    await says(meeting.operator.make_program)
    counted = await says(meeting.operator.make_event, baseline(4.0))
    called = await says(meeting.operator.make_event, flex((4, 2, 1)))
    await until_events(meeting, 3)
    asked = len(await says(meeting.operator.reports, anchor_id))
    for _ in range(2):
        await DutchParticipant(meeting.store, meeting.clock, meeting.lines.clients).round()

    assert len(await says(meeting.operator.reports, called.id)) == 1
    assert len(await says(meeting.operator.reports, counted.id)) == 1
    assert len(await says(meeting.operator.reports, anchor_id)) == asked


async def test_a_delivery_is_not_corrected_without_a_battery_that_left_since(meeting: Meeting) -> None:
    await registered(meeting)
    await meeting.says(meeting.operator.make_event, baseline(BASELINE_W / 1000))
    called = await meeting.says(meeting.operator.make_event, flex((4, 1, 0), (5, 2, 6), (7, 1, 0)))
    await until_events(meeting, 3)
    deliver(meeting.store)
    meeting.clock.moment = EVENING + timedelta(hours=3, minutes=15)
    await meeting.participant.round()
    *_, delivered = await meeting.says(meeting.operator.reports, called.id)

    meeting.store.withdraw_connection("a1")
    report(meeting.store, "b2", EVENING + 6 * SLOT, -1100.0, 2)
    meeting.clock.moment += timedelta(minutes=15)
    await meeting.participant.round()

    assert (await meeting.says(meeting.operator.reports, called.id))[-1] == delivered


async def test_why_the_operator_rejects_a_battery_is_known_until_it_takes_it(meeting: Meeting) -> None:
    says, participant = meeting.says, meeting.participant
    await says(meeting.operator.make_event, anchor())
    group = await says(meeting.operator.make_group)
    await participant.round()
    (first, second) = await says(meeting.operator.resources)
    await says(meeting.operator.reject, first.id, "WRONG_EAN")
    with capture_logs() as logs:
        await participant.round()
        await participant.round()

    assert participant.rejected == {first.resource_name: "WRONG_EAN"}
    told = [each["about"] for each in logs if each["event"] == "flexibility_refused"]
    assert told == [first.resource_name]

    await says(meeting.operator.enroll, group.id, [first.id, second.id])
    await participant.round()
    assert participant.rejected == {}


async def test_who_withdraws_its_ean_is_deregistered_and_then_forgotten(meeting: Meeting) -> None:
    anchor_id, group_id = await registered(meeting)
    meeting.store.withdraw_connection("b2", Author("Anna", NOON))
    await meeting.participant.round()
    *_, last = await meeting.says(meeting.operator.reports, anchor_id)
    request = last.resources[0].intervals[0].payloads[1]
    (gone,) = [
        each for each in await meeting.says(meeting.operator.resources) if each.resource_name[:2] == "b2"
    ]
    assert (request.type, request.values) == ("DE_REGISTRATION_REQUEST", (gone.id,))
    left = [each.id for each in await meeting.says(meeting.operator.resources) if each.id != gone.id]
    await meeting.says(meeting.operator.set_members, group_id, left)
    await meeting.participant.round()
    assert HOMES["b2"] not in str(meeting.server.of("resources"))
    assert HOMES["a1"] in str(meeting.server.of("resources"))


async def test_as_long_as_a_home_behind_the_point_gave_no_ean_none_is_told(meeting: Meeting) -> None:
    live_in(meeting.store, "c3")
    await meeting.says(meeting.operator.make_event, anchor())
    await meeting.says(meeting.operator.make_group)
    await meeting.participant.round()
    assert meeting.server.of("resources") == []


async def test_an_operator_of_another_program_is_told_nothing(meeting: Meeting) -> None:
    meeting.store.take_part_in_dutch_flex(
        PROVIDER, "8716871000002", {"t1": CongestionPoint("MSR-1234", MaxDuration.FOUR_HOURS)}
    )
    await meeting.says(meeting.operator.make_group)
    await meeting.participant.round()
    assert meeting.server.of("resources") == []


async def test_a_call_that_cannot_be_followed_is_told_once_and_not_acknowledged(meeting: Meeting) -> None:
    await registered(meeting)
    called = await meeting.says(meeting.operator.make_event, flex((4, 2, 1)))  # There is no baseline yet.
    async with asyncio.timeout(10):
        while called.id not in {each.event_id for each in meeting.store.operator_events()}:
            await asyncio.sleep(0.01)
    with capture_logs() as logs:
        await meeting.participant.round()
        await meeting.participant.round()
    told = [each for each in logs if each.get("about") == called.id]
    assert [each["reason"] for each in told] == ["profile_no_baseline"]
    assert await meeting.says(meeting.operator.reports, called.id) == []
    await meeting.says(meeting.operator.make_event, baseline(4.0))
    await until_events(meeting, 3)
    await meeting.participant.round()
    assert len(await meeting.says(meeting.operator.reports, called.id)) == 1


async def test_a_call_that_was_acknowledged_stays_when_less_can_be_called_later(meeting: Meeting) -> None:
    _, group_id = await registered(meeting)
    await meeting.says(meeting.operator.make_event, baseline(4.0))
    called = await meeting.says(meeting.operator.make_event, flex((4, 2, 6)))
    await until_events(meeting, 3)
    await meeting.participant.round()
    await meeting.says(meeting.operator.count_on, group_id, 4.0, 1.0)
    await meeting.participant.round()
    assert [each.event_id for each in dutch_calls(meeting.store, meeting.clock)] == [called.id]


async def test_a_server_that_fails_is_told_of_once_without_its_words(meeting: Meeting) -> None:
    await meeting.says(meeting.operator.make_event, anchor())
    await meeting.says(meeting.operator.make_group)
    meeting.server.fails_with = f"EAN {EAN} is unknown here"
    with capture_logs() as logs:
        await meeting.participant.round()
        await meeting.participant.round()
    told = [each for each in logs if each["event"] == "flexibility_refused"]
    assert [each["reason"] for each in told] == ["refused"]
    assert EAN not in str(told)
    meeting.server.fails_with = ""
    await meeting.participant.round()
    assert len(meeting.server.of("resources")) == 2
