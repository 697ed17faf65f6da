"""Fresh names and secrets. Of a secret that is handed out only the fingerprint is kept."""

import hashlib
import secrets


def new_token() -> str:
    """Return a fresh secret of 256 random bits, safe in a header and in a link."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """Return the SHA-256 of a secret, as hex digits.

    A plain hash is enough for what is random to begin with: there is nothing to guess.
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def new_id() -> str:
    """Return a fresh name for something, which is no secret: 16 hex digits."""
    return secrets.token_hex(8)
