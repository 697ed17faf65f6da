"""A coordinator's members' API, played over the harness's HTTP mock: signed answers, told what to say."""

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

    def __init__(self, village: Village, mocker: AiohttpClientMocker) -> None:
        self.village = village
        self.signer = village
        self.refusal: tuple[HTTPStatus, str] | None = None
        self.unreachable = False
        self.calls: list[tuple[str, str, Any]] = []
        self.load_at: str | None = None
        for method, path in (
            ("post", "/api/v1/invitations/read"),
            ("post", "/api/v1/join"),
            ("put", "/api/v1/home"),
            ("post", "/api/v1/telemetry"),
            ("delete", "/api/v1/home"),
        ):
            mocker.request(method, f"{ADDRESS}{path}", side_effect=self._answer)

    @property
    def invitation(self) -> str:
        return f"{ADDRESS}/join#one-time-code.{self.village.public_key_text}"

    def bodies(self, method: str, path: str) -> list[Any]:
        return [body for called, where, body in self.calls if (called, where) == (method, path)]

    async def _answer(self, method: str, url: URL, data: Any) -> AiohttpClientMockResponse:
        self.calls.append((method, url.path, data))
        if self.unreachable:
            raise TimeoutError
        if self.refusal is not None:
            status, error = self.refusal
            body = {"version": 1, "error": error, "message": "no"}
            return AiohttpClientMockResponse(method, url, status=status, json=body)
        if method.lower() in {"put", "delete"}:
            return AiohttpClientMockResponse(method, url, status=HTTPStatus.NO_CONTENT)
        return AiohttpClientMockResponse(method, url, json=self._message(url.path, data))

    def _message(self, path: str, data: Any) -> dict[str, Any]:
        village = {"id": "village-1", "name": "Ansen"}
        transformer = {"id": "t1", "name": "Dorpsstraat"}
        common = {"version": 1, "village": village, "transformer": transformer}
        match path.rsplit("/", 1)[-1]:
            case "read":
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
                    common | {"type": "membership", "nonce": data["nonce"], "home_id": HOME, "token": TOKEN}
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
                        },
                    },
                }
