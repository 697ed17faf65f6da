"""A local EnergyZero: HTTPS under the real host name, answering in the real API's shape.

The shape is that of the answers recorded in the `energyzero` library's repository (tests/fixtures/rest):
a range of three Dutch days around the day asked for, four streams of blocks in UTC with the price as text,
and prices from the day before on, as far as they are published.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, override
from zoneinfo import ZoneInfo

from aiohttp import ClientSession, TCPConnector, web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

HOST = "public.api.energyzero.nl"
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
QUARTER = timedelta(minutes=15)


def three_days(date: str, price: Callable[[int], float], *, published: bool = True) -> dict[str, Any]:
    """Return the answer for a day, published or not yet: `price(n)` EUR/kWh in its n-th quarter hour."""
    asked = datetime.strptime(date, "%d-%m-%Y").replace(tzinfo=AMSTERDAM)
    before, start, end, after = ((asked + timedelta(days=days)).astimezone(UTC) for days in (-1, 0, 1, 2))
    count = ((end if published else start) - before) // QUARTER
    known = [before + n * QUARTER for n in range(count)]
    base = [_block(moment, f"{price((moment - start) // QUARTER):.5f}") for moment in known]
    dearer = [_block(moment, "0.99999") for moment in known]
    return {
        "interval": 1,
        "range": {"start": _stamp(before), "end": _stamp(after)},
        "base": base,
        "base_with_vat": dearer,
        "all_in": dearer,
        "all_in_with_vat": dearer,
    }


def _block(start: datetime, value: str) -> dict[str, Any]:
    return {"start": _stamp(start), "end": _stamp(start + QUARTER), "price": {"value": value}}


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass
class Peer:
    """What the peer answers, and what it was asked."""

    answer: Callable[[str], Any] = lambda date: three_days(date, lambda n: n / 1000)
    status: int = 200
    content_type: str = "application/json"
    delay_seconds: float = 0.0
    queries: list[dict[str, str]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer as told."""
        self.queries.append(dict(request.query))
        await asyncio.sleep(self.delay_seconds)
        return web.json_response(
            self.answer(request.query["date"]), status=self.status, content_type=self.content_type
        )


class _LocalResolver(AbstractResolver):
    """Finds EnergyZero's host at a local port, and no other."""

    def __init__(self, port: int) -> None:
        self._port = port

    @override
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        assert host == HOST
        local = ResolveResult(
            hostname=host, host="127.0.0.1", port=self._port, family=socket.AF_INET, proto=0, flags=0
        )
        return [local]

    @override
    async def close(self) -> None:
        """Nothing is held."""


@asynccontextmanager
async def serve(peer: Peer, directory: Path) -> AsyncIterator[ClientSession]:
    """Run the peer and yield a session that reaches it under EnergyZero's own name."""
    certificate = _certificate(directory)
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(certificate)
    app = web.Application()
    app.router.add_get("/public/v1/prices", peer.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=server_tls).start()
        async with session_to(runner.addresses[0][1], certificate) as session:
            yield session
    finally:
        await runner.cleanup()


def session_to(port: int, certificate: Path | None = None) -> ClientSession:
    """Return a session that finds EnergyZero's host at a local port."""
    tls = ssl.create_default_context(cafile=certificate)
    return ClientSession(connector=TCPConnector(resolver=_LocalResolver(port), ssl=tls))


def _certificate(directory: Path) -> Path:
    """Write a key and a certificate for EnergyZero's host that only this test trusts."""
    key = generate_private_key(SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = directory / "energyzero.pem"
    file.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        + certificate.public_bytes(Encoding.PEM)
    )
    return file
