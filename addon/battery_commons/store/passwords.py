"""Passwords, kept as argon2id makes them: what is kept opens nothing.

The cost is the least that OWASP's cheat sheet on password storage asks for (19 MiB, two passes), so that a
Raspberry Pi answers within a second and several who sign in at once do not fill its memory.
"""

import os

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

SHORTEST_PASSWORD = 12
"""Characters. NIST SP 800-63B asks for a length and for no mixture of kinds."""
LONGEST_PASSWORD = 256
_MEMORY_KIB = 19 * 1024
_PASSES = 2


def hashed(password: str) -> str:
    """Return what is kept of a password, with a salt of its own, as a PHC string."""
    kdf = Argon2id(salt=os.urandom(16), length=32, iterations=_PASSES, lanes=1, memory_cost=_MEMORY_KIB)
    return kdf.derive_phc_encoded(password.encode())


def is_password(password: str, kept: str | None) -> bool:
    """Return whether `password` is the one of which `kept` is kept.

    For nobody's (None) it takes just as long, so that an answer does not tell which names there are.
    """
    try:
        Argon2id.verify_phc_encoded(password.encode(), kept or _NOBODYS)
    except InvalidKey:
        return False
    return kept is not None


_NOBODYS = hashed("")
