"""The invitation link that a volunteer hands to a resident; docs/protocol.md describes it."""

import base64
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def invitation_link(
    coordinator_url: str, code: str, key: Ed25519PublicKey, certificate: str | None = None
) -> str:
    """Return the link that lets one home join: where, with which code, and whom to believe.

    `certificate` is the fingerprint of a certificate that no authority vouches for; it counts for an
    https:// address only. Raises ValueError for an address that homes cannot call.
    """
    parts = urlsplit(coordinator_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"homes cannot call {coordinator_url!r}: give an http(s):// address")
    believed = [code, base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))]
    if certificate is not None and parts.scheme == "https":
        believed.append(certificate)
    return f"{coordinator_url.rstrip('/')}/join#{'.'.join(believed)}"


def base64url(raw: bytes) -> str:
    """Return `raw` as text that can stand in a link."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
