"""A coordinator's members' API over real TLS, on a real socket of the loopback."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import Any, override
from unittest.mock import Mock

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from yarl import URL

from custom_components.battery_commons.community.invitation import fingerprint_text
from tests.home.coordinator import FakeCoordinator
from tests.home.village import Village

_LASTS = timedelta(days=3650)


def _pem() -> tuple[bytes, str]:
    """Return a certificate for the loopback that vouches for itself, with its key; and its fingerprint."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a coordinator")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _LASTS)
        .not_valid_after(now + _LASTS)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    fingerprint = fingerprint_text(sha256(certificate.public_bytes(Encoding.DER)).digest())
    return secret + certificate.public_bytes(Encoding.PEM), fingerprint


_MADE = {name: _pem() for name in ("own", "another")}
"""Made while nobody has frozen the time: `cryptography` knows one kind of datetime only."""


@dataclass(frozen=True)
class Certificate:
    """A certificate with its key."""

    file: Path
    fingerprint: str


def certificate_in(folder: Path, name: str) -> Certificate:
    """Return the certificate called `own` or `another`, in a file."""
    pem, fingerprint = _MADE[name]
    file = folder / f"{name}.pem"
    file.write_bytes(pem)
    return Certificate(file, fingerprint)


class TlsCoordinator(FakeCoordinator):
    """Answers as the other one does, to whoever gets past its certificate."""

    def __init__(self, village: Village, shows: Certificate) -> None:
        super().__init__(village, Mock(), "https://not.yet.listening")
        self.says: str | None = shows.fingerprint
        """What it says under its signature of its certificate."""
        self._context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.show(shows)

    @property
    @override
    def invitation(self) -> str:
        return f"{super().invitation}.{self.shows.fingerprint}"

    def show(self, certificate: Certificate) -> None:
        """Show another certificate from now on."""
        self.shows = certificate
        self._context.load_cert_chain(certificate.file)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        # Every call connects anew, so that the certificate shown now counts.
        runner = web.AppRunner(app, keepalive_timeout=0, shutdown_timeout=1)
        await runner.setup()
        try:
            await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=self._context).start()
            self.address = f"https://127.0.0.1:{runner.addresses[0][1]}"
            yield
        finally:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.Response:
        body = await request.json() if request.can_read_body else None
        told = await self._answer(request.method, URL(request.path), body)
        if told.status == HTTPStatus.NO_CONTENT:
            answer = web.Response(status=told.status)
        else:
            answer = web.Response(status=told.status, body=await told.read(), content_type="application/json")
        answer.force_close()
        return answer

    @override
    def _message(self, path: str, data: Any) -> dict[str, Any]:
        if path != "/api/v1/village/read":
            return super()._message(path, data)
        village = {"id": self.village_id, "name": "Ansen"}
        said = {"version": 1, "type": "village", "nonce": data["nonce"], "village": village}
        return self.signer.seal(said | {"certificate": self.says})
