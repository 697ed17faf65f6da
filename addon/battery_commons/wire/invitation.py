"""The invitation link that a volunteer hands to a resident; docs/protocol.md describes it."""

import base64
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def invitation_link(coordinator_url: str, code: str, key: Ed25519PublicKey) -> str:
    """Return the link that lets one home join: where, with which code, and whom to believe.

    Raises ValueError for an address that homes cannot call.
    """
    parts = urlsplit(coordinator_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"homes cannot call {coordinator_url!r}: give an http(s):// address")
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pinned = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return f"{coordinator_url.rstrip('/')}/join#{code}.{pinned}"
