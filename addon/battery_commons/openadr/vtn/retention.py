"""What those below were asked, and answered, is kept as long as other evidence, and not for good."""

from collections.abc import Iterator
from datetime import datetime

from battery_commons.domain.vtn import Kind, VtnObject
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.objects import Event, parse
from battery_commons.openadr.vtn.listing import is_active
from battery_commons.openadr.vtn.sight import shown
from battery_commons.store import Store

_AT_ONCE = 100


def discard_old_objects(store: Store, now: datetime) -> Iterator[int]:
    """Throw away old reports, and events that were over long ago; yield after each step how many went.

    `now` is wall time. An event stays that may still count, and with it a program and all that may be used
    again. Raises StoreError.
    """
    before = store.vtn_evidence_since(now)
    yield from store.discard_vtn_reports(before)
    passed = 0
    while old := store.vtn_objects(Kind.EVENT, modified_before=before, skip=passed, most=_AT_ONCE):
        over = [each.id for each in old if _is_over(each, before)]
        store.drop_vtn_events(over)
        passed += len(old) - len(over)
        yield len(over)


def _is_over(kept: VtnObject, before: datetime) -> bool:
    """Return whether an event says nothing of any moment from `before` on; one that repeats itself may."""
    try:
        event = parse(Event, shown(kept))
    except UnacceptableError:
        return True  # Nobody can make anything of it.
    return event.duration is None and not is_active(kept, before)
