"""What many callers are told alike: looked up once for all of them, and kept for a moment."""

import asyncio
import time
from collections.abc import Callable, Hashable

KEPT_FOR_S = 1.0
"""Of wall time: a tenth of the time between two calls of a home."""


class Kept[Key: Hashable, Found]:
    """Keeps one thing for each of a few keys. For one event loop."""

    def __init__(
        self, look_up: Callable[[Key], Found], seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Find things by `look_up`, off the event loop; `seconds` is a clock that only runs forward."""
        self._look_up = look_up
        self._seconds = seconds
        self._kept: dict[Key, tuple[float, asyncio.Task[Found]]] = {}

    async def get(self, key: Key) -> Found:
        """Return what belongs to `key`, for which looking it up began at most a second ago.

        Whoever asks meanwhile waits for the same. Raises what `look_up` raises; that is not kept.
        """
        now = self._seconds()
        kept = self._kept.get(key)
        if kept is None or now - kept[0] > KEPT_FOR_S or _failed(kept[1]):
            kept = now, asyncio.create_task(asyncio.to_thread(self._look_up, key))
            self._kept[key] = kept
        looking = kept[1]
        # One caller that hangs up does not take it from the others.
        return looking.result() if looking.done() else await asyncio.shield(looking)


def _failed(task: asyncio.Task[object]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
