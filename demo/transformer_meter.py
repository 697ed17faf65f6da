"""A transformer's meter, which pushes its readings to the coordinator over HTTP."""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from http import HTTPStatus

from aiohttp import ClientError, ClientSession, ClientTimeout

from battery_commons.domain.time import SLOT, Clock, slot_start
from demo.process import DemoError

KEPT_READINGS = 2_000
"""What the meter holds on to while nobody listens; a message may carry 3000."""
READINGS_PER_SLOT = 4
LONGEST_WAIT_S = 10.0
HISTORY = timedelta(days=2)


class TransformerMeter:
    """Measures the load of one transformer, positive = import, and tells the coordinator."""

    def __init__(
        self,
        *,
        session: ClientSession,
        url: str,
        transformer_id: str,
        token: str,
        load_w: Callable[[datetime], float],
        clock: Clock,
    ) -> None:
        """Measure `load_w` (of a village time) for the coordinator at `url`."""
        self._session = session
        self._address = f"{url}/api/v1/meters/{transformer_id}/readings"
        self._headers = {"Authorization": f"Bearer {token}"}
        self._load_w = load_w
        self._clock = clock
        self._unsent: deque[tuple[datetime, float]] = deque(maxlen=KEPT_READINGS)
        self.pushed: deque[tuple[datetime, float]] = deque(maxlen=KEPT_READINGS)
        """What the coordinator has taken: village time and load."""

    async def back_fill(self) -> None:
        """Send the quarter hours of the past two days.

        Raises DemoError where the coordinator does not take them.
        """
        now = self._clock.now()
        start = slot_start(now) - HISTORY
        self._unsent.extend((moment, self._load_w(moment)) for moment in _slots(start, now))
        if not await self._push():
            raise DemoError(f"the coordinator does not take readings at {self._address}")

    async def run(self) -> None:
        """Measure and push several times per slot until cancelled; what cannot be sent is sent later."""
        wait_s = min(self._clock.wall_seconds(SLOT) / READINGS_PER_SLOT, LONGEST_WAIT_S)
        while True:
            now = self._clock.now()
            self._unsent.append((now, self._load_w(now)))
            await self._push()
            await asyncio.sleep(wait_s)

    async def _push(self) -> bool:
        """Send what has not been sent; return whether the coordinator took it.

        Raises DemoError when the coordinator answers that it does not want it.
        """
        sending = list(self._unsent)
        readings = [
            {"at": self._clock.to_wall(moment).isoformat(), "power_w": load_w} for moment, load_w in sending
        ]
        body = {"version": 1, "readings": readings}
        try:
            async with self._session.post(
                self._address, json=body, headers=self._headers, timeout=ClientTimeout(total=10)
            ) as response:
                if response.status != HTTPStatus.OK:
                    raise DemoError(f"the coordinator refused a meter's readings: {await response.text()}")
        except ClientError, TimeoutError:
            return False
        for _ in sending:
            self.pushed.append(self._unsent.popleft())
        return True


def _slots(start: datetime, end: datetime) -> list[datetime]:
    return [start + i * SLOT for i in range((end - start) // SLOT)]
