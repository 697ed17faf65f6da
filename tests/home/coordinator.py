"""A coordinator's members' API, played over the harness's HTTP mock: signed answers, told what to say."""

import re
from http import HTTPStatus
from typing import Any

from pytest_homeassistant_custom_component.test_util.aiohttp import (
    AiohttpClientMocker,
    AiohttpClientMockResponse,
)
from yarl import URL

from tests.home.ballot_box import BallotBox
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
        self.box: BallotBox | None = None
        """Where votes are held; None in a village that is too old for it."""
        self.own_account: dict[str, Any] | None = None
        self.statement: list[dict[str, Any]] = []
        for method, path in (
            ("post", "/api/v1/invitations/read"),
            ("post", "/api/v1/village/read"),
            ("post", "/api/v1/join"),
            ("put", "/api/v1/home"),
            ("post", "/api/v1/telemetry"),
            ("delete", "/api/v1/home"),
            ("get", "/api/v1/home/data"),
            ("get", "/api/v1/home/account"),
            ("put", "/api/v1/home/tariff"),
            ("put", "/api/v1/home/shown"),
            ("post", "/api/v1/home/page-link"),
            ("get", "/api/v1/votes"),
            ("post", "/api/v1/votes"),
        ):
            mocker.request(method, f"{address}{path}", side_effect=self._answer)
        for method, path in (
            ("post", "/api/v1/codes/[^/]+/(answer|did)"),
            ("post", "/api/v1/votes/[^/]+/(sign|ballots)"),
            ("get", "/api/v1/votes/[^/]+/ballots"),
            ("get", "/api/v1/home/statements/[^/]+/[^/]+"),
        ):
            named = re.compile(re.escape(address) + path + "$")
            mocker.request(method, named, side_effect=self._answer)

    @property
    def invitation(self) -> str:
        return f"{self.address}/join#one-time-code.{self.village.public_key_text}"

    def bodies(self, method: str, path: str) -> list[Any]:
        return [body for called, where, body in self.calls if (called, where) == (method, path)]

    async def _answer(self, method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        self.calls.append((method, url.path, data))
        if self.unreachable:
            raise TimeoutError
        box = self.box.answer(method, url.path, data) if self.box else None
        if refusal := self.refusal or self._refusal(url.path) or (box if isinstance(box, tuple) else None):
            status, error = refusal
            body = {"version": 1, "error": error, "message": "no"}
            headers = {"Retry-After": "300"} if status == HTTPStatus.TOO_MANY_REQUESTS else {}
            return AiohttpClientMockResponse(method, url, status=status, json=body, headers=headers)
        is_told = url.path.endswith(("/answer", "/did")) or (method, url.path[-8:]) == ("POST", "/ballots")
        if method.lower() in {"put", "delete"} or is_told:
            return AiohttpClientMockResponse(method, url, status=HTTPStatus.NO_CONTENT)
        if isinstance(answer := box or self._own(url.path), dict):
            return AiohttpClientMockResponse(method, url, json=answer)
        return AiohttpClientMockResponse(method, url, json=self._message(url.path, data))

    def _refusal(self, path: str) -> tuple[HTTPStatus, str] | None:
        if path in self.refusals:
            return self.refusals[path]
        is_old = "/votes" in path and self.box is None
        keeps_no_account = path.startswith(("/api/v1/home/account", "/api/v1/home/statements"))
        if is_old or (keeps_no_account and self.own_account is None):
            return HTTPStatus.NOT_FOUND, "not_found"
        return None

    def _own(self, path: str) -> dict[str, Any] | None:
        """Return what is told to this home about itself; None for other calls."""
        match path.removeprefix("/api/v1/home/").split("/"):
            case ["account"]:
                return self.own_account
            case ["page-link"]:
                return {"version": 1, "path": "/page/enter/once", "expires_at": "2026-06-21T12:10:00Z"}
            case ["statements", period, _]:
                return {"version": 1, "account": "K7Q2-M9", "period": period, "lines": self.statement}
            case ["data"]:
                return self.home_data
        return None

    def _message(self, path: str, data: Any) -> dict[str, Any]:
        village = {"id": self.village_id, "name": "Ansen"}
        transformer = {"id": "t1", "name": "Dorpsstraat"}
        common = {"version": 1, "village": village, "transformer": transformer}
        match path.removeprefix("/api/v1/"):
            case "village/read":
                return self.signer.seal(
                    {"version": 1, "type": "village", "nonce": data["nonce"], "village": village}
                )
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
