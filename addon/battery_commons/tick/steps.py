"""The steps of a tick: each bounded in time, each counted, and none of them twice at once."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Step(StrEnum):
    """What a tick does, in its order; and what goes on beside ticks."""

    RESUME = "resume"
    TAKE_STOCK = "take_stock"
    FORECAST = "forecast"
    DECIDE = "decide"
    RECORD = "record"
    DISPATCH = "dispatch"
    ACTIVATIONS = "activations"
    TRAIN = "train"
    GUARD = "guard"


DEADLINES_S: Mapping[Step, float] = {
    Step.RESUME: 60.0,
    Step.TAKE_STOCK: 300.0,  # the first time, a year of a thousand homes is read
    Step.FORECAST: 60.0,
    Step.DECIDE: 180.0,  # the solver's own time is control.models.LONGEST_S
    Step.RECORD: 60.0,
    Step.DISPATCH: 120.0,
    Step.ACTIVATIONS: 30.0,
    Step.TRAIN: 3600.0,  # beside ticks, which go on with what was learned before
    Step.GUARD: 50.0,
}
"""In wall seconds. The steps of one tick together end within a quarter hour."""


class OverrunError(Exception):
    """A step was not done by its deadline, or is still busy since an earlier tick."""


@dataclass(slots=True)
class StepRecord:
    """How one step has gone since the start."""

    done: int = 0
    failed: int = 0
    """Those that overran among them."""
    seconds: float = 0.0
    """Wall time, of those that were done and those that failed."""


@dataclass(frozen=True, slots=True)
class TickFigures:
    """How ticks and their steps have gone since the start."""

    ticks: int = 0
    failed: int = 0
    steps: Mapping[Step, StepRecord] = field(default_factory=dict)


@dataclass(slots=True)
class Steps:
    """Runs steps, and keeps count of them."""

    deadlines_s: Mapping[Step, float] = field(default_factory=lambda: DEADLINES_S)
    records: dict[Step, StepRecord] = field(default_factory=lambda: {step: StepRecord() for step in Step})
    _behind: dict[Step, asyncio.Future[Any]] = field(default_factory=dict)
    """Those that overran: a thread cannot be stopped, only not waited for."""

    async def run[T](self, step: Step, work: Callable[[], Awaitable[T]]) -> T:
        """Return what `work` returns, and raise what it raises.

        Raises OverrunError at the step's deadline. The work is then left behind, and until it is done the
        step is not started again: OverrunError is raised at once.
        """
        record = self.records[step]
        if (left := self._behind.get(step)) is not None and not left.done():
            record.failed += 1
            raise OverrunError(f"{step} is still busy since an earlier tick")
        started = time.monotonic()
        task = asyncio.ensure_future(work())
        try:
            done, _ = await asyncio.wait({task}, timeout=self.deadlines_s[step])
        except asyncio.CancelledError:
            task.cancel()
            raise
        finally:
            record.seconds += time.monotonic() - started
        if not done:
            record.failed += 1
            self._behind[step] = task
            task.add_done_callback(_forget)
            raise OverrunError(f"{step} was not done within {self.deadlines_s[step]:g} s")
        try:
            result = task.result()
        except BaseException:
            record.failed += 1
            raise
        record.done += 1
        return result


def _forget(task: asyncio.Future[Any]) -> None:
    """Let what went wrong after a deadline be: that the step overran has been told."""
    if not task.cancelled():
        task.exception()
