"""One HTTP call to an operator, bounded in time and size, over TLS that is verified."""

import json
import math
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientSSLError, ClientTimeout, hdrs

from battery_commons.openadr.trouble import LineError, LineTrouble

LARGEST_ANSWER = 8 * 1024 * 1024
WITHIN = ClientTimeout(total=30, sock_connect=10)
LONGEST_RETRY_AFTER_S = 3600.0
_SHOWN_OF_PROBLEM = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: object
    """As JSON says it; None where it is empty or no JSON."""
    wait_s: float | None
    """How long it asks to be left alone."""
    size: int = 0
    """In bytes."""
    hidden: Sequence[str] = ()
    """What is not told on, also where the server repeats it."""

    def problem(self) -> str:
        """Return what the answer says is wrong (RFC 9457), to be shown and logged."""
        told = self.body if isinstance(self.body, dict) else {}
        said = next(
            (told[each] for each in ("detail", "title", "error") if isinstance(told.get(each), str)), ""
        )
        for secret in self.hidden:
            said = said.replace(secret, "***")
        return f"HTTP {self.status} {said[:_SHOWN_OF_PROBLEM]}".strip()


class Caller:
    """Calls one operator."""

    def __init__(self, session: ClientSession, certificates: str = "", hidden: Sequence[str] = ()) -> None:
        """Call over `session`.

        `certificates` are those (PEM) that alone vouch for the server, if given; what is `hidden` is told on
        by no answer.
        """
        self._session = session
        self._hidden = tuple(each for each in hidden if each)
        self.tls = ssl.create_default_context(cadata=certificates or None)

    async def call(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        message: Mapping[str, object] | None = None,
    ) -> Answer:
        """Return what the server answers, whatever its status. Raises LineError where it does not."""
        try:
            async with self._session.request(
                method,
                url,
                params=params,
                headers={hdrs.ACCEPT: "application/json", **(headers or {})},
                data=data,
                json=message,
                ssl=self.tls,
                timeout=WITHIN,
                allow_redirects=False,
            ) as response:
                body = bytearray()
                while len(body) <= LARGEST_ANSWER and (more := await response.content.read(LARGEST_ANSWER)):
                    body += more
                status, wait = response.status, response.headers.get(hdrs.RETRY_AFTER, "")
        except ClientSSLError as error:
            raise LineError(LineTrouble.CERTIFICATE, _why(error)) from error
        except (ClientError, OSError) as error:
            # Of a connection that TLS cut off, the reason stands further down.
            cause = error.__cause__ or error.__context__
            is_tls = isinstance(error, ssl.SSLError) or isinstance(cause, ssl.SSLError)
            trouble = LineTrouble.CERTIFICATE if is_tls else LineTrouble.UNREACHABLE
            raise LineError(trouble, type(error).__name__) from error
        if len(body) > LARGEST_ANSWER:
            raise LineError(LineTrouble.TOO_LARGE, f"{LARGEST_ANSWER} bytes")
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise LineError(LineTrouble.REDIRECTED, f"HTTP {status}")
        wait_s = retry_after_s(wait, datetime.now(UTC))
        return Answer(status, _parsed(body), wait_s, len(body), self._hidden)


def _why(error: ClientSSLError) -> str:
    reason = error.__cause__ or getattr(error, "certificate_error", None) or error
    return getattr(reason, "verify_message", "") or getattr(reason, "reason", "") or type(reason).__name__


def _parsed(body: bytes | bytearray) -> object:
    try:
        return json.loads(body)
    except ValueError, RecursionError:
        return None


def retry_after_s(header: str, now: datetime) -> float | None:
    """Return how many seconds a Retry-After header (RFC 9110, 10.2.3) asks for; None for none."""
    try:
        seconds = float(header)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(header).astimezone(UTC) - now).total_seconds()
        except ValueError, OverflowError:
            return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S) if math.isfinite(seconds) else None
