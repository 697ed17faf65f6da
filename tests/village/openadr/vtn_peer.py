"""A grid operator's VTN as a real server on loopback, with the quirks of several."""

import base64
import json
import re
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from io import BytesIO
from ipaddress import ip_address
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import ClientError, ClientSession, web
from aiohttp.test_utils import TestServer
from aiohttp.typedefs import Handler
from aiomqtt import Client
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from demo.process import free_port
from tests.village.meter_peers import PASSWORD, USER

CLIENT_ID, SECRET = "ven of Ansen", "very secret & more"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

type Event = dict[str, Any]


@dataclass
class Quirks:
    """How this VTN differs from others."""

    token_in: str = "body"
    tells_token_url: bool = True
    wants_echo: bool = False
    wants_program_in_subscription: bool = False
    refuses_nulls: bool = True
    operations: tuple[str, ...] = ("CREATE", "UPDATE", "DELETE")
    notifies_as: str = "camel"
    """`camel`, `snake`, `string` (the object within a string) or `all_string`."""
    lists_in_snake: bool = False
    fails: Mapping[str, HTTPStatus] = field(default_factory=dict)
    """What it answers to whoever asks it for anything of a kind, such as `subscriptions`."""
    hangs_up: tuple[str, ...] = ()
    """Of which kinds it answers nothing at all."""
    page: int = 50
    knows_pages: bool = True
    knows_filters: bool = True
    beyond: HTTPStatus | None = None
    """What it answers where a list has nothing (more); None for an empty list."""
    refuses: tuple[str, ...] = ()
    """Parameters of a list that it knows nothing of, such as `skip`."""
    may_make_ven: bool = True
    id_of: Callable[[str, int], str] = lambda kind, number: f"{kind}/{number} é"
    """Ids that are no UUIDs, and have to be written carefully in a path."""


@dataclass
class FakeVtn:
    """Programs, events, VENs, resources, subscriptions and a token, in memory."""

    session: ClientSession
    """Over which it calls its subscribers."""
    quirks: Quirks = field(default_factory=Quirks)
    programs: dict[str, Event] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    vens: dict[str, Event] = field(default_factory=dict)
    resources: dict[str, Event] = field(default_factory=dict)
    subscriptions: dict[str, Event] = field(default_factory=dict)
    reports: dict[str, Event] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """How often what was called, as `GET /events`."""
    tokens: set[str] = field(default_factory=set)
    token_life_s: float = 3600
    token_url: str | None = None
    """Where it says that tokens are had; None for the truth."""
    believes_tokens: bool = True
    down: Callable[[], web.Response] | None = None
    notifies: bool = True
    broker: int | None = None
    broker_host: str = "127.0.0.1"
    broker_user: str | None = None
    token: str | None = None
    """What every token is; None for another each time."""
    url: str = ""
    numbers: Any = field(default_factory=lambda: count(1))
    _now: datetime = START

    def add_program(self, name: str = "Limits") -> str:
        """Offer a program, and return its id."""
        return str(self._made(self.programs, "program", {"programName": name})["id"])

    def add_event(self, limit_kw: float = 100.0, program: str | None = None, **more: object) -> Event:
        """Make an event without telling anybody."""
        program = program or next(iter(self.programs), None) or self.add_program()
        return self._made(self.events, "event", {"programID": program, **limit_event(limit_kw), **more})

    def change(self, event_id: str, limit_kw: float) -> Event:
        """Change an event without telling anybody."""
        self.events[event_id] = self.events[event_id] | limit_event(limit_kw) | self._stamp()
        return self.events[event_id]

    async def tell(self, operation: str, event: Event) -> list[int]:
        """Notify subscribers and broker; return what the subscribers answered."""
        message = self.notification(operation, event)
        if self.broker is not None and self.notifies:
            async with Client("127.0.0.1", self.broker, username=USER, password=PASSWORD) as client:
                await client.publish(f"vtn/events/{operation}", message, qos=1)
        return await self.post(message) if self.notifies else []

    async def post(self, message: bytes) -> list[int]:
        """Send a message to every subscriber, and return what they answer."""
        statuses = []
        for subscription in self.subscriptions.values():
            for each in subscription["objectOperations"]:
                headers = {"Authorization": f"Bearer {each['bearerToken']}"}
                async with self.session.post(
                    each["callbackUrl"], data=BytesIO(message), headers=headers
                ) as answer:
                    statuses.append(answer.status)
        return statuses

    def notification(self, operation: str, event: Event) -> bytes:
        """Return a notification as this VTN writes it."""
        said: Event = {"objectType": "EVENT", "operation": operation, "object": event, "targets": None}
        form = self.quirks.notifies_as
        if form == "snake":
            return json.dumps(_snake(said)).encode()
        if form == "string":
            said["object"] = json.dumps(event)
        text = json.dumps(said)
        return (json.dumps(text) if form == "all_string" else text).encode()

    def expire_tokens(self) -> None:
        """Believe none of the tokens that were given out."""
        self.tokens.clear()

    def _stamp(self) -> Event:
        self._now += timedelta(seconds=1)
        return {"modificationDateTime": self._now.isoformat().replace("+00:00", "Z")}

    def _made(self, kept: dict[str, Event], kind: str, said: Event) -> Event:
        id_ = self.quirks.id_of(kind, next(self.numbers))
        stamp = self._stamp()
        made = {"id": id_, "objectType": kind.upper(), "createdDateTime": stamp["modificationDateTime"]}
        kept[id_] = made | stamp | said
        return kept[id_]

    # What is served.

    def app(self) -> web.Application:
        """Return the server."""
        app = web.Application(middlewares=[self._guard])
        app.add_routes(
            [
                web.get("/auth/server", self._auth_server),
                web.post("/auth/token", self._token),
                web.get("/notifiers", self._notifiers),
                web.get("/notifiers/mqtt/topics/events", self._topics),
                web.get("/notifiers/mqtt/topics/programs/{id}/events", self._topics),
                web.get("/{kind:programs|events|vens|resources|subscriptions}", self._list),
                web.post("/{kind:vens|resources|subscriptions|reports}", self._create),
                web.put("/{kind:vens|resources|subscriptions}/{id}", self._update),
                web.delete("/{kind:vens|resources|subscriptions}/{id}", self._delete),
            ]
        )
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked[f"{request.method} {request.path}"] += 1
        if self.down is not None:
            return self.down()
        if not request.path.startswith("/auth/"):
            token = request.headers.get("Authorization", "").removeprefix("Bearer ")
            if token not in self.tokens or not self.believes_tokens:
                return _problem(HTTPStatus.UNAUTHORIZED, "expired")
        if (status := self.quirks.fails.get(request.path.split("/")[1])) is not None:
            return _problem(status, "not this")
        if request.path.split("/")[1] in self.quirks.hangs_up and request.transport is not None:
            request.transport.abort()
        is_json = request.can_read_body and request.content_type == "application/json"
        if self.quirks.refuses_nulls and is_json and _has_null(await request.json()):
            return _problem(HTTPStatus.BAD_REQUEST, "null is not allowed")
        return await handler(request)

    async def _auth_server(self, _request: web.Request) -> web.Response:
        if not self.quirks.tells_token_url:
            return _problem(HTTPStatus.NOT_FOUND, "unknown")
        return web.json_response({"tokenURL": self.token_url or f"{self.url}/auth/token"})

    async def _token(self, request: web.Request) -> web.Response:
        form = await request.post()
        if self.quirks.token_in == "basic":
            shown = request.headers.get("Authorization", "").removeprefix("Basic ")
            is_known = base64.b64decode(shown) == b"ven+of+Ansen:very+secret+%26+more"
        else:
            is_known = (form.get("client_id"), form.get("client_secret")) == (CLIENT_ID, SECRET)
        if not is_known or form.get("grant_type") != "client_credentials":
            return web.json_response({"error": "invalid_client"}, status=HTTPStatus.UNAUTHORIZED)
        token = self.token or f"token-{next(self.numbers)}"
        self.tokens.add(token)
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": self.token_life_s}
        return web.json_response(answer)

    async def _notifiers(self, _request: web.Request) -> web.Response:
        if self.broker is None:
            return web.json_response({"WEBHOOK": True})
        method: Event = {"method": "ANONYMOUS"}
        if self.broker_user is not None:
            method = {"method": "OAUTH2_BEARER_TOKEN", "username": self.broker_user}
        binding = {
            "URIS": [f"mqtt://{self.broker_host}:{self.broker}"],
            "serialization": "JSON",
            "authentication": method,
        }
        return web.json_response({"WEBHOOK": True, "MQTT": binding})

    async def _topics(self, _request: web.Request) -> web.Response:
        topics = {each: f"vtn/events/{each}" for each in ("CREATE", "UPDATE", "DELETE")}
        return web.json_response({"topics": topics | {"ALL": "vtn/events/+"}})

    async def _list(self, request: web.Request) -> web.Response:
        found = list(self._kept(request).values())
        if (program := request.query.get("programID")) is not None and self.quirks.knows_filters:
            found = [each for each in found if each.get("programID") == program]
        if unknown := set(self.quirks.refuses) & set(request.query):
            return _problem(HTTPStatus.BAD_REQUEST, f"unknown parameters {unknown}")
        if self.quirks.knows_pages:
            skip = int(request.query.get("skip", 0))
            found = found[skip : skip + min(self.quirks.page, int(request.query.get("limit", 50)))]
        if not found and self.quirks.beyond is not None:
            return web.Response(status=self.quirks.beyond)
        return web.json_response(_snake(found) if self.quirks.lists_in_snake else found)

    async def _create(self, request: web.Request) -> web.Response:
        kept, said = self._kept(request), await request.json()
        kind = request.match_info["kind"]
        if kind == "vens" and not self.quirks.may_make_ven:
            return _problem(HTTPStatus.FORBIDDEN, "VENs are made by the operator")
        if kind == "subscriptions" and (refusal := await self._refusal(said)):
            return _problem(HTTPStatus.BAD_REQUEST, refusal)
        names = ("venName", "resourceName")
        if any(name in said and said[name] in [each.get(name) for each in kept.values()] for name in names):
            return _problem(HTTPStatus.CONFLICT, "the name is taken")
        made = self._made(kept, kind.removesuffix("s"), said)
        return web.json_response(made, status=HTTPStatus.CREATED)

    async def _update(self, request: web.Request) -> web.Response:
        kept, id_ = self._kept(request), request.match_info["id"]
        if id_ not in kept:
            return _problem(HTTPStatus.NOT_FOUND, "unknown")
        kept[id_] = kept[id_] | await request.json() | self._stamp()
        return web.json_response(kept[id_])

    async def _delete(self, request: web.Request) -> web.Response:
        kept, id_ = self._kept(request), request.match_info["id"]
        if id_ not in kept:
            return _problem(HTTPStatus.NOT_FOUND, "unknown")
        return web.json_response(kept.pop(id_))

    async def _refusal(self, subscription: Event) -> str | None:
        if self.quirks.wants_program_in_subscription and "programID" not in subscription:
            return "programID is missing"
        for each in subscription["objectOperations"]:
            if not set(each["operations"]) <= set(self.quirks.operations):
                return "unknown operation"
            if self.quirks.wants_echo and not await _echoes(each["callbackUrl"]):
                return "no echo"
        return None

    def _kept(self, request: web.Request) -> dict[str, Event]:
        kept: dict[str, Event] = getattr(self, request.match_info["kind"])
        return kept


def limit_event(limit_kw: float) -> Event:
    """Return what an event says that limits what is drawn for an hour tomorrow."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return {
        "eventName": "evening",
        "payloadDescriptors": [{"payloadType": "IMPORT_CAPACITY_LIMIT", "units": "KW"}],
        "intervalPeriod": {"start": f"{tomorrow:%Y-%m-%d}T18:00:00Z", "duration": "PT1H"},
        "intervals": [{"id": 0, "payloads": [{"type": "IMPORT_CAPACITY_LIMIT", "values": [limit_kw]}]}],
    }


@asynccontextmanager
async def vtn(
    quirks: Quirks | None = None, port: int | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[FakeVtn]:
    """Serve a VTN that offers one program."""
    async with ClientSession() as session:
        fake = FakeVtn(session, quirks or Quirks())
        fake.add_program()
        async with serving(fake, port, tls):
            yield fake


@asynccontextmanager
async def serving(
    fake: FakeVtn, port: int | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[None]:
    """Serve a VTN that is there already, as after it was down."""
    server = TestServer(fake.app(), port=port or free_port(), scheme="https" if tls else "http")
    await server.start_server(ssl=tls)
    fake.url = str(server.make_url("")).rstrip("/")
    try:
        yield
    finally:
        await server.close()


def self_signed(folder: Path) -> Path:
    """Write a key and a certificate for loopback, which nobody trusts who is not told to."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "vtn")])
    now = datetime.now(UTC)
    alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(alternative, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = folder / "vtn.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return file


async def _echoes(callback_url: str) -> bool:
    try:
        async with (
            ClientSession() as session,
            session.get(f"{callback_url}/echo", params={"echo": "are you there?"}) as answer,
        ):
            return answer.ok and await answer.text() == "are you there?"
    except TimeoutError, ClientError:
        return False


def _problem(status: HTTPStatus, detail: str) -> web.Response:
    return web.json_response({"title": status.phrase, "status": status, "detail": detail}, status=status)


def _has_null(said: object) -> bool:
    if isinstance(said, dict):
        return any(_has_null(each) for each in said.values())
    if isinstance(said, list):
        return any(_has_null(each) for each in said)
    return said is None


def _snake(said: object) -> object:
    if isinstance(said, dict):
        return {
            re.sub(r"(?<=[a-z])([A-Z]+)", lambda found: f"_{found[1].lower()}", key): _snake(value)
            for key, value in said.items()
        }
    return [_snake(each) for each in said] if isinstance(said, list) else said
