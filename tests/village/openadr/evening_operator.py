"""The operator's own systems in the day in the life: `openadr3_client`, on OpenADR's own kinds of events."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from openadr3_client._models.common.interval import Interval
from openadr3_client._models.common.interval_period import IntervalPeriod
from openadr3_client.bl.http_factory import BusinessLogicHttpClientFactory
from openadr3_client.oadr310._bl.client import BusinessLogicClient
from openadr3_client.oadr310.models.event.event import NewEvent
from openadr3_client.oadr310.models.event.event_payload import EventPayload, EventPayloadType
from openadr3_client.oadr310.models.program.program import NewProgram
from openadr3_client.oadr310.models.report.report_payload import ReportDescriptor, ReportPayloadType
from openadr3_client.oadr310.models.unit import Unit
from openadr3_client.oadr310.models.ven.ven import VenUpdateBlRequest
from openadr3_client.version import OADRVersion

from battery_commons.domain.grid import FEEDER_ID


def independent_operator(url: str, client_id: str, secret: str) -> BusinessLogicClient:
    return cast(
        "BusinessLogicClient",
        BusinessLogicHttpClientFactory.create_http_bl_client(
            vtn_base_url=url,
            client_id=client_id,
            client_secret=secret,
            token_url=f"{url}/auth/token",
            allow_insecure_http=True,
            version=OADRVersion.OADR_310,
        ),
    )


LIMIT, SETPOINT = EventPayloadType.IMPORT_CAPACITY_LIMIT, EventPayloadType.DISPATCH_SETPOINT
FORECAST = EventPayloadType("GRID_LOAD_FORECAST")
USAGE = ReportDescriptor(payload_type=ReportPayloadType.USAGE, units=Unit.KWH)


@dataclass
class Operator:
    """The independent client, as the operator's own systems."""

    client: BusinessLogicClient
    event_ids: dict[str, str]
    """Filled in as events are made, by their names."""
    program_id: str = ""

    async def begin(self) -> None:
        """Make a program."""
        made = await asyncio.to_thread(
            self.client.programs.create_program, NewProgram(program_name="evening")
        )
        self.program_id = made.id

    async def publish(
        self, name: str, kind: EventPayloadType, kw: float, start: datetime, end: datetime, target: str = "t1"
    ) -> None:
        """Ask for, or tell, one power for a while; what was drawn meanwhile is to be reported."""
        event = NewEvent(
            programID=self.program_id,
            event_name=name,
            targets=(target,),
            report_descriptors=(USAGE,),
            interval_period=IntervalPeriod(start=start, duration=end - start),
            intervals=(Interval(id=0, payloads=(EventPayload(type=kind, values=(kw,)),)),),
        )
        self.event_ids[name] = (await asyncio.to_thread(self.client.events.create_event, event)).id

    async def withdraw(self, name: str) -> None:
        """Delete an event."""
        await asyncio.to_thread(self.client.events.delete_event_by_id, self.event_ids[name])

    async def count_in(self, ven_name: str) -> None:
        """Count a village among those that `t1` and the feeder are of."""
        vens = self.client.vens
        [ven] = await asyncio.to_thread(vens.get_vens, ven_name=ven_name, target=None, pagination=None)
        update = VenUpdateBlRequest(ven_name=ven_name, clientID=ven.client_id, targets=("t1", FEEDER_ID))
        await asyncio.to_thread(vens.update_ven_by_id, ven.id, update)

    async def reported_kwh(self, name: str) -> list[float]:
        """Return what was reported of an event."""
        reports = await asyncio.to_thread(
            self.client.reports.get_reports,
            pagination=None, program_id=None, event_id=self.event_ids[name], client_name=None,
        )  # fmt: skip
        return [
            value
            for report in reports
            for resource in report.resources
            for interval in resource.intervals
            for payload in interval.payloads
            if payload.type == ReportPayloadType.USAGE
            for value in payload.values
        ]
