"""What to expect of the next code, from what was measured in those before.

Events that were measured more exactly weigh more. What is expected is drawn towards nothing while events are
few, and as long as it cannot be told from nothing: one noisy evening promises nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from battery_commons.control.flash_mob import TRUST_AFTER, LearnedResponse
from battery_commons.domain.flash_mob import Change, MeasuredResponse, of_transformer
from battery_commons.mob.baseline import Floats

_NORMAL_95 = 1.96
"""Standard deviations on either side of a mean that hold 95 of 100."""


def expected_change(measured: Sequence[Change]) -> Change | None:
    """Return what to expect of one more event of the same code; None before the first."""
    if not measured:
        return None
    mean_w, error_w = _weighted(measured)
    trusted = len(measured) / (len(measured) + TRUST_AFTER)
    expected_w = mean_w * trusted * _told_from_nothing(mean_w, error_w)
    within_w = _NORMAL_95 * error_w
    return Change(expected_w, expected_w - within_w, expected_w + within_w, error_w)


def learned_response(
    events: Sequence[Mapping[str, MeasuredResponse]], transformer_ids: Sequence[str]
) -> LearnedResponse:
    """Return what M6's plan rests on, from each event's responses by whose load it is.

    A transformer that was never measured is taken to do nothing.
    """
    subjects = [of_transformer(id_) for id_ in transformer_ids]
    counted = [event for event in events if any(subject in event for subject in subjects)]
    window_w, after_w = np.zeros((2, len(subjects)))
    for k, subject in enumerate(subjects):
        known = [event[subject] for event in counted if subject in event]
        window_w[k] = _mean([each.window for each in known])
        after_w[k] = _mean([each.after for each in known if each.after is not None])
    events_w: tuple[Floats, Floats] = window_w * len(counted), after_w * len(counted)
    return LearnedResponse(*events_w, events=len(counted))


def _mean(measured: Sequence[Change]) -> float:
    if not measured:
        return 0.0
    mean_w, error_w = _weighted(measured)
    return mean_w * _told_from_nothing(mean_w, error_w)


def _weighted(measured: Sequence[Change]) -> tuple[float, float]:
    """Return the mean weighted by exactness, and its standard error.

    Where events differ by more than their own errors, that is larger (the Birge ratio).
    """
    changes_w = np.array([each.change_w for each in measured])
    weights = 1 / np.maximum([each.error_w for each in measured], 1.0) ** 2
    mean_w = float(np.average(changes_w, weights=weights))
    scatter = 0.0
    if len(measured) > 1:
        scatter = float((weights * (changes_w - mean_w) ** 2).sum()) / (len(measured) - 1)
    return mean_w, (max(1.0, scatter) / float(weights.sum())) ** 0.5


def _told_from_nothing(mean_w: float, error_w: float) -> float:
    """Return 0 where a mean is no larger than its error, to 1 where it is far larger (James and Stein)."""
    return max(0.0, 1 - (error_w / mean_w) ** 2) if mean_w else 0.0
