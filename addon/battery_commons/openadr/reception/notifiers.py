"""Where an operator's VTN tells of its events besides webhooks (OpenADR 3.1, notifiers)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from battery_commons.domain.operator_line import OperatorLine, may_follow
from battery_commons.openadr.trouble import LineError, LineTrouble
from battery_commons.openadr.vtn_client import VtnClient, segment

_PORT, _TLS_PORT = 1883, 8883


@dataclass(frozen=True, slots=True)
class Broker:
    """Where a VTN's events are told."""

    host: str
    port: int
    tls: bool
    user: str | None
    """Shown with the VTN's token as password; None where anybody is let in."""
    topics: Sequence[str]


async def offered(
    client: VtnClient, line: OperatorLine, ven_id: str | None, programs: Sequence[str]
) -> Broker | None:
    """Return the broker that the VTN offers; None for none that the village can use. Raises LineError."""
    try:
        notifiers = await client.get("notifiers")
    except LineError as error:
        if error.trouble in (LineTrouble.NOT_THERE, LineTrouble.FORBIDDEN, LineTrouble.REFUSED):
            return None  # It has none, as before 3.1.
        raise
    binding = notifiers.get("MQTT") if isinstance(notifiers, dict) else None
    if not isinstance(binding, dict):
        return None
    place = next((found for uri in _list(binding.get("URIS")) if (found := _place(uri, line.url))), None)
    authentication = binding.get("authentication")
    said = authentication if isinstance(authentication, dict) else {}
    user: str | None = None
    match said.get("method", "ANONYMOUS"):
        case "ANONYMOUS":
            pass
        case "OAUTH2_BEARER_TOKEN":
            user = str(said.get("username", "")).replace("{clientID}", line.client_id)
        case _:
            return None
    if place is None:
        return None
    paths = [f"programs/{segment(each)}/events" for each in programs] if line.programs else ["events"]
    if ven_id is not None:
        paths.append(f"vens/{segment(ven_id)}/events")
    topics: list[str] = []
    for path in paths:
        topics += await _topics(client, f"notifiers/mqtt/topics/{path}")
    return Broker(*place, user, sorted(set(topics))) if topics else None


async def _topics(client: VtnClient, path: str) -> list[str]:
    try:
        said = await client.get(path)
    except LineError as error:
        if error.trouble in (LineTrouble.NOT_THERE, LineTrouble.FORBIDDEN, LineTrouble.REFUSED):
            return []
        raise
    topics = said.get("topics") if isinstance(said, dict) else None
    named: Mapping[str, object] = topics if isinstance(topics, dict) else {}
    wanted = ["ALL"] if named.get("ALL") else ["CREATE", "UPDATE", "DELETE"]
    return [topic for each in wanted if isinstance(topic := named.get(each), str) and topic]


def _place(uri: object, from_url: str) -> tuple[str, int, bool] | None:
    """Return host, port and whether over TLS; None for what is no such address, or is open to all between."""
    try:
        parts = urlsplit(str(uri))
        tls = parts.scheme in ("mqtts", "ssl", "tls")
        port = parts.port or (_TLS_PORT if tls else _PORT)
    except ValueError:
        return None
    host = parts.hostname or ""
    if not (tls or parts.scheme in ("mqtt", "tcp")) or not host:
        return None
    shown = f"[{host}]" if ":" in host else host
    as_http = f"{'https' if tls else 'http'}://{shown}"
    return (host, port, tls) if may_follow(as_http, from_url) else None


def _list(said: object) -> list[object]:
    return said if isinstance(said, list) else []
