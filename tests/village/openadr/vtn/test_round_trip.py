"""The independent client speaks with our VTN, as an operator and as a village, over real HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest
from openadr3_client._models.common.interval import Interval
from openadr3_client._models.common.interval_period import IntervalPeriod
from openadr3_client.oadr310._bl.client import BusinessLogicClient
from openadr3_client.oadr310._ven.client import VirtualEndNodeClient
from openadr3_client.oadr310._vtn.interfaces.subscriptions import ReadWriteSubscriptionsInterface
from openadr3_client.oadr310.models.event.event import EventUpdate, ExistingEvent, NewEvent
from openadr3_client.oadr310.models.event.event_payload import EventPayload, EventPayloadType
from openadr3_client.oadr310.models.program.program import ExistingProgram, NewProgram
from openadr3_client.oadr310.models.report.report import NewReport, ReportResource
from openadr3_client.oadr310.models.report.report_payload import ReportPayload, ReportPayloadType
from openadr3_client.oadr310.models.resource.resource import NewResourceVenRequest
from openadr3_client.oadr310.models.subscriptions.subscription import (
    NewSubscription,
    Object,
    ObjectOperation,
    Operation,
)
from openadr3_client.oadr310.models.ven.ven import NewVenVenRequest, VenUpdateBlRequest
from pydantic import HttpUrl
from requests import HTTPError

START = datetime(2026, 12, 1, 17, tzinfo=UTC)


def limit_of(power_kw: float) -> tuple[Interval[EventPayload[float]], ...]:
    payload = EventPayload(type=EventPayloadType.IMPORT_CAPACITY_LIMIT, values=(power_kw,))
    return (Interval(id=0, payloads=(payload,)),)


def an_event(program_id: str, targets: tuple[str, ...] | None = None) -> NewEvent:
    return NewEvent(
        programID=program_id,
        event_name="evening",
        targets=targets,
        interval_period=IntervalPeriod(start=START, duration=timedelta(hours=2)),
        intervals=limit_of(120.5),
    )


@pytest.fixture
async def program(operator: BusinessLogicClient) -> ExistingProgram:
    return await asyncio.to_thread(operator.programs.create_program, NewProgram(program_name="limits"))


@pytest.fixture
async def event(operator: BusinessLogicClient, program: ExistingProgram) -> ExistingEvent:
    return await asyncio.to_thread(operator.events.create_event, an_event(program.id))


async def test_a_village_reads_the_programs_and_events_of_an_operator(
    village: VirtualEndNodeClient, program: ExistingProgram, event: ExistingEvent
) -> None:
    programs = await asyncio.to_thread(village.programs.get_programs, target=None, pagination=None)
    events = await asyncio.to_thread(
        village.events.get_events, target=None, pagination=None, program_id=program.id
    )

    assert [each.program_name for each in programs] == ["limits"]
    assert [(each.id, each.intervals, each.interval_period) for each in events] == [
        (event.id, event.intervals, event.interval_period)
    ]


async def test_an_operator_changes_and_deletes_an_event(
    operator: BusinessLogicClient, village: VirtualEndNodeClient, event: ExistingEvent
) -> None:
    changed = await asyncio.to_thread(
        operator.events.update_event_by_id,
        event.id,
        EventUpdate(
            programID=event.program_id, interval_period=event.interval_period, intervals=limit_of(80)
        ),
    )

    assert changed.modification_date_time > event.modification_date_time
    assert changed.created_date_time == event.created_date_time
    assert (await asyncio.to_thread(village.events.get_event_by_id, event.id)).intervals == limit_of(80)
    await asyncio.to_thread(operator.events.delete_event_by_id, event.id)
    with pytest.raises(HTTPError, match="404"):
        await asyncio.to_thread(village.events.get_event_by_id, event.id)


async def test_a_village_makes_itself_and_its_transformer_known(
    operator: BusinessLogicClient, village: VirtualEndNodeClient
) -> None:
    ven = await asyncio.to_thread(village.vens.create_ven, NewVenVenRequest(ven_name="Brinkdorp"))
    await asyncio.to_thread(
        village.resources.create_resource, NewResourceVenRequest(resource_name="t1", venID=ven.id)
    )

    seen = await asyncio.to_thread(operator.vens.get_vens, ven_name="Brinkdorp", target=None, pagination=None)
    resources = await asyncio.to_thread(
        operator.resources.get_resources, ven_id=ven.id, resource_name=None, target=None, pagination=None
    )

    assert [(each.id, each.client_id) for each in seen] == [(ven.id, ven.client_id)]
    assert [each.resource_name for each in resources] == ["t1"]


async def test_an_event_for_others_is_not_seen_until_the_operator_counts_the_village_among_them(
    operator: BusinessLogicClient, village: VirtualEndNodeClient, program: ExistingProgram
) -> None:
    ven = await asyncio.to_thread(village.vens.create_ven, NewVenVenRequest(ven_name="Brinkdorp"))
    await asyncio.to_thread(operator.events.create_event, an_event(program.id, targets=("cable-7",)))

    async def seen() -> int:
        return len(
            await asyncio.to_thread(
                village.events.get_events, target=None, pagination=None, program_id=program.id
            )
        )

    assert await seen() == 0
    update = VenUpdateBlRequest(ven_name="Brinkdorp", clientID=ven.client_id, targets=("cable-7",))
    await asyncio.to_thread(operator.vens.update_ven_by_id, ven.id, update)
    assert await seen() == 1


async def test_an_operator_reads_what_a_village_reports(
    operator: BusinessLogicClient, village: VirtualEndNodeClient, event: ExistingEvent
) -> None:
    payload = ReportPayload(type=ReportPayloadType.USAGE, values=(1.25,))
    resource = ReportResource(resource_name="t1", intervals=(Interval(id=0, payloads=(payload,)),))
    await asyncio.to_thread(
        village.reports.create_report,
        NewReport(eventID=event.id, client_name="Brinkdorp", resources=(resource,)),
    )

    reports = await asyncio.to_thread(
        operator.reports.get_reports, pagination=None, program_id=None, event_id=event.id, client_name=None
    )

    assert [each.resources[0].intervals[0].payloads[0].values for each in reports] == [(1.25,)]


async def test_a_village_subscribes(village: VirtualEndNodeClient, program: ExistingProgram) -> None:
    wanted = ObjectOperation(
        objects=(Object.EVENT,),
        operations=(Operation.POST, Operation.PUT, Operation.DELETE),
        callback_url=HttpUrl("http://127.0.0.1:9/hook"),
        bearer_token="secret",
    )

    # It can write too, whatever the client's own type says.
    subscriptions = cast("ReadWriteSubscriptionsInterface", village.subscriptions)
    made = await asyncio.to_thread(
        subscriptions.create_subscription,
        NewSubscription(client_name="Brinkdorp", programID=program.id, object_operations=(wanted,)),
    )

    assert (await asyncio.to_thread(subscriptions.get_subscription_by_id, made.id)).id == made.id
