"""The village's line to a grid operator: where it is, what opens it, and what has come over it."""

import ipaddress
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from battery_commons.domain.meter_source import Secret


def is_safe_address(url: str) -> bool:
    """Return whether secrets may be sent there: over TLS, or to this very machine."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
        host.encode("idna")
    except ValueError:
        return False
    if not host or port == 0 or parts.username is not None or parts.password is not None:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def may_follow(url: str, from_url: str) -> bool:
    """Return whether secrets may be sent on from a server that names this address.

    One elsewhere names none on this very machine without TLS: what listens here is not its own.
    """
    is_local = urlsplit(from_url).scheme == "http"
    return is_safe_address(url) and (is_local or urlsplit(url).scheme == "https")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _safe(url: str) -> str:
    """Return an address without its last slash. Raises ValueError where secrets may not be sent there."""
    if url and (not is_safe_address(url) or "?" in url or "#" in url):
        raise ValueError("it has to be https://, a name and perhaps a port and path")
    return url.rstrip("/")


def _certificates(text: str) -> str:
    """Return certificates in PEM. Raises ValueError where there are none."""
    if text:
        try:
            ssl.create_default_context(cadata=text.encode("ascii").decode())
        except (ssl.SSLError, ValueError) as error:
            raise ValueError("there is no certificate in it") from error
    return text


type OperatorUrl = Annotated[str, StringConstraints(max_length=500), AfterValidator(_safe)]
type Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]


@dataclass(frozen=True, slots=True)
class OperatorLine:
    """A grid operator's OpenADR server (VTN), and as whom the village calls there."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f]+$")]
    """What the village calls the operator."""
    url: Annotated[OperatorUrl, StringConstraints(min_length=1)]
    """Of the VTN; http only on this machine."""
    client_id: Name
    ven_name: Name
    """As whom the village is known there."""
    secret: Secret = field(repr=False)
    """The client's; never shown again."""
    token_url: OperatorUrl = ""
    """Where tokens are had; empty for where the VTN says."""
    callback_url: OperatorUrl = ""
    """The members' address as the VTN reaches it; empty where it cannot: then no webhook is asked for."""
    programs: Annotated[tuple[Name, ...], Field(max_length=50)] = ()
    """By name, those that the village takes part in; empty for all that it is shown."""
    certificates: Annotated[str, StringConstraints(max_length=20_000), AfterValidator(_certificates)] = ""
    """In PEM, of whom vouches for the VTN; empty for those that this machine trusts."""


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A line as it is kept."""

    id: str
    line: OperatorLine
    webhook_key: str = field(repr=False)
    """Part of the address at which this operator calls; nobody can guess it."""
    webhook_token: str = field(repr=False)
    """What the operator shows when it calls there."""
    ven_id: str | None = None
    """As the VTN gave it."""
    heard_at: datetime | None = None
    """When all of the operator's events were last seen, in village time."""
    resource_names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """By part of the village, the names that the operator gave it, as last listed."""


class Reception(StrEnum):
    """By which way an operator's events come."""

    MQTT = "mqtt"
    WEBHOOK = "webhook"
    POLLING = "polling"


@dataclass(frozen=True, slots=True)
class OperatorEvent:
    """One version of an operator's event."""

    line_id: str
    event_id: str
    """As the operator gave it."""
    program_id: str
    modified: datetime | None
    """By the operator's clock; None where it said nothing that can be read."""
    received_at: datetime
    """In village time."""
    raw: str
    """As JSON, as it came: names in camelCase, and without nulls."""
    refusal: str | None = None
    """Why it is not obeyed; None where it is."""
    withdrawn_at: datetime | None = None
    """In village time; None while the operator holds to it."""
