"""What the village remembers: one SQLite file and one key, both beside each other.

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
