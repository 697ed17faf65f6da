"""The members' listener over real TLS: a certificate of the village's own, or one that is given."""

import ssl
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientConnectorError, ClientSession, Fingerprint, ServerFingerprintMismatch, TCPConnector
from cryptography import x509

from battery_commons.store import Store
from battery_commons.store.errors import StoreError
from battery_commons.web.members.app import members_app
from battery_commons.web.server import VillageServer, listening
from battery_commons.web.tls import (
    RENEWED_BEFORE,
    CertificateFiles,
    MembersTls,
    Tls,
    default_tls,
    make_certificate,
    pinned_fingerprint,
    self_made,
)
from battery_commons.wire.invitation import base64url, invitation_link
from tests.village.web.conftest import NONCE
from tests.village.web.members.test_joining import opened

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

type Listen = Callable[[MembersTls], AbstractAsyncContextManager[str]]


@pytest.fixture
def listen(village: VillageServer) -> Listen:
    """Return how to open the members' listener with a certificate."""

    @asynccontextmanager
    async def opened_with(tls: MembersTls) -> AsyncIterator[str]:
        app = members_app(replace(village, tls=tls))
        async with listening(app, "127.0.0.1", 0, tls=tls.context) as address:
            yield address

    return opened_with


async def shown_at(address: str) -> str:
    """Return the fingerprint of the certificate that a new connection is shown."""
    async with ClientSession() as session:
        with pytest.raises(ServerFingerprintMismatch) as raised:
            await session.get(address, ssl=Fingerprint(bytes(32)))
    return base64url(raised.value.got)


def split(made: CertificateFiles, folder: Path) -> CertificateFiles:
    """Return a certificate and its key in files of their own, as most who give one have them."""
    key, marker, certificate = made.certificate.read_text().partition("-----BEGIN CERTIFICATE-----")
    files = CertificateFiles(folder / "fullchain.pem", folder / "privkey.pem")
    files.certificate.write_text(marker + certificate)
    files.key.write_text(key)
    return files


# --- Its own --------------------------------------------------------------------------------------


async def test_homes_are_shown_the_certificate_that_the_invitation_pins(
    listen: Listen, tmp_path: Path
) -> None:
    tls = MembersTls(make_certificate(tmp_path))

    async with listen(tls) as address:
        assert address.startswith("https://")
        assert await shown_at(address) == tls.pin == tls.fingerprint == pinned_fingerprint(tmp_path)


async def test_the_village_signs_which_certificate_it_shows(
    listen: Listen, tmp_path: Path, village: VillageServer
) -> None:
    tls = MembersTls(make_certificate(tmp_path))

    async with listen(tls) as address, ClientSession() as session:
        answer = await session.post(
            f"{address}/api/v1/village/read", json={"version": 1, "nonce": NONCE}, ssl=False
        )
        assert opened(village, await answer.json())["certificate"] == tls.fingerprint


async def test_nobody_is_answered_in_the_clear(listen: Listen, tmp_path: Path) -> None:
    async with listen(MembersTls(make_certificate(tmp_path))) as address, ClientSession() as session:
        with pytest.raises(Exception, match=r"disconnected|reset"):
            await session.get(f"{address.replace('https', 'http')}/health")


async def test_old_versions_of_tls_are_refused(listen: Listen, tmp_path: Path) -> None:
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1

    async with (
        listen(MembersTls(make_certificate(tmp_path))) as address,
        ClientSession(connector=TCPConnector(ssl=old)) as session,
    ):
        with pytest.raises(ClientConnectorError):
            await session.get(f"{address}/health")


def test_it_is_made_once_for_nobody_elses_eyes_and_says_nothing_of_the_village(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, NOW)
    made = files.certificate.read_bytes()

    assert make_certificate(tmp_path, NOW).certificate.read_bytes() == made
    assert stat.S_IMODE(files.certificate.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["members-certificate.pem"]
    assert x509.load_pem_x509_certificate(made).subject.rfc4514_string() == "CN=battery-commons"


def test_it_lasts_ten_years_and_is_made_anew_in_its_last_month(tmp_path: Path) -> None:
    files = make_certificate(tmp_path, NOW)
    made = files.certificate.read_bytes()
    ends = x509.load_pem_x509_certificate(made).not_valid_after_utc
    assert ends - NOW >= timedelta(days=3650)

    make_certificate(tmp_path, ends - RENEWED_BEFORE - timedelta(days=1))
    assert files.certificate.read_bytes() == made

    make_certificate(tmp_path, ends - RENEWED_BEFORE + timedelta(days=1))
    assert files.certificate.read_bytes() != made
    assert stat.S_IMODE(files.certificate.stat().st_mode) == 0o600


def test_one_that_cannot_be_read_is_said_to_be_and_left_as_it_is(tmp_path: Path) -> None:
    broken = self_made(tmp_path).certificate
    broken.write_text("nothing of the kind")

    with pytest.raises(StoreError, match=r"holds no certificate\. Move it away"):
        make_certificate(tmp_path)

    assert broken.read_text() == "nothing of the kind"


# --- Given ----------------------------------------------------------------------------------------


async def test_a_given_certificate_is_shown_and_not_pinned(listen: Listen, tmp_path: Path) -> None:
    tls = MembersTls(split(make_certificate(tmp_path), tmp_path))

    async with listen(tls) as address:
        assert await shown_at(address) == tls.fingerprint
        assert tls.pin is None


async def test_a_certificate_that_was_replaced_is_shown_without_a_restart(
    listen: Listen, tmp_path: Path
) -> None:
    files = make_certificate(tmp_path)
    tls = MembersTls(files)
    before = tls.fingerprint

    async with listen(tls) as address:
        assert not tls.refresh()
        make_certificate(tmp_path, renew=True)

        assert tls.refresh()
        assert await shown_at(address) == tls.fingerprint != before


async def test_a_renewal_that_is_seen_half_way_leaves_the_former_certificate(
    listen: Listen, tmp_path: Path
) -> None:
    files = split(make_certificate(tmp_path), tmp_path)
    tls = MembersTls(files)
    before = tls.fingerprint

    async with listen(tls) as address:
        newer = split(make_certificate(tmp_path, renew=True), tmp_path)
        key = newer.key.read_bytes()
        newer.key.write_text("not written yet")
        with pytest.raises(StoreError):
            tls.refresh()
        assert await shown_at(address) == tls.fingerprint == before

        newer.key.write_bytes(key)
        assert tls.refresh()
        assert await shown_at(address) == tls.fingerprint != before


@pytest.mark.parametrize("missing", ["certificate", "key", "both"])
def test_a_given_certificate_that_is_none_is_said_to_be(tmp_path: Path, missing: str) -> None:
    files = split(make_certificate(tmp_path), tmp_path)
    for name in ("certificate", "key"):
        if missing in {name, "both"}:
            getattr(files, name).unlink()

    with pytest.raises(StoreError, match="cannot be used"):
        MembersTls(files)


# --- Unless told otherwise ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "has_homes", "has_certificate", "chosen"),
    [
        ("0.0.0.0", False, False, Tls.SELF),
        ("village.local", False, False, Tls.SELF),
        ("0.0.0.0", True, True, Tls.SELF),
        ("0.0.0.0", True, False, Tls.OFF),
        ("127.0.0.1", False, False, Tls.OFF),
        ("::1", False, True, Tls.OFF),
        ("localhost", False, False, Tls.OFF),
    ],
)
def test_homes_are_heard_over_tls_unless_that_would_lose_them_or_protects_nobody(
    tmp_path: Path, *, host: str, has_homes: bool, has_certificate: bool, chosen: Tls
) -> None:
    if has_certificate:
        make_certificate(tmp_path)

    assert default_tls(tmp_path, host, has_homes=has_homes) is chosen


# --- In the invitation ----------------------------------------------------------------------------


def test_an_invitation_pins_a_certificate_for_an_encrypted_address_only(
    village: VillageServer, store: Store, tmp_path: Path
) -> None:
    key, pin = village.key.public_key(), MembersTls(make_certificate(tmp_path)).pin

    pinned = invitation_link("https://village.example", "welcome-1", key, pin)
    assert pinned == f"{invitation_link('https://village.example', 'welcome-1', key)}.{pin}"
    assert invitation_link("http://village.example", "welcome-1", key, pin).count(".") == 2
