"""What residents did in a window: the load that was measured, held against the baseline."""

import numpy as np

from battery_commons.control.flash_mob import AFTER_SLOTS
from battery_commons.domain.flash_mob import Baseline, Change, CodeBaseline, MeasuredResponse
from battery_commons.domain.time import TimeGrid
from battery_commons.mob.baseline import Floats
from battery_commons.students_t import quantile

CONFIDENCE = 0.95


def aftermath(window: TimeGrid) -> TimeGrid:
    """Return the hours after a window, in which what was put off is done."""
    return TimeGrid(window.end, AFTER_SLOTS)


def response(
    baseline: CodeBaseline, window_w: Floats, after_w: Floats | None, homes: int = 0
) -> MeasuredResponse:
    """Return what one load did in a window, and after it where that has been measured.

    Both are loads in W by quarter hour, without batteries; `homes` is of how many they are the sum.
    """
    after = None
    if baseline.after is not None and after_w is not None:
        after = change(baseline.after, after_w)
    loads_w = [*window_w.tolist(), *([] if after_w is None else after_w.tolist())]
    inside = change(baseline.window, window_w)
    return MeasuredResponse(inside, after, tuple(loads_w), homes)


def usual(baseline: Baseline) -> Floats:
    """Return (slots,) in W what would be drawn without a code."""
    return np.array(baseline.expected_w) + baseline.bias_w


def change(baseline: Baseline, loads_w: Floats) -> Change:
    """Return by how much a load (W, by quarter hour) differs from its baseline, with its 95 % interval.

    The interval is Student's for one more day beside the placebos.
    """
    change_w = float((loads_w - usual(baseline)).mean())
    within_w = within(baseline)
    return Change(change_w, change_w - within_w, change_w + within_w, baseline.error_w)


def within(baseline: Baseline) -> float:
    """Return how far off a baseline's mean is at most (W), 95 times of 100."""
    return quantile((1 + CONFIDENCE) / 2, baseline.freedom) * baseline.error_w
