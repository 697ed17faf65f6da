"""What codes that are over came to, as homes and volunteer are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.flash_mob import VILLAGE, Change, MeasuredResponse
from battery_commons.mob.evening import Result, ResultState
from battery_commons.store import Store
from battery_commons.store.flash_mob import MeasuredCode

GIVE_UP_AFTER = timedelta(days=8)
"""Readings that have not come in by then are not waited for."""


@dataclass(frozen=True, slots=True)
class CodeOver:
    """A code that is over."""

    code: MeasuredCode
    response: MeasuredResponse | None
    """Of the village; None where it was not measured, or is not yet."""
    is_given_up: bool
    """Whether it ended so long ago that nothing more is waited for, though nobody closed it."""

    @property
    def state(self) -> ResultState:
        """How far its result is."""
        if self.response is not None:
            return ResultState.MEASURED
        is_over = self.code.closed or self.is_given_up
        return ResultState.UNMEASURED if is_over else ResultState.WAITING

    def result(self, own: Change | None = None) -> Result:
        """Return what is told of it; to a home with what it did itself."""
        village, homes = (self.response.window, self.response.homes) if self.response else (None, 0)
        return Result(self.code.start, self.code.end, self.state, village, own, homes)


def codes_over(store: Store, since: datetime, now: datetime) -> list[CodeOver]:
    """Return the codes that ended after `since`, by their start. Raises StoreError."""
    return over(store, store.codes_since(since), now)


def over(store: Store, codes: Sequence[MeasuredCode], now: datetime) -> list[CodeOver]:
    """Return those of `codes` that are over and were not withdrawn. Raises StoreError."""
    ended = [code for code in codes if code.end <= now and not code.withdrawn]
    responses = store.responses_of(VILLAGE, [code.id for code in ended])
    return [CodeOver(code, responses.get(code.id), now - code.end > GIVE_UP_AFTER) for code in ended]
