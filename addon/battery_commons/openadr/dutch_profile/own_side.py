"""What the store knows of the village's side: who takes part, how batteries stand, what they delivered."""

from collections.abc import Sequence
from datetime import datetime

from battery_commons.domain.dutch_flex import DutchParticipation, Takers, home_of, takers
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.openadr.dutch_profile.calls import Called
from battery_commons.openadr.dutch_profile.objects import asset_of
from battery_commons.openadr.dutch_profile.offer import delivered_w, status_of
from battery_commons.openadr.dutch_profile.terms import QUARTER, OperationalStatus
from battery_commons.store import Store


def taking_part(store: Store, participation: DutchParticipation) -> list[Takers]:
    """Return who takes part behind each congestion point. Raises StoreError."""
    return takers(participation, store.on_feeder(), [each.battery for each in store.batteries()])


def statuses_of(store: Store, now: datetime, found: Sequence[Takers]) -> dict[str, OperationalStatus]:
    """Return, by Asset-ID, how the batteries behind congestion points stand. Raises StoreError."""
    suspended = {each.id for each in store.homes() if each.suspended_at is not None}
    latest = store.latest_battery_readings()
    return {
        asset_of(battery): status_of(
            latest[battery.id].at if battery.id in latest else None,
            now,
            is_suspended=home_of(battery) in suspended,
        )
        for each in found
        for battery in each.batteries
    }


def delivery_of(store: Store, clock: Clock, called: Called, behind: Takers) -> dict[datetime, float]:
    """Return how much less than its baseline a group drew (W), by quarter hour in wall time.

    Raises StoreError.
    """
    dispatch = called.dispatch
    first = min(each.start for each in dispatch.intervals)
    start, end = slot_start(clock.to_village(first)), clock.to_village(dispatch.end)
    means = store.battery_slot_means(start, end + SLOT)
    by_slot = delivered_w(called.rests_on.baseline_w, behind.given, means)
    quarters = [first + k * QUARTER for k in range((dispatch.end - first) // QUARTER)]
    return {at: by_slot[slot] for at in quarters if (slot := slot_start(clock.to_village(at))) in by_slot}
