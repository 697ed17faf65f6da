"""What a page looks up for seconds: it waits a moment, and otherwise shows that it is under way."""

import asyncio
from collections.abc import Callable
from enum import Enum, auto

PATIENCE_S = 1.0
"""What takes longer is shown when it is there."""


class Looking[T]:
    """Looks something up in a thread, once: with many batteries that takes seconds."""

    def __init__(self, look: Callable[[], T]) -> None:
        """Begin."""
        self._task = asyncio.create_task(asyncio.to_thread(look))

    @property
    def is_under_way(self) -> bool:
        """Return whether it still looks."""
        return not self._task.done()

    @property
    def failed(self) -> bool:
        """Return whether looking raised something."""
        return self._task.done() and self._task.exception() is not None

    async def found(self) -> T | None:
        """Return what was found; None while it still looks. Raises what looking raises."""
        await asyncio.wait({self._task}, timeout=PATIENCE_S)
        return None if self.is_under_way else self._task.result()

    async def ended(self) -> None:
        """Wait until it does not look any more."""
        await asyncio.wait({self._task})


class LookedUp[T]:
    """Looks something up anew whenever it is asked for, unless it is at it already."""

    def __init__(self) -> None:
        """Look up nothing yet."""
        self._looking: Looking[T] | None = None

    async def ask(self, look: Callable[[], T]) -> T | None:
        """Return what was found; None while it still looks. Raises what looking raises."""
        looking = self._looking or Looking(look)
        self._looking = looking
        try:
            return await looking.found()
        finally:
            if not looking.is_under_way:
                self._looking = None


class Started(Enum):
    """What became of a start."""

    YES = auto()
    BUSY = auto()
    """Something else runs."""
    TOO_LITTLE = auto()
    """There is nothing that it could be about."""


class Starting:
    """Starts long work (background_run.py) that something is looked up for first."""

    def __init__(self) -> None:
        """Have nothing started yet."""
        self._last: Looking[Started] | None = None

    @property
    def is_under_way(self) -> bool:
        """Return whether what the work needs is still looked up."""
        return self._last is not None and self._last.is_under_way

    @property
    def failed(self) -> bool:
        """Return whether the last start went wrong."""
        return self._last is not None and self._last.failed

    async def begin(self, start: Callable[[], Started]) -> Started | None:
        """Start it, and return what became of that; None while it is under way. Raises what `start` does."""
        if self.is_under_way:
            return Started.BUSY
        self._last = Looking(start)
        return await self._last.found()

    async def ended(self) -> None:
        """Wait until the last start is done, so that what it started can be cancelled."""
        if self._last is not None:
            await self._last.ended()
