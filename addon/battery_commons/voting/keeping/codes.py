"""What a vote on how often codes come would do, by what residents did in those that were measured."""

from datetime import datetime

from battery_commons.domain.flash_mob import Change
from battery_commons.domain.grid import CongestionSignal
from battery_commons.mob.keeping.results import codes_over
from battery_commons.mob.keeping.told import LEARNED_FROM
from battery_commons.mob.learned import expected_change
from battery_commons.store import Store
from battery_commons.voting.motion import Motion, Subject
from battery_commons.voting.vote import Effects, EffectSource, OptionEffect, Reckoned


def moved_by_codes(motion: Motion, store: Store, now: datetime) -> Reckoned | None:
    """Return what each option would move in a week; None before a code was measured. Raises StoreError.

    It is what is expected of one more code, red or green, as long as those before, as often as the option
    allows. Whether residents would go on as they did when they are asked more often, nobody knows.
    """
    if motion.subject is not Subject.CODES_PER_WEEK:
        return None
    over = codes_over(store, now - LEARNED_FROM, now)
    measured = [(each.code, each.response.window) for each in over if each.response is not None]
    expected = expected_change([_as_asked(code.code, change) for code, change in measured])
    if expected is None:
        return None
    hours = sum((code.end - code.start).total_seconds() for code, _ in measured) / 3600 / len(measured)
    kwh_per_w = hours / 1000
    options = {
        choice: OptionEffect(
            moved_kwh_per_week=float(value) * expected.change_w * kwh_per_w,
            moved_within_kwh=float(value) * (expected.high_w - expected.low_w) / 2 * kwh_per_w,
        )
        for choice, value in motion.options().items()
    }
    start = min(code.start for code, _ in measured)
    return Effects(EffectSource.CODES, start, options=options, codes=len(measured)), {}


def _as_asked(code: CongestionSignal, change: Change) -> Change:
    """Return a change such that what was asked for is above zero."""
    if code is CongestionSignal.GREEN:
        return change
    return Change(-change.change_w, -change.high_w, -change.low_w, change.error_w)
