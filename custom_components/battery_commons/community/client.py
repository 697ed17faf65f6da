"""The home's calls to the coordinator: joining, describing itself, telemetry, leaving."""

import secrets
from asyncio import timeout
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    Fingerprint,
    ServerFingerprintMismatch,
    WSServerHandshakeError,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ..battery.driver import BatteryLimits
from .envelope import PROTOCOL_VERSION, RefusedError, open_envelope
from .fields import moment, part, text
from .invitation import fingerprint
from .status import VillageStatus, parse_status

TIMEOUT = ClientTimeout(total=10)
CONNECT_WITHIN_S, GOODBYE_WITHIN_S = 10.0, 2.0
HEARTBEAT_S = 20.0
"""How long a stream may be silent before the village is asked whether it is there; half of that to answer."""
LARGEST_FRAME = 1_000_000
"""In bytes; no plan is as large."""
OWN_DATA_TIMEOUT = ClientTimeout(total=120)
"""A year of a home's data takes a small coordinator a while to read."""
SHORT_WAIT_S, LONGEST_WAIT_S = 30.0, 900.0
"""Before a village that is called too often is called again: where it does not say how long, and at most."""
_SUCCESS, _CLIENT_ERROR = 2, 4
"""Kinds of HTTP statuses, by their first digit."""


class CommunityError(Exception):
    """The village could not be reached, or did not do what was asked. Its code names a translation."""

    code = "cannot_connect"
    said = ""
    """The village's own code for why, where it gave one."""


class UnauthorizedError(CommunityError):
    """The village does not know this home (any more)."""

    code = "unauthorized"


class WrongVillageError(CommunityError):
    """Somebody answers who is not the village that invited."""

    code = "wrong_village"


class InvitationUnknownError(CommunityError):
    """The village did not make this invitation."""

    code = "invitation_unknown"


class NotOfferedError(CommunityError):
    """The village does not offer this, or knows nothing of what was named."""

    code = "not_offered"


class CertificateReplacedError(CommunityError):
    """Whoever answers shows another certificate than was expected, and does not prove to be the village."""

    code = "certificate_replaced"

    def __init__(self, message: str, shown: bytes | None = None) -> None:
        """Keep the SHA-256 of the certificate that is `shown`, where that is known."""
        super().__init__(message)
        self.shown = shown


class TooManyCallsError(CommunityError):
    """The village asks to be called later."""

    code = "too_many_calls"

    def __init__(self, message: str, retry_after_s: float) -> None:
        """Keep how long to wait."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class VillageRefusesError(CommunityError):
    """The village answers, and does not take what this home says."""

    code = "village_refuses"


class InvitationUsedError(CommunityError):
    """Another home has joined with this invitation."""

    code = "invitation_used"


class InvitationExpiredError(CommunityError):
    """The invitation has run out."""

    code = "invitation_expired"


_ERRORS: dict[str, type[CommunityError]] = {
    error.code: error
    for error in (
        UnauthorizedError,
        NotOfferedError,
        InvitationUnknownError,
        InvitationUsedError,
        InvitationExpiredError,
    )
}
_ERRORS["not_found"] = NotOfferedError
"""A call that an older version does not have is one that the village does not offer."""


@dataclass(frozen=True, slots=True)
class InvitationDetails:
    """What an invitation is to."""

    village_id: str
    village_name: str
    transformer_name: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class VillageIdentity:
    """Who the village is, by its own signed word."""

    village_id: str
    village_name: str
    certificate: str | None = None
    """The fingerprint of the certificate that the coordinator itself shows, where it says that."""


@dataclass(frozen=True, slots=True)
class Membership:
    """What a home holds once it has joined."""

    home_id: str
    token: str


@dataclass(frozen=True, slots=True)
class BatteryDescription:
    """A battery as its home tells the village about it."""

    battery_id: str
    name: str
    limits: BatteryLimits
    reserve: float


@dataclass(frozen=True, slots=True)
class BatteryTelemetry:
    """What a home tells about one battery at one moment."""

    battery_id: str
    at: datetime
    state_of_charge: float
    power_w: float
    setpoint_w: float | None
    mode: str
    reason: str
    plan_sequence: int | None


@dataclass(frozen=True, slots=True)
class GridTelemetry:
    """What a home's connection carried at a moment, batteries included; positive = import."""

    at: datetime
    power_w: float


class CommunityClient:
    """Calls one village. Every method raises a CommunityError when it fails."""

    def __init__(
        self,
        session: ClientSession,
        url: str,
        key: Ed25519PublicKey,
        token: str | None = None,
        *,
        certificate: str | None = None,
    ) -> None:
        """Call the village at `url`, whose signing key is `key`; `token` once the home has joined.

        `certificate` is the fingerprint of the only certificate that is believed; without one, the
        authorities are asked that Home Assistant knows.
        """
        self._session = session
        self._url = url
        self._key = key
        self._token = token
        self._believes = believed(certificate)

    async def read_invitation(self, code: str) -> InvitationDetails:
        """Return what the invitation with `code` is to."""
        answer = await self._ask_sealed("/api/v1/invitations/read", {"code": code}, "invitation")
        with understood():
            village = part(answer, "village")
            return InvitationDetails(
                village_id=text(village, "id"),
                village_name=text(village, "name"),
                transformer_name=text(part(answer, "transformer"), "name"),
                expires_at=moment(answer, "expires_at"),
            )

    async def identify(self) -> VillageIdentity:
        """Return who answers. Raises WrongVillageError when it is not the owner of the key."""
        answer = await self._ask_sealed("/api/v1/village/read", {}, "village")
        with understood():
            village = part(answer, "village")
            certificate = None if answer.get("certificate") is None else text(answer, "certificate")
            return VillageIdentity(text(village, "id"), text(village, "name"), certificate)

    async def join(self, code: str, name: str, webhook_urls: Sequence[str]) -> Membership:
        """Accept the invitation with `code`, for a home whose resident has agreed."""
        request = {"code": code, "consent": True, "name": name, "webhook_urls": list(webhook_urls)}
        answer = await self._ask_sealed("/api/v1/join", request, "membership")
        with understood():
            return Membership(home_id=text(answer, "home_id"), token=text(answer, "token"))

    async def describe_home(
        self, webhook_urls: Sequence[str], batteries: Sequence[BatteryDescription]
    ) -> None:
        """Tell where the home is reached and which batteries it has."""
        described = [
            {
                "battery_id": battery.battery_id,
                "name": battery.name,
                "capacity_wh": battery.limits.capacity_wh,
                "max_charge_w": battery.limits.max_charge_w,
                "max_discharge_w": battery.limits.max_discharge_w,
                "reserve": battery.reserve,
            }
            for battery in batteries
        ]
        await self.call("PUT", "/api/v1/home", {"webhook_urls": list(webhook_urls), "batteries": described})

    async def send_telemetry(
        self, sent_at: datetime, readings: Sequence[BatteryTelemetry], grid: GridTelemetry | None = None
    ) -> VillageStatus:
        """Tell how the batteries stand, and return how the village stands.

        `grid` is what the house's meter says, where the resident shares that.
        """
        batteries = [
            {
                "battery_id": reading.battery_id,
                "at": reading.at.isoformat(),
                "state_of_charge": reading.state_of_charge,
                "power_w": reading.power_w,
                "setpoint_w": reading.setpoint_w,
                "mode": reading.mode,
                "reason": reading.reason,
                "plan_sequence": reading.plan_sequence,
            }
            for reading in readings
        ]
        message: dict[str, Any] = {"sent_at": sent_at.isoformat(), "batteries": batteries}
        if grid is not None:
            message["grid"] = {"at": grid.at.isoformat(), "power_w": grid.power_w}
        receipt = await self.call("POST", "/api/v1/telemetry", message)
        with understood():
            return parse_status(receipt)

    async def answer_code(self, code_id: str, *, joins: bool) -> None:
        """Say whether the home joins a code red or green. Raises NotOfferedError for one that is unknown."""
        await self.call("POST", f"/api/v1/codes/{quote(code_id, safe='')}/answer", {"joins": joins})

    async def tell_deeds(self, code_id: str, did: Sequence[str]) -> None:
        """Say what was done for a code. Raises NotOfferedError for one that is unknown or over for long."""
        await self.call("POST", f"/api/v1/codes/{quote(code_id, safe='')}/did", {"did": list(did)})

    async def show_by_name(self, *, shown: bool) -> None:
        """Say whether the village's page and yearly report may name this home."""
        await self.call("PUT", "/api/v1/home/shown", {"shown": shown})

    async def read_own_data(self) -> dict[str, Any]:
        """Return everything that the village keeps about this home."""
        return await self.call("GET", "/api/v1/home/data", None, OWN_DATA_TIMEOUT)

    @asynccontextmanager
    async def stream(self) -> AsyncIterator[ClientWebSocketResponse]:
        """Open the stream down which plans come, and close it in the end.

        A village that does not answer pings is taken for gone. Raises CommunityError where it does not open
        or breaks off.
        """
        try:
            async with timeout(CONNECT_WITHIN_S):
                socket = await self._session.ws_connect(
                    f"{self._url}/api/v1/stream",
                    headers={"Authorization": f"Bearer {self._token}"},
                    heartbeat=HEARTBEAT_S,
                    timeout=ClientWSTimeout(ws_close=GOODBYE_WITHIN_S),
                    max_msg_size=LARGEST_FRAME,
                    ssl=self._believes,
                )
            try:
                yield socket
            finally:
                await socket.close()
        except WSServerHandshakeError as error:
            raise CommunityError(f"the village opens no stream: HTTP status {error.status}") from error
        except (ClientError, ConnectionError, TimeoutError) as error:
            raise CommunityError(f"no stream: {type(error).__name__}") from error

    async def leave(self) -> None:
        """Leave the village, which then erases the home's data."""
        await self.call("DELETE", "/api/v1/home", None)

    async def _ask_sealed(self, path: str, request: Mapping[str, Any], kind: str) -> dict[str, Any]:
        """Return an answer that only the village that holds the key can have given to this very question."""
        nonce = secrets.token_urlsafe(24)
        envelope = await self.call("POST", path, {**request, "nonce": nonce})
        try:
            answer = open_envelope(envelope, self._key).payload
        except RefusedError as error:
            raise WrongVillageError("the answer is not signed with the invitation's key") from error
        if answer.get("nonce") != nonce or answer.get("type") != kind:
            raise WrongVillageError("the answer is to another question")
        return answer

    async def call(
        self,
        method: str,
        path: str,
        message: Mapping[str, Any] | None = None,
        within: ClientTimeout = TIMEOUT,
        *,
        says_who: bool = True,
    ) -> dict[str, Any]:
        """Call the coordinator and return what it says; an empty answer is an empty message.

        With `says_who` false the home's token stays at home. Raises CommunityError.
        """
        headers = {"Authorization": f"Bearer {self._token}"} if self._token and says_who else {}
        body = None if message is None else {"version": PROTOCOL_VERSION, **message}
        try:
            async with self._session.request(
                method,
                f"{self._url}{path}",
                json=body,
                headers=headers,
                timeout=within,
                allow_redirects=False,
                ssl=self._believes,
            ) as response:
                if response.status == HTTPStatus.NO_CONTENT:
                    return {}
                if response.status == HTTPStatus.TOO_MANY_REQUESTS:
                    wait_s = _retry_after_s(response.headers)
                    raise TooManyCallsError(f"called too often, again in {wait_s:g} s", wait_s)
                answer = await response.json(content_type=None)
        except ServerFingerprintMismatch as error:
            raise CertificateReplacedError("another certificate than the home knows", error.got) from error
        except ClientConnectorCertificateError as error:
            raise CertificateReplacedError("a certificate that no authority vouches for") from error
        except (ClientError, TimeoutError, ValueError) as error:
            raise CommunityError(f"no answer from the village: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise CommunityError("the village answered with something else than a message")
        kind = response.status // 100  # Proxies have statuses that no standard knows.
        if kind == _SUCCESS:
            return answer
        otherwise = VillageRefusesError if kind == _CLIENT_ERROR else CommunityError
        said = str(answer.get("error"))
        refusal = _ERRORS.get(said, otherwise)(str(answer.get("message", response.status)))
        refusal.said = said
        raise refusal


def believed(certificate: str | None) -> Fingerprint | bool:
    """Return whom to believe about who answers, as `aiohttp` asks for it; see CommunityClient."""
    return True if certificate is None else Fingerprint(fingerprint(certificate))


def _retry_after_s(headers: Mapping[str, str]) -> float:
    """Return how long to wait: what is asked for, within reason."""
    text = headers.get("Retry-After", "")
    return min(float(text), LONGEST_WAIT_S) if text.isdecimal() and int(text) else SHORT_WAIT_S


@contextmanager
def understood() -> Iterator[None]:
    """Take an answer that is not what it should be for a village that did not do what was asked."""
    try:
        yield
    except ValueError as error:
        raise CommunityError(str(error)) from error
