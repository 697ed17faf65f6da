"""The certificate of the members' listener: one that the volunteer gives, or one of the village's own making.

Homes know a self-made one by its fingerprint, which the invitation pins. For one that is given they ask the
authorities that their Home Assistant knows. Either way the village says under its signature which one it
shows (`village/read`), so that one that was replaced locks nobody out; docs/protocol.md describes how.
"""

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from ipaddress import ip_address
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from battery_commons.store.errors import StoreError
from battery_commons.store.secret_file import write_secret
from battery_commons.wire.invitation import base64url

SELF_MADE = "members-certificate.pem"
LASTS = timedelta(days=3650)
RENEWED_BEFORE = timedelta(days=30)
NAME = "battery-commons"
"""Homes look at the fingerprint only: the certificate does not tell strangers whose it is."""
LOOK_EVERY_S = 60.0

_LOGGER = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class CertificateFiles:
    """Where a certificate with what vouches for it, and its key, are (PEM); both may be in one file."""

    certificate: Path
    key: Path


class Tls(StrEnum):
    """Which certificate the members' listener shows, where none is given."""

    SELF = "self"
    OFF = "off"
    """None: homes call in the clear, or a reverse proxy has one."""


class MembersTls:
    """What a listener needs to speak TLS, with the certificate that it shows now."""

    def __init__(self, files: CertificateFiles) -> None:
        """Show the certificate of `files`. Raises StoreError, in words, where that cannot be."""
        self._files = files
        self._is_self_made = files.certificate.name == SELF_MADE
        self._stamp = self._changed_at()
        self.context = _context(files)
        self.fingerprint = _fingerprint(files)

    @property
    def pin(self) -> str | None:
        """What an invitation has to name: the fingerprint of a certificate that nobody else vouches for."""
        return self.fingerprint if self._is_self_made else None

    def refresh(self) -> bool:
        """Show what is in the files now, if that has changed; return whether it had.

        Connections that are open stay as they are. Raises StoreError where the new files are no certificate
        and its key: what was shown before then still is.
        """
        stamp = self._changed_at()
        if stamp == self._stamp:
            return False
        _context(self._files)  # Tried apart first: a live one may be left with half of a pair.
        fingerprint = _fingerprint(self._files)
        self.context.load_cert_chain(self._files.certificate, self._files.key)
        self._stamp, self.fingerprint = stamp, fingerprint
        return True

    async def keep_fresh(self) -> None:
        """Look every minute whether the files have changed, until cancelled."""
        problem = None
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            try:
                if await asyncio.to_thread(self.refresh):
                    _LOGGER.info("certificate replaced", fingerprint=self.fingerprint)
                problem = None
            except StoreError as error:
                # Once for each problem: a renewal writes two files, and may be seen half-way.
                if str(error) != problem:
                    problem = str(error)
                    _LOGGER.warning("new certificate not taken up", problem=problem)

    def _changed_at(self) -> tuple[int, int]:
        try:
            return self._files.certificate.stat().st_mtime_ns, self._files.key.stat().st_mtime_ns
        except OSError as error:
            raise _unusable(self._files.certificate, error.strerror or "cannot be read") from error


def default_tls(data_dir: Path, host: str, *, has_homes: bool) -> Tls:
    """Return what a village does that was told nothing.

    It speaks TLS, but not where only this machine can connect, and not where homes have joined before there
    was a certificate: they would call in the clear, and find nobody.
    """
    if _is_loopback(host):
        return Tls.OFF
    if has_homes and not self_made(data_dir).certificate.exists():
        _LOGGER.warning("homes call without TLS", remedy="run with --tls self, and move them to https://")
        return Tls.OFF
    return Tls.SELF


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def self_made(data_dir: Path) -> CertificateFiles:
    """Return where the certificate that the village makes itself is, in its data folder."""
    file = data_dir / SELF_MADE
    return CertificateFiles(file, file)


def pinned_fingerprint(data_dir: Path) -> str | None:
    """Return the fingerprint of the self-made certificate, for invitations; None where none was made."""
    files = self_made(data_dir)
    return _fingerprint(files) if files.certificate.exists() else None


def make_certificate(data_dir: Path, now: datetime | None = None, *, renew: bool = False) -> CertificateFiles:
    """Return the village's own certificate and key (one file, mode 0600), made on first use.

    It lasts ten years from `now` (wall time) and is made anew in its last month, or when `renew` says so.
    Raises StoreError where it cannot be read or written.
    """
    now = now or datetime.now(UTC)
    files = self_made(data_dir)
    try:
        if renew or not files.certificate.exists() or _ends(files) - now < RENEWED_BEFORE:
            write_secret(files.certificate, _made(now), over=True)
    except OSError as error:
        raise _unusable(files.certificate, error.strerror or "cannot be written") from error
    return files


def _made(now: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # Homes' clocks may be behind.
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return secret + certificate.public_bytes(Encoding.PEM)


def _context(files: CertificateFiles) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a password: OpenSSL would otherwise ask for one at the terminal, and wait.
        context.load_cert_chain(files.certificate, files.key, password=lambda: b"")
    except ssl.SSLError as error:
        raise _unusable(files.certificate, "is no certificate with its own, unencrypted key") from error
    except OSError as error:
        raise _unusable(files.certificate, error.strerror or "cannot be read") from error
    return context


def _certificate(files: CertificateFiles) -> x509.Certificate:
    try:
        return x509.load_pem_x509_certificate(files.certificate.read_bytes())
    except OSError as error:
        raise _unusable(files.certificate, error.strerror or "cannot be read") from error
    except ValueError as error:
        raise _unusable(files.certificate, "holds no certificate") from error


def _fingerprint(files: CertificateFiles) -> str:
    """Return the SHA-256 of the certificate, as an invitation names it."""
    return base64url(sha256(_certificate(files).public_bytes(Encoding.DER)).digest())


def _ends(files: CertificateFiles) -> datetime:
    return _certificate(files).not_valid_after_utc


def _unusable(file: Path, problem: str) -> StoreError:
    remedy = " Move it away, and a new one is made at the next start." if file.name == SELF_MADE else ""
    return StoreError(f"The certificate {file} cannot be used: {problem}.{remedy}")
