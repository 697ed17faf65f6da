"""What may be announced as code red or code green: the same by command and on the page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.time import SLOT
from battery_commons.wire.messages import MAX_POWER_W, MAX_REASON

SHORTEST, LONGEST = SLOT, timedelta(hours=4)
"""Shorter is over before it is noticed; longer is more than can be asked of people."""
AHEAD = timedelta(days=7)


class Wrong(StrEnum):
    """Why something cannot be announced."""

    ENDS_FIRST = "ends_first"
    IN_THE_PAST = "in_the_past"
    FAR_AHEAD = "far_ahead"
    LENGTH = "length"
    LONG_REASON = "long_reason"
    LARGE_EFFECT = "large_effect"
    EFFECT_SIGN = "effect_sign"


@dataclass(frozen=True, slots=True)
class Announcement:
    """A window that is about to be announced."""

    code: CongestionSignal
    start: datetime
    end: datetime
    reason: str
    expected_effect_w: float | None
    """The change of the village's load that is hoped for; negative = less import."""

    def problems(self, now: datetime) -> Iterator[Wrong]:
        """Give all that is wrong with it at `now`; nothing where it can be announced."""
        if self.end <= self.start:
            yield Wrong.ENDS_FIRST
        elif not SHORTEST <= self.end - self.start <= LONGEST:
            yield Wrong.LENGTH
        if self.start < now:
            yield Wrong.IN_THE_PAST
        elif self.start > now + AHEAD:
            yield Wrong.FAR_AHEAD
        if len(self.reason) > MAX_REASON:
            yield Wrong.LONG_REASON
        effect_w = self.expected_effect_w
        if effect_w is None:
            return
        if not abs(effect_w) <= MAX_POWER_W:
            yield Wrong.LARGE_EFFECT
        elif (effect_w > 0) != (self.code is CongestionSignal.GREEN):
            yield Wrong.EFFECT_SIGN
