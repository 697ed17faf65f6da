"""Which certificate to believe a village by, when it shows another one than before.

Only the village can sign with its key, and it signs which certificate it shows. So one that was replaced is
believed when the village says, over a connection that shows it, that it is its own: whoever stands between
can hand the village's words on, but cannot show the certificate that they are about.
"""

from dataclasses import dataclass

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from .client import CertificateReplacedError, CommunityClient, VillageIdentity
from .invitation import fingerprint_text

_NOBODYS = fingerprint_text(bytes(32))


@dataclass(frozen=True, slots=True)
class Proven:
    """Who answers at an address, and by which certificate to believe it from now on."""

    identity: VillageIdentity
    certificate: str | None
    """Its fingerprint; None where the authorities vouch for it, or where calls are in the clear."""


async def prove(session: ClientSession, url: str, key: Ed25519PublicKey, certificate: str | None) -> Proven:
    """Ask who answers at `url`, where `certificate` was believed so far.

    Raises CertificateReplacedError where another certificate is shown and nothing proves that it is the
    village's, and CommunityError when nobody answers, or somebody else.
    """
    if not url.startswith("https:"):
        return Proven(await CommunityClient(session, url, key).identify(), None)
    try:
        identity = await CommunityClient(session, url, key, certificate=certificate).identify()
    except CertificateReplacedError as replaced:
        shown = replaced.shown or await _shown(session, url, key)
        return await _by_its_own_word(session, url, key, fingerprint_text(shown))
    return Proven(identity, certificate)


async def _by_its_own_word(session: ClientSession, url: str, key: Ed25519PublicKey, shown: str) -> Proven:
    """Believe the certificate that is `shown` where the village says, over it, that it is its own."""
    identity = await CommunityClient(session, url, key, certificate=shown).identify()
    if identity.certificate == shown:
        return Proven(identity, shown)
    if identity.certificate is None:
        # It shows none itself: a proxy does, for which an authority has to vouch.
        return Proven(await CommunityClient(session, url, key).identify(), None)
    raise CertificateReplacedError("the village says that this certificate is not its own")


async def _shown(session: ClientSession, url: str, key: Ed25519PublicKey) -> bytes:
    """Return the fingerprint of the certificate that is shown, whatever it is."""
    try:
        await CommunityClient(session, url, key, certificate=_NOBODYS).identify()
    except CertificateReplacedError as error:
        if error.shown is not None:
            return error.shown
    raise CertificateReplacedError("no certificate is shown")
