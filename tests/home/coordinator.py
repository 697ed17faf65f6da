"""A coordinator's members' API, played over the harness's HTTP mock: signed answers, told what to say."""

import re
from http import HTTPStatus
from typing import Any

from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from tests.home.village import HOME, Village

ADDRESS = "http://village.example:8477"
TOKEN = "a-token-of-this-home"


class FakeCoordinator:
    """Answers a home's calls, and remembers them."""

    def __init__(self, village: Village, mocker: AiohttpClientMocker, address: str = ADDRESS) -> None:
        self.village = village
        self.address = address
        self.village_id, self.home_id, self.token = "village-1", HOME, TOKEN
        self.signer = village
        self.refusal: tuple[HTTPStatus, str] | None = None
        """What every call is refused with."""
        self.refusals: dict[str, tuple[HTTPStatus, str]] = {}
        """The same by path."""
        self.unreachable = False
        self.calls: list[tuple[str, str, Any]] = []
        self.load_at: str | None = None
        self.village_extra: dict[str, Any] = {}
        """What the status says of the village beyond what every village says."""
        self.transformer_extra: dict[str, Any] = {}
        """The same of the home's transformer."""
        self.home_data: dict[str, Any] = {"version": 1, "home": {"id": HOME}}
        for method, path in (
            ("post", "/api/v1/invitations/read"),
            ("post", "/api/v1/village/read"),
            ("post", "/api/v1/join"),
            ("put", "/api/v1/home"),
            ("post", "/api/v1/telemetry"),
            ("delete", "/api/v1/home"),
            ("get", "/api/v1/home/data"),
        ):
            mocker.request(method, f"{address}{path}", side_effect=self._answer)
        for path in ("/api/v1/codes/[^/]+/answer", "/api/v1/ballots/[^/]+/vote"):
            named = re.compile(re.escape(address) + path + "$")
            mocker.request("post", named, side_effect=self._answer)

    @property
    def invitation(self) -> str:
        return f"{self.address}/join#one-time-code.{self.village.public_key_text}"

    def bodies(self, method: str, path: str) -> list[Any]:
        return [body for called, where, body in self.calls if (called, where) == (method, path)]

    async def _answer(self, method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        self.calls.append((method, url.path, data))
        if self.unreachable:
            raise TimeoutError
        if refusal := self.refusal or self._refusal(url.path):
            status, error = refusal
            body = {"version": 1, "error": error, "message": "no"}
            headers = {"Retry-After": "300"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
            return AiohttpClientMockResponse(method, url, status=status, json=body, headers=headers)
        if method.lower() in {"put", "delete"} or url.path.endswith("/answer"):
            return AiohttpClientMockResponse(method, url, status=HTTPStatus.NO_CONTENT)
        return AiohttpClientMockResponse(method, url, json=self._message(url.path, data))

    def _refusal(self, path: str) -> tuple[HTTPStatus, str] | None:
        if path.endswith("/vote"):  # No village holds ballots yet.
            return HTTPStatus.NOT_FOUND, "not_offered"
        return self.refusals.get(path)

    def _message(self, path: str, data: Any) -> dict[str, Any]:
        village = {"id": self.village_id, "name": "Ansen"}
        transformer = {"id": "t1", "name": "Dorpsstraat"}
        common = {"version": 1, "village": village, "transformer": transformer}
        match path.removeprefix("/api/v1/"):
            case "village/read":
                return self.signer.seal(
                    {"version": 1, "type": "village", "nonce": data["nonce"], "village": village}
                )
            case "home/data":
                return self.home_data
            case "invitations/read":
                return self.signer.seal(
                    common
                    | {
                        "type": "invitation",
                        "nonce": data["nonce"],
                        "expires_at": "2027-01-01T00:00:00+00:00",
                    }
                )
            case "join":
                return self.signer.seal(
                    common
                    | {
                        "type": "membership",
                        "nonce": data["nonce"],
                        "home_id": self.home_id,
                        "token": self.token,
                    }
                )
            case _:
                return {
                    "version": 1,
                    "accepted": len(data["batteries"]),
                    "rejected": [],
                    "village": {
                        "at": data["sent_at"],
                        "control_model": "M4",
                        "transformer": transformer
                        | {
                            "limit_w": 250_000,
                            "load_w": 143_200.0,
                            "load_at": self.load_at or data["sent_at"],
                            "signal": "neutral",
                        }
                        | self.transformer_extra,
                    }
                    | self.village_extra,
                }
