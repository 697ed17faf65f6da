"""What is expected of the next code: nothing before the first, little of what may be chance."""

import numpy as np
import pytest

from battery_commons.domain.flash_mob import Change, MeasuredResponse, of_transformer
from battery_commons.mob.learned import expected_change, learned_response


def measured(change_w: float, error_w: float) -> Change:
    return Change(change_w, change_w - 2 * error_w, change_w + 2 * error_w, error_w)


def test_nothing_is_promised_before_the_first_event() -> None:
    assert expected_change([]) is None
    window_w, after_w = learned_response([], ["t1", "t2"]).expected_w()
    assert (window_w.tolist(), after_w.tolist()) == ([0, 0], [0, 0])


@pytest.mark.parametrize(("events", "share"), [(1, 1 / 4), (3, 1 / 2), (27, 0.9)])
def test_what_is_expected_is_drawn_to_nothing_while_events_are_few(events: int, share: float) -> None:
    expected = expected_change([measured(-10_000, 1)] * events)

    assert expected is not None
    assert expected.change_w == pytest.approx(-10_000 * share, rel=0.001)


def test_one_noisy_evening_promises_nothing() -> None:
    expected = expected_change([measured(-10_000, 15_000)])

    assert expected is not None
    assert expected.change_w == 0
    assert expected.low_w < 0 < expected.high_w


def test_what_was_measured_exactly_weighs_more() -> None:
    expected = expected_change([measured(-10_000, 100), *[measured(50_000, 100_000)] * 2])

    assert expected is not None
    assert expected.change_w == pytest.approx(-10_000 / 2, rel=0.01)


def test_events_that_differ_by_more_than_their_errors_say_so() -> None:
    alike = expected_change([measured(-10_000, 500)] * 4)
    unlike = expected_change([measured(w, 500) for w in (-4_000, -16_000, -7_000, -13_000)])

    assert alike is not None
    assert unlike is not None
    assert unlike.error_w > 5 * alike.error_w


def test_m6_learns_each_transformer_by_itself_and_takes_one_unmeasured_to_do_nothing() -> None:
    event = {
        of_transformer("t1"): MeasuredResponse(measured(-4_000, 10), measured(2_000, 10), ()),
        of_transformer("gone"): MeasuredResponse(measured(-9_000, 10), None, ()),
    }

    window_w, after_w = learned_response([event, event, event, {}], ["t1", "t2"]).expected_w()

    assert np.allclose(window_w, [-2_000, 0], rtol=0.001)
    assert np.allclose(after_w, [1_000, 0], rtol=0.001)
