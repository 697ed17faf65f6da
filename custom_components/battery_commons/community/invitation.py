"""The invitation link: where the village is, with which code one may join, and whose word to believe."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_CODE = re.compile(r"[A-Za-z0-9_-]{8,64}")


class InvitationError(ValueError):
    """The text is no invitation link."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invitation link says."""

    url: str
    """The coordinator's address, without a path of ours."""
    code: str
    key: str
    """The village's public key, base64url of 32 bytes without padding."""


def parse_invitation(link: str) -> Invitation:
    """Return what `link` says. Raises InvitationError for anything that is not `<url>/join#<code>.<key>`."""
    try:
        parts = urlsplit(link.strip())
        host = parts.hostname
        _ = parts.port  # Raises ValueError for a port that is none.
    except ValueError as error:
        raise InvitationError("no address") from error
    code, _, key = parts.fragment.partition(".")
    if parts.scheme not in {"http", "https"} or not host or not parts.path.endswith("/join") or parts.query:
        raise InvitationError("no address of a village")
    if not _CODE.fullmatch(code):
        raise InvitationError("no code")
    public_key(key)
    return Invitation(f"{parts.scheme}://{parts.netloc}{parts.path.removesuffix('/join')}", code, key)


def public_key(text: str) -> Ed25519PublicKey:
    """Return the key that an invitation names. Raises InvitationError when it is none."""
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text + "=", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise InvitationError("no key") from error
