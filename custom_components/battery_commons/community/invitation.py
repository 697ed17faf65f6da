"""The invitation link: where the village is, with which code one may join, and whose word to believe."""

import base64
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_CODE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_LONGEST_ADDRESS = 250
_NEVER_IN_AN_ADDRESS = re.compile(r"[\s<>\"'`\\^{}|@]")
"""What no village's address holds: white space, a user's name, and what a page could take for its own."""


class InvitationError(ValueError):
    """The text is no invitation, or no address of a village."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation link says."""

    url: str
    """The coordinator's address, without a path of ours."""
    code: str
    key: str
    """The village's public key, base64url of 32 bytes without padding."""
    certificate: str | None = None
    """The SHA-256 of the certificate that the village made itself, base64url without padding.

    None where whoever calls asks an authority, or calls in the clear.
    """


def parse_invitation(text: str, address: str | None = None) -> Invitation:
    """Return what an invitation says: `<address>/join#<code>.<key>`, and perhaps `.<certificate>`.

    Where the village's `address` is known already, the part behind the # is enough. Raises
    InvitationError for anything else.
    """
    text = text.strip()
    if address is not None and "#" not in text:
        text = f"{address}/join#{text}"
    where, _, rest = text.partition("#")
    if not where.endswith("/join"):
        raise InvitationError("no address of a village")
    code, _, believed = rest.partition(".")
    if not _CODE.fullmatch(code):
        raise InvitationError("no code")
    key, has_certificate, certificate = believed.partition(".")
    public_key(key)
    url = parse_address(where.removesuffix("/join"))
    if not has_certificate:
        return Invitation(url, code, key)
    fingerprint(certificate)
    if not url.startswith("https:"):  # Somebody wants to hear what was meant to be encrypted.
        raise InvitationError("a certificate, and an address without one")
    return Invitation(url, code, key, certificate)


def parse_address(text: str) -> str:
    """Return the address of a coordinator in `text`. Raises InvitationError for anything else."""
    text = text.strip().rstrip("/")
    try:
        parts = urlsplit(text)
        _ = parts.port  # Raises ValueError for a port that is none.
    except ValueError as error:
        raise InvitationError("no address") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise InvitationError("no address of a village")
    if len(text) > _LONGEST_ADDRESS or not text.isprintable() or _NEVER_IN_AN_ADDRESS.search(text):
        raise InvitationError("no address")
    return text


def public_key(text: str) -> Ed25519PublicKey:
    """Return the key that an invitation names. Raises InvitationError when it is none."""
    try:
        return Ed25519PublicKey.from_public_bytes(_32_bytes(text))
    except ValueError as error:
        raise InvitationError("no key") from error


def fingerprint(text: str) -> bytes:
    """Return the SHA-256 of the certificate that an invitation names. Raises InvitationError for none."""
    try:
        return _32_bytes(text)
    except ValueError as error:
        raise InvitationError("no fingerprint of a certificate") from error


def fingerprint_text(raw: bytes) -> str:
    """Return a fingerprint as an invitation names it."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _32_bytes(text: str) -> bytes:
    raw = base64.b64decode(text + "=", altchars=b"-_", validate=True)
    if len(raw) != 32:  # noqa: PLR2004 - an Ed25519 key's and a SHA-256's
        raise ValueError("not 32 bytes")
    return raw
