"""What the village remembers: one database, a file unless a server is named, and one key.

Every time in the database is village time in UTC; see domain/time.py.
"""

from battery_commons.store.errors import (
    InvitationExpiredError,
    InvitationUnknownError,
    InvitationUsedError,
    NotFoundError,
    NotOfferedError,
    StoreError,
)
from battery_commons.store.store import Store

__all__ = [
    "InvitationExpiredError",
    "InvitationUnknownError",
    "InvitationUsedError",
    "NotFoundError",
    "NotOfferedError",
    "Store",
    "StoreError",
]
