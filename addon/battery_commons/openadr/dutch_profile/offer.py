"""What a group of batteries has to offer, and what it delivered."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from battery_commons.domain.battery import Battery
from battery_commons.domain.dutch_flex import MaxDuration
from battery_commons.openadr.dutch_profile.terms import OperationalStatus

HEARD_WITHIN = timedelta(hours=1)
"""A battery that has not been heard of for longer cannot be counted on."""


def status_of(heard_at: datetime | None, now: datetime, *, is_suspended: bool) -> OperationalStatus:
    """Return whether a battery can deliver, by when it was last heard of."""
    if heard_at is None:
        return OperationalStatus.PENDING
    if is_suspended or now - heard_at > HEARD_WITHIN:
        return OperationalStatus.ERROR
    return OperationalStatus.NORMAL


def available_w(baseline_w: float, batteries: Sequence[Battery], longest: MaxDuration) -> float:
    """Return how much less than their baseline these batteries can draw for that long, zero or more.

    A call comes the day before, so they are full by then: from there each discharges evenly down to what its
    home keeps for itself.
    """
    lowest_w = sum(each.reach_w(each.capacity_wh, longest.hours)[0] for each in batteries)
    return max(baseline_w - lowest_w, 0.0)


def delivered_w(
    baseline_w: float, batteries: Sequence[Battery], measured_w: Mapping[str, Mapping[datetime, float]]
) -> dict[datetime, float]:
    """Return how much less than its baseline a group drew at least, by quarter hour, zero or more.

    `measured_w` is what each battery drew by its id and quarter hour. One that was not measured is taken to
    have charged as fast as it can: what is claimed was delivered with certainty. A quarter hour in which
    none was measured is left out.
    """
    starts = {start for each in batteries for start in measured_w.get(each.id, {})}
    return {
        start: max(
            baseline_w - sum(measured_w.get(each.id, {}).get(start, each.max_charge_w) for each in batteries),
            0.0,
        )
        for start in sorted(starts)
    }
