"""A home leaves: its days so far go into the account first, then everything of it is erased."""

from datetime import datetime

from battery_commons.account.keeping.gathering import gather_leaver
from battery_commons.store import Store
from battery_commons.store.audit import Author


def leave(store: Store, home_id: str, now: datetime, by: Author | None = None) -> None:
    """Erase a home, by itself or by an administrator; its last month can still be settled.

    Raises NotFoundError for a home that has left before, and StoreError.
    """
    leaver = gather_leaver(store, home_id, now)
    with store.together():  # Neither without the other, whatever goes wrong.
        if leaver is not None:
            leaver.keep(store)
        if by is None:
            store.leave(home_id)
        else:
            store.remove(home_id, by)
