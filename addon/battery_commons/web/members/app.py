"""The members' API: what homes and meters may call. docs/protocol.md describes it."""

import asyncio
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from http import HTTPStatus

import structlog
from aiohttp import web

from battery_commons.account.keeping.leaving import leave
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.sense.meters.intake import take_in
from battery_commons.sense.telemetry import IntakeWindow, Refusal, battery_refusal
from battery_commons.store import (
    InvitationExpiredError,
    InvitationUnknownError,
    InvitationUsedError,
    StoreError,
)
from battery_commons.store.group_commit import GroupCommit
from battery_commons.store.records import Home, HomeBattery
from battery_commons.web.door import Door
from battery_commons.web.members import calls
from battery_commons.web.members.account import AccountCalls
from battery_commons.web.members.admission import Admission
from battery_commons.web.members.body import message
from battery_commons.web.members.community import CommunityCalls
from battery_commons.web.members.errors import (
    ApiError,
    errors_as_json,
    unauthorized,
)
from battery_commons.web.members.gathered import Gathered
from battery_commons.web.members.openapi import openapi_document
from battery_commons.web.members.own_data import everything, one_day
from battery_commons.web.members.page.pages import MemberPages
from battery_commons.web.members.status import Standing
from battery_commons.web.members.stream import hold_stream
from battery_commons.web.members.votes import VoteCalls
from battery_commons.web.server import VillageServer
from battery_commons.wire import messages
from battery_commons.wire.envelope import seal

PIECE_WITHIN_S = 30.0
"""For a caller to take in a piece of an answer that is sent while it is read."""

_LOGGER = structlog.get_logger(__name__)


def members_app(
    village: VillageServer, admission: Admission | None = None, standing: Standing | None = None
) -> web.Application:
    """Return the members' API of `village`, for the listener that homes can reach.

    `admission` decides who may call how often; by default every address may by itself. `standing` says how
    the village stands.
    """
    api = MembersApi(village, standing or Standing(village))
    admission = admission or Admission(Door())
    middlewares = [errors_as_json, admission.middleware()]
    app = web.Application(middlewares=middlewares)
    served: dict[calls.Call, calls.Answering] = {
        calls.HEALTH: api.health,
        calls.READ_INVITATION: api.read_invitation,
        calls.READ_VILLAGE: api.read_village,
        calls.JOIN: api.join,
        calls.DESCRIBE_HOME: api.describe_home,
        calls.LEAVE: api.leave,
        calls.OWN_DATA: api.own_data,
        calls.TELEMETRY: api.telemetry,
        calls.STREAM: api.stream,
        calls.ANSWER_CODE: api.answer_code,
        calls.SAY_DEEDS: api.say_deeds,
        **VoteCalls(village, api.caller).served(),
        **AccountCalls(village, api.caller).served(),
        **CommunityCalls(village, api.caller).served(),
        calls.PAGE_LINK: api.page_link,
        calls.METER: api.meter_readings,
        calls.OPENAPI: api.openapi,
    }
    api.document = openapi_document(served)
    app.add_routes([call.route(answering) for call, answering in served.items()])
    app.add_routes(api.pages.routes())
    app.on_shutdown.append(api.close_streams)
    return app


class MembersApi:
    """One method per call. Times are wall time outside and village time inside."""

    def __init__(self, village: VillageServer, standing: Standing) -> None:
        """Answer for `village`, and tell homes how it stands."""
        self._village = village
        self._store = village.store
        self._clock = village.clock
        self._standing = standing
        self._homes = Gathered(village.store.homes_of_tokens)
        self._intake = GroupCommit(village.store)
        self.pages = MemberPages(village)
        self.document: Mapping[str, object] = {}
        """Describes all calls."""

    async def health(self, _request: web.Request) -> web.Response:
        """Say that the village answers and can reach its database."""
        await asyncio.to_thread(self._store.village)
        return web.json_response(messages.Health().model_dump(mode="json"))

    async def openapi(self, _request: web.Request) -> web.Response:
        """Describe the calls, for whoever writes a program that makes them (OpenAPI 3.1)."""
        return web.json_response(self.document)

    async def read_invitation(self, request: web.Request) -> web.Response:
        """Tell what an invitation is to, signed, so that the resident can decide."""
        query = await message(request, calls.READ_INVITATION)
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

    async def read_village(self, request: web.Request) -> web.Response:
        """Tell who answers here, signed, so that a home can follow its village to another address."""
        query = await message(request, calls.READ_VILLAGE)
        tls = self._village.tls
        identity = messages.VillageIdentity(
            nonce=query.nonce,
            village=await self._named_village(),
            certificate=tls.fingerprint if tls else None,
        )
        return web.json_response(seal(identity, self._village.key))

    async def join(self, request: web.Request) -> web.Response:
        """Let a home in and hand it its token."""
        asked = await message(request, calls.JOIN)
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
        home = await self.caller(request)
        described = await message(request, calls.DESCRIBE_HOME)
        urls = [str(url) for url in described.webhook_urls]
        batteries = [_battery(home, battery) for battery in described.batteries]
        await asyncio.to_thread(self._store.describe_home, home.id, urls, batteries)
        self._village.links.record(home.id).described(urls)
        _LOGGER.info("home_described", home_id=home.id, batteries=len(batteries))
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def leave(self, request: web.Request) -> web.Response:
        """Erase a home and everything it reported."""
        home = await self.caller(request)
        await asyncio.to_thread(leave, self._store, home.id, self._clock.now())
        self._village.attendance.left(home.id)
        self._village.links.remove_home(home.id)
        _LOGGER.info("home_left", home_id=home.id)
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def own_data(self, request: web.Request) -> web.StreamResponse:
        """Return everything that is kept of a home, or the whole of one day of it, piece by piece."""
        home = await self.caller(request)
        if (day := request.query.get("day")) is None:
            pieces = everything(self._store, self._clock, home, self._clock.now())
        else:
            pieces = one_day(self._store, self._clock, home, *_day(day))
        _LOGGER.info("own_data_read", home_id=home.id)
        return await _in_pieces(request, pieces)

    async def telemetry(self, request: web.Request) -> web.Response:
        """Take in a home's readings, say which were not taken and why, and how the village stands."""
        home = await self.caller(request)
        telemetry = await message(request, calls.TELEMETRY)
        now = self._clock.now()
        self._village.clocks.heard(home.id, telemetry.sent_at - self._clock.to_wall(now))
        taken, refused = await self._intake.write(partial(self._take_in, home, telemetry, now))
        if home.suspended_at is None:
            self._village.readings_taken(taken)
        receipt = messages.TelemetryReceipt(
            accepted=len(telemetry.batteries) - len(refused),
            rejected=refused,
            village=await self._standing.for_home(home, now),
        )
        self._village.readings["accepted"] += receipt.accepted
        self._village.readings.update(reading.reason for reading in refused)
        if refused:
            reasons = sorted({reading.reason for reading in refused})
            _LOGGER.info("readings_refused", home_id=home.id, count=len(refused), reasons=reasons)
        return web.json_response(receipt.model_dump(mode="json"))

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        """Hold a home's stream open, down which its plans go where its webhook cannot be reached."""
        home = await self.caller(request)
        return await hold_stream(self._village, self._homes, home, _token(request), request)

    async def close_streams(self, _app: web.Application) -> None:
        """Say goodbye to homes that hold a stream open: they would keep the listener from closing."""
        self._village.links.close()

    async def answer_code(self, request: web.Request) -> web.Response:
        """Take note of whether a home joins a code red or green."""
        home = await self.caller(request)
        answer = await message(request, calls.ANSWER_CODE)
        code_id = request.match_info["code_id"]
        await asyncio.to_thread(
            self._store.answer_code, code_id, home.id, self._clock.now(), joins=answer.joins
        )
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def say_deeds(self, request: web.Request) -> web.Response:
        """Take note of what a home did in a code red or green."""
        home = await self.caller(request)
        said = await message(request, calls.SAY_DEEDS)
        code_id = request.match_info["code_id"]
        await asyncio.to_thread(self._store.say_deeds, code_id, home.id, said.did, self._clock.now())
        return web.Response(status=HTTPStatus.NO_CONTENT)

    async def page_link(self, request: web.Request) -> web.Response:
        """Return a way to the home's own page, which opens once in any browser."""
        home = await self.caller(request)
        link = self.pages.link(home)
        return web.json_response(link.model_dump(mode="json"), status=HTTPStatus.CREATED)

    async def meter_readings(self, request: web.Request) -> web.Response:
        """Take in the readings of a transformer's meter."""
        transformer_id = request.match_info["transformer_id"]
        meter = await asyncio.to_thread(self._store.meter_of_token, _token(request))
        if meter != transformer_id:
            raise unauthorized()
        sent = await message(request, calls.METER)
        if meter != FEEDER_ID and any(abs(each.power_w) > messages.MAX_POWER_W for each in sent.readings):
            raise ApiError(HTTPStatus.BAD_REQUEST, "malformed", "readings: power_w is in W, 1 MW at most")
        readings = [MeterReading(at=reading.at, power_w=reading.power_w) for reading in sent.readings]
        taken = await asyncio.to_thread(take_in, self._store, self._clock, transformer_id, readings)
        if taken.refused:
            _LOGGER.warning("meter_readings_refused", transformer_id=transformer_id, count=taken.refused)
        return web.json_response(messages.MeterReceipt(accepted=taken.new).model_dump(mode="json"))

    def _take_in(
        self, home: Home, telemetry: messages.Telemetry, now: datetime
    ) -> tuple[list[BatteryReading], list[messages.RejectedReading]]:
        """Keep the readings that pass, and return them; and the others, each with its reason.

        Raises NotFoundError when the home has left, and StoreError.
        """
        readings = telemetry.batteries
        known = self._store.batteries_of(home.id)
        window = IntakeWindow.for_batteries(self._clock, now)
        refusals = [
            battery_refusal(each.battery_id, each.at, known=known, window=window) for each in readings
        ]
        passed = [each for each, refusal in zip(readings, refusals, strict=True) if refusal is None]
        taken = [self._reading(home, each) for each in passed]
        new = self._store.add_battery_readings(home.id, taken)
        if telemetry.grid is not None:
            self._take_in_grid(home, telemetry.grid, now)
        refused = [
            (each, refusal) for each, refusal in zip(readings, refusals, strict=True) if refusal is not None
        ]
        refused += [(each, Refusal.DUPLICATE) for each, is_new in zip(passed, new, strict=True) if not is_new]
        return taken, [
            messages.RejectedReading(battery_id=each.battery_id, at=each.at, reason=refusal.value)
            for each, refusal in refused
        ]

    def _take_in_grid(self, home: Home, reading: messages.GridReading, now: datetime) -> None:
        """Keep what a home's connection carried. One that comes too late to count is dropped."""
        if IntakeWindow.for_batteries(self._clock, now).refusal(reading.at) is None:
            taken = MeterReading(at=self._clock.to_village(reading.at), power_w=reading.power_w)
            self._store.add_house_readings(home.id, [taken])

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

    async def caller(self, request: web.Request) -> Home:
        """Return which home calls, by its token. Raises ApiError for a token that is nobody's."""
        home = await self._home_of(_token(request))
        self._village.attendance.heard(home.id)
        return home

    async def _home_of(self, token: str) -> Home:
        home = await self._homes.ask(token)
        if home is None:
            raise unauthorized()
        return home

    async def _named_village(self) -> messages.Named:
        village = await asyncio.to_thread(self._store.village)
        return messages.Named(id=village.id, name=village.name)

    async def _transformer(self, transformer_id: str) -> Transformer:
        return await asyncio.to_thread(self._store.transformer, transformer_id)


async def _in_pieces(request: web.Request, pieces: Iterator[bytes]) -> web.StreamResponse:
    """Send JSON as it comes, each piece made off the event loop."""
    # Until the first piece is there, an error is still answered as one.
    piece = await asyncio.to_thread(next, pieces, None)
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    try:
        while piece is not None:
            async with asyncio.timeout(PIECE_WITHIN_S):
                await response.write(piece)
            piece = await asyncio.to_thread(next, pieces, None)
    except ConnectionResetError:
        pass  # The home hung up.
    except TimeoutError:
        _abort(request)
    except StoreError as error:
        _LOGGER.error("store_unusable", problem=str(error))  # noqa: TRY400 - the message is made to be read
        _abort(request)
    return response


def _abort(request: web.Request) -> None:
    """Break a connection off: what was sent must not pass for the whole."""
    if request.transport is not None:
        request.transport.abort()


def _day(text: str) -> tuple[datetime, datetime]:
    """Return when a day (UTC) of the village's time starts and ends. Raises ApiError."""
    try:
        start = datetime.combine(date.fromisoformat(text), time(), UTC)
        return start, start + timedelta(days=1)
    except (ValueError, OverflowError) as error:
        raise ApiError(HTTPStatus.BAD_REQUEST, "malformed", "day: give a date, as 2026-11-25") from error


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
