"""The members' API: what homes and meters may call. docs/protocol.md describes it."""

import asyncio
from datetime import datetime
from http import HTTPStatus

import structlog
from aiohttp import web
from pydantic import BaseModel, ValidationError

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.sense.telemetry import IntakeWindow, Refusal, battery_refusal
from battery_commons.store import InvitationExpiredError, InvitationUnknownError, InvitationUsedError
from battery_commons.store.records import Home, HomeBattery
from battery_commons.web.errors import errors_as_json, malformed, too_large, unauthorized
from battery_commons.web.server import VillageServer
from battery_commons.web.status import village_status
from battery_commons.wire import messages
from battery_commons.wire.envelope import seal

HOME_LIMIT = 256 * 1024
METER_LIMIT = 1024 * 1024

_LOGGER = structlog.get_logger(__name__)


def members_app(village: VillageServer) -> web.Application:
    """Return the members' API of `village`, for the listener that homes can reach."""
    api = MembersApi(village)
    app = web.Application(middlewares=[errors_as_json], client_max_size=HOME_LIMIT)
    app.add_routes(
        [
            web.get("/health", api.health, name="health"),
            web.post("/api/v1/invitations/read", api.read_invitation, name="read_invitation"),
            web.post("/api/v1/join", api.join, name="join"),
            web.put("/api/v1/home", api.describe_home, name="describe_home"),
            web.delete("/api/v1/home", api.leave, name="leave"),
            web.post("/api/v1/telemetry", api.telemetry, name="telemetry"),
            web.post("/api/v1/meters/{transformer_id}/readings", api.meter_readings, name="meter"),
        ]
    )
    return app


class MembersApi:
    """One method per call. Times are wall time outside and village time inside."""

    def __init__(self, village: VillageServer) -> None:
        """Answer for `village`."""
        self._village = village
        self._store = village.store
        self._clock = village.clock

    async def health(self, _request: web.Request) -> web.Response:
        """Say that the village answers and can reach its database."""
        await asyncio.to_thread(self._store.village)
        return web.json_response({"version": 1, "status": "ok"})

    async def read_invitation(self, request: web.Request) -> web.Response:
        """Tell what an invitation is to, signed, so that the resident can decide."""
        query = await _message(request, messages.InvitationQuery)
        invitation = await asyncio.to_thread(self._store.invitation, query.code)
        if invitation is None:
            raise InvitationUnknownError
        if invitation.used:
            raise InvitationUsedError
        if invitation.expires_at <= self._clock.now():
            raise InvitationExpiredError
        details = messages.InvitationDetails(
            nonce=query.nonce,
            village=await self._named_village(),
            transformer=_named(await self._transformer(invitation.transformer_id)),
            expires_at=self._clock.to_wall(invitation.expires_at),
        )
        return web.json_response(seal(details, self._village.key))

    async def join(self, request: web.Request) -> web.Response:
        """Let a home in and hand it its token."""
        asked = await _message(request, messages.JoinRequest)
        urls = [str(url) for url in asked.webhook_urls]
        new = await asyncio.to_thread(self._store.join, asked.code, asked.name, urls, self._clock.now())
        home = await self._home_of(new.token)
        membership = messages.Membership(
            nonce=asked.nonce,
            home_id=new.home_id,
            token=new.token,
            village=await self._named_village(),
            transformer=_named(await self._transformer(home.transformer_id)),
        )
        _LOGGER.info("home_joined", home_id=new.home_id)
        return web.json_response(seal(membership, self._village.key), status=HTTPStatus.CREATED)

    async def describe_home(self, request: web.Request) -> web.Response:
        """Take note of where a home is reached and which batteries it has."""
        home = await self._caller(request)
        described = await _message(request, messages.HomeDescription)
        urls = [str(url) for url in described.webhook_urls]
        batteries = [_battery(home, battery) for battery in described.batteries]
        await asyncio.to_thread(self._store.describe_home, home.id, urls, batteries)
        _LOGGER.info("home_described", home_id=home.id, batteries=len(batteries))
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def leave(self, request: web.Request) -> web.Response:
        """Erase a home and everything it reported."""
        home = await self._caller(request)
        await asyncio.to_thread(self._store.leave, home.id)
        _LOGGER.info("home_left", home_id=home.id)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def telemetry(self, request: web.Request) -> web.Response:
        """Take in a home's readings, say which were not taken and why, and how the village stands."""
        home = await self._caller(request)
        telemetry = await _message(request, messages.Telemetry)
        now = self._clock.now()
        refused = await self._take_in(home, telemetry.batteries, now)
        receipt = messages.TelemetryReceipt(
            accepted=len(telemetry.batteries) - len(refused),
            rejected=refused,
            village=village_status(
                await self._transformer(home.transformer_id),
                await asyncio.to_thread(self._store.latest_meter_reading, home.transformer_id),
                self._village.control_model(),
                self._clock,
                now,
            ),
        )
        if refused:
            reasons = sorted({reading.reason for reading in refused})
            _LOGGER.info("readings_refused", home_id=home.id, count=len(refused), reasons=reasons)
        return web.json_response(receipt.model_dump(mode="json"))

    async def meter_readings(self, request: web.Request) -> web.Response:
        """Take in the readings of a transformer's meter."""
        transformer_id = request.match_info["transformer_id"]
        meter = await asyncio.to_thread(self._store.meter_of_token, _token(request))
        if meter != transformer_id:
            raise unauthorized()
        sent = await _message(request.clone(client_max_size=METER_LIMIT), messages.MeterReadings)
        window = IntakeWindow.for_meters(self._clock, self._clock.now())
        taken = [
            MeterReading(at=self._clock.to_village(reading.at), power_w=reading.power_w)
            for reading in sent.readings
            if window.refusal(reading.at) is None
        ]
        accepted = await asyncio.to_thread(self._store.add_meter_readings, transformer_id, taken)
        if refused := len(sent.readings) - len(taken):
            _LOGGER.warning("meter_readings_refused", transformer_id=transformer_id, count=refused)
        return web.json_response({"version": 1, "accepted": accepted})

    async def _take_in(
        self, home: Home, readings: list[messages.BatteryReading], now: datetime
    ) -> list[messages.RejectedReading]:
        """Keep the readings that pass; return the others, each with its reason."""
        batteries = await asyncio.to_thread(self._store.batteries)
        known = {battery.battery_id for battery in batteries if battery.home_id == home.id}
        window = IntakeWindow.for_batteries(self._clock, now)
        refusals = [
            battery_refusal(each.battery_id, each.at, known=known, window=window) for each in readings
        ]
        passed = [each for each, refusal in zip(readings, refusals, strict=True) if refusal is None]
        taken = [self._reading(home, each) for each in passed]
        new = await asyncio.to_thread(self._store.add_battery_readings, home.id, taken)
        self._village.readings_taken(taken)
        refused = [
            (each, refusal) for each, refusal in zip(readings, refusals, strict=True) if refusal is not None
        ]
        refused += [(each, Refusal.DUPLICATE) for each, is_new in zip(passed, new, strict=True) if not is_new]
        return [
            messages.RejectedReading(battery_id=each.battery_id, at=each.at, reason=refusal.value)
            for each, refusal in refused
        ]

    def _reading(self, home: Home, reading: messages.BatteryReading) -> BatteryReading:
        return BatteryReading(
            battery_id=f"{home.id}/{reading.battery_id}",
            at=self._clock.to_village(reading.at),
            state_of_charge=reading.state_of_charge,
            power_w=reading.power_w,
            setpoint_w=reading.setpoint_w,
            mode=reading.mode,
            reason=reading.reason,
            plan_sequence=reading.plan_sequence,
        )

    async def _caller(self, request: web.Request) -> Home:
        return await self._home_of(_token(request))

    async def _home_of(self, token: str) -> Home:
        home = await asyncio.to_thread(self._store.home_of_token, token)
        if home is None:
            raise unauthorized()
        return home

    async def _named_village(self) -> messages.Named:
        village = await asyncio.to_thread(self._store.village)
        return messages.Named(id=village.id, name=village.name)

    async def _transformer(self, transformer_id: str) -> Transformer:
        transformers = await asyncio.to_thread(self._store.transformers)
        return next(each for each in transformers if each.id == transformer_id)


async def _message[M: BaseModel](request: web.Request, model: type[M]) -> M:
    """Return the request's body as a message; raises ApiError when it is none, or too long."""
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge as error:
        raise too_large(request.client_max_size) from error
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise malformed(error) from error


def _token(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.isascii():
        raise unauthorized()
    return token.strip()


def _named(transformer: Transformer) -> messages.Named:
    return messages.Named(id=transformer.id, name=transformer.name)


def _battery(home: Home, described: messages.BatteryDescription) -> HomeBattery:
    return HomeBattery(
        home_id=home.id,
        battery_id=described.battery_id,
        name=described.name,
        battery=Battery(
            id=f"{home.id}/{described.battery_id}",
            transformer_id=home.transformer_id,
            capacity_wh=described.capacity_wh,
            max_charge_w=described.max_charge_w,
            max_discharge_w=described.max_discharge_w,
            charge_efficiency=described.charge_efficiency,
            discharge_efficiency=described.discharge_efficiency,
            reserve=described.reserve,
        ),
    )
