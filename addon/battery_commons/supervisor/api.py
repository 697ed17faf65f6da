"""The Supervisor of Home Assistant, as far as any app may ask it.

What is used here needs no `hassio_api` and no role (developers.home-assistant.io/docs/apps/communication).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPMethod
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout

_TIMEOUT = ClientTimeout(total=10)


class SupervisorError(Exception):
    """The Supervisor did not answer, or refused."""


@dataclass(frozen=True, slots=True)
class SupervisorAccess:
    """Where the Supervisor is, and the token that it gave this app."""

    token: str = field(repr=False)
    url: str = "http://supervisor"


class Supervisor:
    """Asks the Supervisor."""

    def __init__(self, session: ClientSession, access: SupervisorAccess) -> None:
        """Ask by `session`, as the app that `access` was given to."""
        self._session = session
        self._access = access

    async def hostname(self) -> str:
        """Return the name under which Home Assistant reaches this app. Raises SupervisorError."""
        hostname = (await self._ask(HTTPMethod.GET, "/addons/self/info")).get("hostname")
        if not isinstance(hostname, str) or not hostname:
            raise SupervisorError("the Supervisor does not say what this app's host is called")
        return hostname

    async def discover(self, service: str, config: Mapping[str, Any]) -> None:
        """Tell Home Assistant of a service that this app offers. Raises SupervisorError.

        The Supervisor keeps one message of a service, for as long as the app is installed: the same again
        changes nothing, another takes its place.
        """
        await self._ask(HTTPMethod.POST, "/discovery", {"service": service, "config": config})

    async def _ask(self, method: HTTPMethod, path: str, body: object = None) -> Mapping[str, Any]:
        headers = {"Authorization": f"Bearer {self._access.token}"}
        try:
            async with self._session.request(
                method, self._access.url + path, json=body, headers=headers, timeout=_TIMEOUT
            ) as response:
                answer = await response.json(content_type=None)
        except (ClientError, TimeoutError, ValueError) as error:
            raise SupervisorError(f"{method} {path}: {type(error).__name__}") from error
        if not isinstance(answer, dict) or answer.get("result") != "ok":
            said = answer.get("message") if isinstance(answer, dict) else None
            raise SupervisorError(f"{method} {path}: {said or 'no answer that can be read'}")
        data = answer.get("data")
        return data if isinstance(data, dict) else {}
