"""By which certificate a home believes a village, over real TLS."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiohttp import ClientSession, TCPConnector

from custom_components.battery_commons.community.certificate import prove
from custom_components.battery_commons.community.client import (
    CertificateReplacedError,
    CommunityClient,
    CommunityError,
    WrongVillageError,
)
from tests.home.tls import Certificate, TlsCoordinator, certificate_in
from tests.home.village import NOW, Village

pytestmark = pytest.mark.usefixtures("socket_enabled")


@pytest.fixture
def own(tmp_path: Path) -> Certificate:
    return certificate_in(tmp_path, "own")


@pytest.fixture
def another(tmp_path: Path) -> Certificate:
    return certificate_in(tmp_path, "another")


@pytest.fixture
async def tls(village: Village, own: Certificate) -> AsyncIterator[TlsCoordinator]:
    coordinator = TlsCoordinator(village, own)
    async with coordinator.listening():
        yield coordinator


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def trusting(own: Certificate) -> AsyncIterator[ClientSession]:
    """Return a session for which the certificate of the village is an authority's."""
    context = ssl.create_default_context(cafile=str(own.file))
    async with ClientSession(connector=TCPConnector(ssl=context)) as session:
        yield session


async def test_a_certificate_that_the_invitation_pins_is_believed_without_any_authority(
    session: ClientSession, tls: TlsCoordinator
) -> None:
    client = CommunityClient(session, tls.address, tls.village.public_key, certificate=tls.shows.fingerprint)

    assert (await client.identify()).village_id == "village-1"


async def test_nothing_is_told_to_whoever_shows_another_certificate(
    session: ClientSession, tls: TlsCoordinator, another: Certificate
) -> None:
    client = CommunityClient(
        session, tls.address, tls.village.public_key, "a-token", certificate=another.fingerprint
    )

    with pytest.raises(CertificateReplacedError):
        await client.send_telemetry(NOW, [])

    assert not tls.calls


async def test_without_a_pin_an_authority_has_to_vouch(
    session: ClientSession, trusting: ClientSession, tls: TlsCoordinator
) -> None:
    with pytest.raises(CertificateReplacedError):
        await CommunityClient(session, tls.address, tls.village.public_key).identify()
    assert not tls.calls

    await CommunityClient(trusting, tls.address, tls.village.public_key).identify()


async def test_a_certificate_that_was_replaced_is_believed_once_the_village_signs_that_it_is_its_own(
    session: ClientSession, tls: TlsCoordinator, another: Certificate, own: Certificate
) -> None:
    tls.show(another)
    tls.says = another.fingerprint

    proven = await prove(session, tls.address, tls.village.public_key, own.fingerprint)

    assert (proven.identity.village_id, proven.certificate) == ("village-1", another.fingerprint)


async def test_a_certificate_that_is_still_the_same_stays_the_one_that_is_believed(
    session: ClientSession, tls: TlsCoordinator, own: Certificate
) -> None:
    proven = await prove(session, tls.address, tls.village.public_key, own.fingerprint)

    assert proven.certificate == own.fingerprint


async def test_an_invitation_without_a_pin_leads_to_a_self_made_certificate_by_the_villages_signature(
    session: ClientSession, tls: TlsCoordinator
) -> None:
    proven = await prove(session, tls.address, tls.village.public_key, None)

    assert proven.certificate == tls.shows.fingerprint


async def test_whoever_hands_the_villages_words_on_is_not_believed(
    session: ClientSession, tls: TlsCoordinator, own: Certificate, another: Certificate
) -> None:
    tls.show(another)  # Of somebody in between, who hands on what the village has signed.
    tls.says = own.fingerprint

    with pytest.raises(CertificateReplacedError):
        await prove(session, tls.address, tls.village.public_key, own.fingerprint)


async def test_whoever_cannot_sign_as_the_village_is_not_believed(
    session: ClientSession, tls: TlsCoordinator, own: Certificate, another: Certificate, strangers: Village
) -> None:
    tls.show(another)
    tls.says = another.fingerprint
    tls.signer = strangers

    with pytest.raises(WrongVillageError):
        await prove(session, tls.address, tls.village.public_key, own.fingerprint)


async def test_a_village_that_moved_behind_a_proxy_is_believed_where_an_authority_vouches(
    session: ClientSession, trusting: ClientSession, tls: TlsCoordinator, another: Certificate
) -> None:
    tls.says = None

    proven = await prove(trusting, tls.address, tls.village.public_key, another.fingerprint)
    assert proven.certificate is None

    with pytest.raises(CertificateReplacedError):
        await prove(session, tls.address, tls.village.public_key, another.fingerprint)


async def test_nobody_at_the_address_proves_nothing(session: ClientSession, tls: TlsCoordinator) -> None:
    tls.unreachable = True

    with pytest.raises(CommunityError) as raised:
        await prove(session, "https://127.0.0.1:1", tls.village.public_key, tls.shows.fingerprint)

    assert raised.value.code == "cannot_connect"
