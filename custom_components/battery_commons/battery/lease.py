"""How long a plan counts by a clock that nobody can set. Pure."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from ..community.inbox import CLOCK_TOLERANCE
from ..community.plan import BatteryPlan, HomePlan

UNSET_WITHIN = timedelta(seconds=5)
"""How far two clocks may be apart and still tell the same time."""


class LeaseClock:
    """Ends a lease in time, also when the clock on the wall is set back meanwhile.

    A lease ends at a moment. When a plan is first seen, that is so many seconds away, and more than those it
    never gets.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        """Count seconds by `monotonic`."""
        self._monotonic = monotonic
        self._lease_until: datetime | None = None
        self._ends_at = 0.0

    def in_force(self, home_plan: HomePlan, plan: BatteryPlan, now: datetime) -> BatteryPlan | None:
        """Return a plan with the lease that it still has by both clocks.

        None where it is from the future: then the clock on the wall is wrong, and what it tells is nothing.
        """
        if plan.lease_until != self._lease_until:
            self._lease_until = plan.lease_until
            self._ends_at = self._monotonic() + (plan.lease_until - now).total_seconds()
        if home_plan.issued_at - now > CLOCK_TOLERANCE:
            return None
        ends = now + timedelta(seconds=self._ends_at - self._monotonic())
        return plan if plan.lease_until - ends <= UNSET_WITHIN else replace(plan, lease_until=ends)
