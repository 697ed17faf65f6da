"""The door through which the village sends plans: one webhook, which opens nothing else of the home."""

from aiohttp.hdrs import METH_POST
from aiohttp.web import Request, Response, json_response
from homeassistant.components import webhook
from homeassistant.const import CONF_WEBHOOK_ID
from homeassistant.core import HomeAssistant
from homeassistant.helpers.network import NoURLAvailableError

from .community.envelope import Refusal, RefusedError
from .community.stream import Way
from .const import DOMAIN
from .home import BatteryCommonsConfigEntry
from .intake import async_refuse, async_take_in

MAX_BODY_BYTES = 1_000_000


def webhook_urls(hass: HomeAssistant, webhook_id: str) -> list[str]:
    """Return where the village can try to reach this home: from outside first, where it can be.

    A local address means another machine to a coordinator on another network.
    """
    urls: list[str] = []
    for external in (True, False):
        try:
            url = webhook.async_generate_url(
                hass, webhook_id, allow_internal=not external, allow_external=external, allow_ip=True
            )
        except NoURLAvailableError:
            continue
        if url not in urls:
            urls.append(url)
    return urls


def async_register_webhook(hass: HomeAssistant, entry: BatteryCommonsConfigEntry) -> None:
    """Open the door while the entry is loaded."""

    async def async_handle(_hass: HomeAssistant, _webhook_id: str, request: Request) -> Response:
        """Take in a plan, and say inside the answer whether it counts."""
        try:
            body = await _body(request)
        except RefusedError as error:
            return json_response(async_refuse(entry, error))
        return json_response(await async_take_in(entry, body, Way.WEBHOOK))

    webhook.async_register(
        hass,
        DOMAIN,
        entry.title,
        entry.data[CONF_WEBHOOK_ID],
        async_handle,
        local_only=False,
        allowed_methods=[METH_POST],
    )
    entry.async_on_unload(lambda: webhook.async_unregister(hass, entry.data[CONF_WEBHOOK_ID]))


async def _body(request: Request) -> bytes:
    """Return what was posted. Raises RefusedError for what is too large."""
    body, content = b"", request.content
    # A read returns what has arrived so far; only an empty one is the end.
    while part := await content.read(MAX_BODY_BYTES):
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise RefusedError(Refusal.MALFORMED)
    return body
