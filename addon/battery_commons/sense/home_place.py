"""Where the Home Assistant is that this village is an app of: its REST API tells (`GET /api/config`)."""

import json

from aiohttp import ClientError, ClientSession, ClientTimeout

from battery_commons.domain.settings import Place
from battery_commons.sense.meters.home_assistant import HomeAssistantAccess

_WITHIN = ClientTimeout(total=10)
_MOST_BYTES = 1 << 20
DECIMALS = 1
"""A tenth of a degree is about ten kilometres: enough for the weather, and nobody's address."""


async def home_place(access: HomeAssistantAccess) -> Place | None:
    """Return its place to a tenth of a degree; None where it does not answer with one."""
    headers = {"Authorization": f"Bearer {access.token}"}
    try:
        # A redirect would carry the token on.
        async with (
            ClientSession(timeout=_WITHIN) as session,
            session.get(f"{access.url}/config", headers=headers, allow_redirects=False) as response,
        ):
            config = json.loads(await response.content.readexactly(_length(response.content_length)))
        return Place(*(round(float(config[name]), DECIMALS) for name in ("latitude", "longitude")))
    except ClientError, TimeoutError, EOFError, ValueError, TypeError, KeyError, RecursionError:
        return None


def _length(announced: int | None) -> int:
    """Return how much there is to read. Raises ValueError where it is not said, or too much."""
    if announced is None or announced > _MOST_BYTES:
        raise ValueError("no configuration is like that")
    return announced
