"""How often somebody may call. Pure: the clock is given."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_CALLERS = 20_000
"""How many callers are remembered: who has not called for longest is forgotten first."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one caller may do."""

    burst: float
    """So many calls at once."""
    per_second: float
    """So many from then on."""


CALLS_FROM_ADDRESS = Rate(burst=4000, per_second=200)
"""A thousand homes behind one address are 100 calls a second, and 2,000 at once after a restart."""
CALLS_WITH_TOKEN = Rate(burst=100, per_second=10)
"""A home calls every ten seconds; in a demonstration, which runs faster, some times a second."""
OWN_DATA_WITH_TOKEN = Rate(burst=20, per_second=0.2)
"""A year of one home's data takes seconds to read."""
WRONG_CODES_FROM_ADDRESS = Rate(burst=20, per_second=1 / 30)
"""A resident mistypes a few times; a code has 128 bits."""


class Buckets:
    """A bucket of tokens for each caller: every call takes one, and they come back with time."""

    def __init__(
        self, rate: Rate, seconds: Callable[[], float] = time.monotonic, most: int = MOST_CALLERS
    ) -> None:
        """Allow each caller `rate`; `seconds` is a clock that only runs forward."""
        self._rate = rate
        self._seconds = seconds
        self._most = most
        self._full_at: OrderedDict[str, float] = OrderedDict()
        """By caller, when the bucket will be full again; who is not in here has a full one."""

    def wait_s(self, caller: str) -> float:
        """Return for how long `caller` has to wait before the next call; zero where it may come now."""
        now = self._seconds()
        missing = max(0.0, self._full_at.get(caller, now) - now) * self._rate.per_second
        # Rounded, since a clock that has run for weeks is coarser than what adds up here.
        return max(0.0, round(missing + 1 - self._rate.burst, 6)) / self._rate.per_second

    def take(self, caller: str) -> None:
        """Count a call of `caller`, also one that comes too early."""
        now = self._seconds()
        full_at = max(self._full_at.pop(caller, now), now)
        self._full_at[caller] = full_at + 1 / self._rate.per_second
        if len(self._full_at) > self._most:
            self._full_at.popitem(last=False)

    def forget(self, caller: str) -> None:
        """Give `caller` a full bucket again."""
        self._full_at.pop(caller, None)
