"""A household without Home Assistant that speaks the same protocol, with the integration's own modules.

Only what Home Assistant gives is replaced here: a web server for the webhook, and a rhythm. What is decided,
believed, read and written is decided by the same code as in a real home.
"""

import asyncio
import json
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from typing import Self

from aiohttp import ClientSession, web
from modbus_connection.tmodbus import connect_tcp

from custom_components.battery_commons.battery.controller import BatteryController, Outcome
from custom_components.battery_commons.battery.driver import BatteryError
from custom_components.battery_commons.battery.follower import next_change
from custom_components.battery_commons.battery.modbus.sunspec_der import SunSpecBattery
from custom_components.battery_commons.battery.settings import Settings
from custom_components.battery_commons.battery_coordinator import BATTERY_INTERVAL
from custom_components.battery_commons.community.client import (
    BatteryDescription,
    BatteryTelemetry,
    CommunityClient,
    CommunityError,
    Membership,
)
from custom_components.battery_commons.community.envelope import RefusedError
from custom_components.battery_commons.community.inbox import Inbox, accepted, refused
from custom_components.battery_commons.community.invitation import parse_invitation, public_key
from custom_components.battery_commons.community.plan import BatteryPlan
from custom_components.battery_commons.village_coordinator import VILLAGE_INTERVAL

BATTERY_ID = "battery"
_WEBHOOK = "/api/webhook/demo"


class LightHousehold:
    """One home with one battery; an asynchronous context that opens it and releases its battery."""

    def __init__(
        self, session: ClientSession, *, name: str, webhook_port: int, battery_port: int, unit_id: int
    ) -> None:
        """Prepare a home called `name`, whose battery and webhook are at ports of the loopback."""
        self.name = name
        self.outcome: Outcome | None = None
        """What the last look at the battery found and did."""
        self._session = session
        self._webhook_port = webhook_port
        self._battery_port = battery_port
        self._unit_id = unit_id
        self._inbox = Inbox()
        self._changed = asyncio.Event()
        self._stack = AsyncExitStack()
        self._controller: BatteryController
        self._client: CommunityClient
        self._membership: Membership

    async def __aenter__(self) -> Self:
        """Connect to the battery. Raises BatteryError when it is not there."""
        connection = await connect_tcp("127.0.0.1", port=self._battery_port)
        self._stack.push_async_callback(connection.close)
        unit = connection.for_unit(self._unit_id)
        self._controller = BatteryController(await SunSpecBattery.probe(unit, _now), _now)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Leave the battery to its own house, and close the doors."""
        with suppress(BatteryError):  # Its own timer ends what it may be under.
            await self._controller.release()
        await self._stack.aclose()

    async def join(self, link: str) -> None:
        """Accept an invitation and tell about the battery.

        Raises CommunityError or InvitationError.
        """
        invitation = parse_invitation(link)
        self._key = public_key(invitation.key)
        webhook = f"http://127.0.0.1:{self._webhook_port}{_WEBHOOK}"
        certificate = invitation.certificate
        stranger = CommunityClient(self._session, invitation.url, self._key, certificate=certificate)
        await stranger.read_invitation(invitation.code)
        self._membership = await stranger.join(invitation.code, self.name, [webhook])
        self._client = CommunityClient(
            self._session, invitation.url, self._key, self._membership.token, certificate=certificate
        )
        await self._serve()
        limits, reserve = self._controller.driver.limits, Settings().reserve
        description = BatteryDescription(BATTERY_ID, self.name, limits, reserve)
        await self._client.describe_home([webhook], [description])

    async def run(self) -> None:
        """Follow the plan and report, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._follow())
            group.create_task(self._report())

    @property
    def _plan(self) -> BatteryPlan | None:
        plan = self._inbox.plan
        return plan.batteries.get(BATTERY_ID) if plan else None

    def _interval(self, longest: timedelta, per_slot: int) -> timedelta:
        plan = self._inbox.plan
        return min(longest, plan.slot_length / per_slot) if plan else longest

    async def _follow(self) -> None:
        while True:
            self._changed.clear()
            self.outcome = await self._controller.step(self._plan, Settings())
            wait = self._interval(BATTERY_INTERVAL, 3)
            if (moment := next_change(self._plan, _now())) is not None:
                wait = min(wait, moment - _now())
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), max(0.0, wait.total_seconds()))

    async def _report(self) -> None:
        while True:
            outcome = self.outcome
            if outcome is not None and (reading := outcome.reading) is not None:
                telemetry = BatteryTelemetry(
                    battery_id=BATTERY_ID,
                    at=reading.at,
                    state_of_charge=reading.state_of_charge,
                    power_w=reading.power_w,
                    setpoint_w=outcome.decision.setpoint_w,
                    mode=outcome.decision.mode,
                    reason=outcome.decision.reason,
                    plan_sequence=self._plan.sequence if self._plan else None,
                )
                with suppress(CommunityError):  # The lease ends by itself; the next report tries again.
                    await self._client.send_telemetry(_now(), [telemetry])
            await asyncio.sleep(self._interval(VILLAGE_INTERVAL, 2).total_seconds())

    async def _serve(self) -> None:
        app = web.Application()
        app.router.add_post(_WEBHOOK, self._take_plan)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        self._stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", self._webhook_port).start()

    async def _take_plan(self, request: web.Request) -> web.Response:
        # Read first: of two plans that arrive together, each is held against the other.
        envelope = json.loads(await request.read())
        try:
            self._inbox = self._inbox.admit(
                envelope,
                key=self._key,
                home_id=self._membership.home_id,
                batteries={BATTERY_ID: self._controller.driver.limits},
                now=_now(),
            )
        except RefusedError as error:
            return web.json_response(refused(error))
        self._changed.set()
        return web.json_response(accepted(self._inbox))


def _now() -> datetime:
    return datetime.now(UTC)
