"""Reports on their way: to our own VTN over real HTTP, and read back by the independent client."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import ClientSession
from openadr3_client.oadr310._bl.client import BusinessLogicClient

from battery_commons.domain.operator_line import OperatorLine
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.domain.vtn import Role
from battery_commons.openadr.pace import Pace
from battery_commons.openadr.reports.sender import MOST_IN_A_ROUND, OperatorReports
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient
from battery_commons.store import Store
from battery_commons.store.operator_events import ArrivedEvent
from battery_commons.store.operator_reports import KeptReport
from tests.village.openadr.vtn.conftest import Running

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
AN_HOUR = [{"payloadType": "USAGE", "units": "KWH"}]
AT_ONCE = Pace(first_wait_s=0.0, longest_wait_s=0.0)
EACH_QUARTER = [{"payloadType": "DEMAND", "startInterval": 1, "numIntervals": 1, "repeat": -1}]


@dataclass
class SetClock(WallClock):
    """A clock that is put to a time."""

    time: datetime = NOON

    def now(self) -> datetime:
        return self.time


class Interrupted(VtnClient):
    """Calls a VTN, but for what goes wrong."""

    trouble: LineTrouble | None = None
    loses_answers = False
    breaks_at: str | None = None
    """The end of the name of a report by which the server fails."""
    calls: list[str]

    async def post(self, path: str, message: Any) -> object:
        self.calls.append("POST")
        if self.trouble is not None:
            raise LineError(self.trouble)
        if self.breaks_at is not None and message["reportName"].endswith(self.breaks_at):
            raise LineError(LineTrouble.BROKEN)
        answer = await super().post(path, message)
        if self.loses_answers:
            raise LineError(LineTrouble.UNREACHABLE)
        return answer

    async def put(self, path: str, message: Any) -> object:
        self.calls.append("PUT")
        return await super().put(path, message)


@dataclass
class Village:
    """A village with a line to a VTN that is real."""

    store: Store
    line_id: str
    client: Interrupted
    operator: VtnClient
    clock: SetClock = field(default_factory=SetClock)
    asked_at: datetime = NOON

    def __post_init__(self) -> None:
        """Begin as after a restart."""
        self.restart()

    def restart(self) -> None:
        """Forget all that is not in the store."""
        kept = self.store.operator_lines()[0]
        self.reports = OperatorReports(
            self.store, self.clock, lambda: {kept.id: (kept, self.client)}, pace=AT_ONCE
        )

    async def asked(self, descriptors: list[dict[str, Any]], intervals: int = 4) -> str:
        """Have the operator ask for reports on an event of quarter hours from noon on."""
        program: Any = await self.operator.post("programs", {"programName": "Limits"})
        said = {
            "programID": program["id"],
            "intervalPeriod": {"start": "2026-11-28T12:00:00Z", "duration": "PT15M"},
            "reportDescriptors": descriptors,
            "intervals": [
                {"id": k, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [100]}]}
                for k in range(intervals)
            ],
        }
        event: Any = await self.operator.post("events", said)
        arrived = ArrivedEvent(event["id"], "v1", program["id"], None, json.dumps(event))
        self.store.keep_operator_events(self.line_id, [arrived], self.asked_at)
        return str(event["id"])

    def measure(self, *loads_w: float, first: int = 0) -> None:
        """Have the transformer's meter report, a quarter hour each."""
        readings = [MeterReading(NOON + (first + k) * SLOT, load) for k, load in enumerate(loads_w)]
        self.store.add_meter_readings("t1", readings)

    async def round_at(self, hours: float) -> None:
        """Do what is due that long after noon."""
        self.clock.time = NOON + timedelta(hours=hours)
        await self.reports.round()

    async def at_operator(self) -> list[Any]:
        """Return the reports that the operator has."""
        return await self.operator.listed("reports")

    def kept(self) -> list[KeptReport]:
        return self.store.newest_operator_reports(self.line_id, 1_000)


@pytest.fixture
async def village(store: Store, vtn: Running) -> AsyncIterator[Village]:
    def line(role: Role) -> OperatorLine:
        client_id, secret = vtn.client(f"{role} of the test", role)
        return OperatorLine("Region", vtn.url, client_id, "Ansen", secret)

    as_ven = line(Role.VEN)
    line_id = store.add_operator_line(as_ven)
    async with ClientSession() as session:
        client = Interrupted(session, as_ven)
        client.calls = []
        yield Village(store, line_id, client, VtnClient(session, line(Role.BL)))


async def test_an_operator_reads_what_it_asked_for(village: Village, operator: BusinessLogicClient) -> None:
    event_id = await village.asked(AN_HOUR)
    village.measure(10_000, 20_000, 30_000, 40_000)
    await village.round_at(1.05)
    assert await village.at_operator() == []  # Readings may yet come.
    await village.round_at(1.1)
    (report,) = await asyncio.to_thread(operator.reports.get_reports, None, None, event_id, "Ansen")
    (of_t1,) = report.resources
    assert of_t1.resource_name == "t1"
    assert [each.payloads[0].values for each in of_t1.intervals] == [(2.5,), (5,), (7.5,), (10,)]
    assert {each.payloads[1].values for each in of_t1.intervals} == {("OK",)}
    assert [each.interval_period and each.interval_period.start for each in of_t1.intervals] == [
        NOON + k * SLOT for k in range(4)
    ]
    assert report.client_name == "Ansen"
    assert report.payload_descriptors
    assert report.payload_descriptors[0].units == "KWH"


async def test_nothing_is_sent_twice_after_a_restart(village: Village) -> None:
    await village.asked(EACH_QUARTER)
    village.measure(1, 2, 3, 4)
    for hours in (0.4, 0.4, 0.7, 1.2):
        await village.round_at(hours)
        village.restart()
    assert village.client.calls == ["POST"] * 4
    assert len(await village.at_operator()) == 4


async def test_a_report_whose_arrival_nobody_knows_of_is_looked_for_first(village: Village) -> None:
    await village.asked(AN_HOUR)
    village.client.loses_answers = True
    await village.round_at(1.1)
    assert village.kept()[0].sent_at is None
    village.restart()
    village.client.loses_answers = False
    await village.round_at(1.2)
    assert village.client.calls == ["POST"]
    (there,) = await village.at_operator()
    assert village.kept()[0].report_id == there["id"]


async def test_while_the_operator_is_away_reports_wait(village: Village) -> None:
    await village.asked(AN_HOUR)
    village.client.trouble = LineTrouble.UNREACHABLE
    await village.round_at(1.1)
    village.client.trouble = None
    await village.round_at(9)
    assert len(await village.at_operator()) == 1


async def test_an_operator_in_trouble_is_left_alone_for_a_while(village: Village) -> None:
    await village.asked(AN_HOUR)
    village.client.trouble = LineTrouble.BROKEN
    line = village.store.operator_lines()[0]
    village.reports = OperatorReports(
        village.store, village.clock, lambda: {line.id: (line, village.client)}, pace=Pace()
    )
    await village.round_at(1.1)
    await village.round_at(1.2)
    assert village.client.calls == ["POST"]


async def test_a_report_that_makes_the_server_fail_keeps_the_others_from_nothing(village: Village) -> None:
    await village.asked(EACH_QUARTER)
    village.client.breaks_at = "12:15:00Z"
    for _ in range(3):
        await village.round_at(1.1)
    told = [each["reportName"][-9:] for each in await village.at_operator()]
    assert told == ["12:30:00Z", "12:45:00Z", "13:00:00Z"]
    village.client.breaks_at = None
    await village.round_at(1.1)
    assert len(await village.at_operator()) == 4


async def test_what_the_operator_does_not_take_is_not_sent_again(village: Village) -> None:
    await village.asked(AN_HOUR)
    village.client.trouble = LineTrouble.REFUSED
    await village.round_at(1.1)
    await village.round_at(1.2)
    assert village.client.calls == ["POST"]
    assert village.kept()[0].refusal == "refused"


async def test_a_server_that_is_not_there_for_a_while_refuses_nothing(village: Village) -> None:
    await village.asked(AN_HOUR)
    village.client.trouble = LineTrouble.NOT_THERE
    await village.round_at(1.1)
    village.client.trouble = None
    await village.round_at(1.2)
    assert len(await village.at_operator()) == 1


async def test_a_report_that_the_operator_took_away_is_not_corrected_for_ever(village: Village) -> None:
    await village.asked(AN_HOUR)
    await village.round_at(1.1)
    (report,) = await village.at_operator()
    await village.client.delete(f"reports/{report['id']}")
    village.measure(10_000, 20_000, 30_000, 40_000)
    for hours in (2, 3):
        await village.round_at(hours)
    assert village.client.calls == ["POST", "PUT"]


async def test_late_meter_data_corrects_what_was_sent(village: Village) -> None:
    await village.asked(AN_HOUR)
    village.measure(10_000, 20_000, 30_000)
    await village.round_at(1.1)
    await village.round_at(1.5)
    village.measure(40_000, first=3)
    await village.round_at(2)
    assert village.client.calls == ["POST", "PUT"]
    (report,) = await village.at_operator()
    last = report["resources"][0]["intervals"][3]["payloads"]
    assert [each["values"] for each in last] == [[10.0], ["OK"]]
    village.restart()
    await village.round_at(3)
    assert village.client.calls == ["POST", "PUT"]


async def test_after_a_day_what_was_sent_stays(village: Village) -> None:
    await village.asked(AN_HOUR)
    await village.round_at(1.1)
    village.measure(10_000, 20_000, 30_000, 40_000)
    await village.round_at(25.1)
    assert village.client.calls == ["POST"]


async def test_what_is_not_known_is_left_out_and_said_to_be(village: Village) -> None:
    await village.asked(AN_HOUR, intervals=1)
    await village.round_at(0.4)
    (report,) = await village.at_operator()
    payloads = report["resources"][0]["intervals"][0]["payloads"]
    assert payloads == [{"type": "DATA_QUALITY", "values": ["MISSING"]}]


async def test_many_reports_go_out_over_time(village: Village) -> None:
    await village.asked(EACH_QUARTER, intervals=MOST_IN_A_ROUND + 5)
    await village.round_at(24)
    assert len(village.client.calls) == MOST_IN_A_ROUND
    await village.round_at(24)
    assert len(village.client.calls) == MOST_IN_A_ROUND + 5


@pytest.mark.parametrize("kind", ["SETPOINT", "X_OWN", "ACTIVE_FLEX_DELTA"])
async def test_what_the_village_cannot_report_is_not_reported(village: Village, kind: str) -> None:
    await village.asked([{"payloadType": kind}])
    await village.round_at(1.1)
    assert village.kept() == []


async def test_a_report_older_than_a_week_is_not_sent_any_more(village: Village) -> None:
    await village.asked(AN_HOUR)
    await village.round_at(8 * 24)
    assert village.client.calls == []


def test_what_became_of_a_report_is_kept(village: Village) -> None:
    report = KeptReport(village.line_id, "e1", "USAGE 0 x", NOON, "{}")
    village.store.keep_operator_reports([report])
    sent = replace(report, report_id="r1", sent_at=NOON)
    village.store.note_operator_report(sent)
    village.store.keep_operator_reports([report])
    assert village.kept() == [sent]


STATE = {"startInterval": 0, "numIntervals": 1, "historical": False, "frequency": 1, "repeat": -1}


async def test_what_was_to_come_is_not_told_once_it_is_long_over(village: Village) -> None:
    await village.asked([{"payloadType": "STORAGE_POWER", **STATE}], intervals=8)
    await village.round_at(1.5)
    told = [each["reportName"][-9:] for each in await village.at_operator()]
    assert told == ["12:45:00Z", "13:00:00Z", "13:15:00Z", "13:30:00Z"]


async def test_what_was_to_come_before_it_was_asked_for_is_not_told(village: Village) -> None:
    village.asked_at = NOON + 3 * SLOT
    await village.asked([{"payloadType": "UP_REGULATION_AVAILABLE", **STATE, "numIntervals": 4}], intervals=8)
    await village.round_at(0.75)
    told = [each["reportName"][-9:] for each in await village.at_operator()]
    assert told == ["12:15:00Z", "12:30:00Z", "12:45:00Z"]
