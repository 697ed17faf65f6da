"""Reads a sensor of a Home Assistant over its REST API (developers.home-assistant.io/docs/api/rest)."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout

from battery_commons.domain.meter_source import HomeAssistantSource, PowerUnit
from battery_commons.domain.reading import MeterReading
from battery_commons.sense.meters.power import LONGEST_MESSAGE, number, power_w
from battery_commons.sense.meters.trouble import MeterSourceError, Trouble

OLD_AFTER = timedelta(minutes=5)
"""A sensor that has reported nothing for this long has lost its meter, whatever it still shows."""
_WITHIN = ClientTimeout(total=10)
_NOT_KNOWN = {"unavailable", "unknown", "none", ""}


@dataclass(frozen=True, slots=True)
class HomeAssistantAccess:
    """Where the API of the Home Assistant is that this village is an app of, and the token for it."""

    url: str
    token: str = field(repr=False)


async def read_home_assistant(
    source: HomeAssistantSource,
    own: HomeAssistantAccess | None,
    now: Callable[[], datetime],
    every_s: float,
) -> AsyncGenerator[MeterReading]:
    """Look at a sensor every `every_s` seconds, and hand out what it newly reported, with the time of that.

    Args:
        source: The sensor, and where its Home Assistant is.
        own: Of the Home Assistant that this village is an app of, if it is of one.
        now: The wall's time.
        every_s: How often to look.

    Raises:
        MeterSourceError: Home Assistant does not answer, or the sensor does not know a power.
    """
    access = HomeAssistantAccess(f"{source.url.rstrip('/')}/api", source.secret) if source.url else own
    if access is None:
        raise MeterSourceError(Trouble.UNREACHABLE)
    last: datetime | None = None
    async with ClientSession(timeout=_WITHIN) as session:
        while True:
            reading = state_as_reading(await _state(session, access, source.entity_id), source, now())
            if last is None or reading.at > last:
                last = reading.at
                yield reading
            await asyncio.sleep(every_s)


def state_as_reading(state: Mapping[str, object], source: HomeAssistantSource, now: datetime) -> MeterReading:
    """Return what a state of Home Assistant says of the power. Raises MeterSourceError where it is none."""
    value, attributes = state.get("state"), state.get("attributes")
    if not isinstance(value, str) or value.strip().lower() in _NOT_KNOWN:
        raise MeterSourceError(Trouble.UNAVAILABLE, str(value))
    unit = attributes.get("unit_of_measurement") if isinstance(attributes, dict) else None
    if unit not in set(PowerUnit):
        raise MeterSourceError(Trouble.WRONG_UNIT, str(unit))
    # `last_reported` moves whenever the sensor is written, `last_updated` only when that changed something.
    at = _moment(state.get("last_reported", state.get("last_updated")))
    if now - at > OLD_AFTER:
        raise MeterSourceError(Trouble.OLD, at.isoformat(timespec="seconds"))
    return MeterReading(at, power_w(number(value), PowerUnit(unit).watts, is_reversed=source.is_reversed))


def _moment(text: object) -> datetime:
    try:
        at = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise MeterSourceError(Trouble.OLD) from error
    if at.tzinfo is None:
        raise MeterSourceError(Trouble.OLD)
    return at


async def _state(session: ClientSession, access: HomeAssistantAccess, entity_id: str) -> dict[str, object]:
    headers = {"Authorization": f"Bearer {access.token}"}
    try:
        # A redirect would carry the token on.
        async with session.get(
            f"{access.url}/states/{entity_id}", headers=headers, allow_redirects=False
        ) as response:
            _check(response.status)
            body = await response.content.read(LONGEST_MESSAGE)
            while len(body) < LONGEST_MESSAGE and (more := await response.content.read(LONGEST_MESSAGE)):
                body += more
        state = json.loads(body)
    except (ClientError, TimeoutError) as error:
        raise MeterSourceError(Trouble.UNREACHABLE) from error
    except (ValueError, RecursionError) as error:
        raise MeterSourceError(Trouble.NO_NUMBER, "JSON") from error
    if not isinstance(state, dict):
        raise MeterSourceError(Trouble.NO_NUMBER, "JSON")
    return state


def _check(status: int) -> None:
    match status:
        case HTTPStatus.OK:
            return
        case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
            raise MeterSourceError(Trouble.REFUSED, f"HTTP {status}")
        case HTTPStatus.NOT_FOUND:
            raise MeterSourceError(Trouble.NOT_THERE, f"HTTP {status}")
        case _:
            raise MeterSourceError(Trouble.UNREACHABLE, f"HTTP {status}")
