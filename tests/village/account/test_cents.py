"""Parts that always sum."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.account.cents import split
from battery_commons.account.units import PARTS_PER_CENT, nearest_cent, up_to_cent

weights = st.dictionaries(st.text(min_size=1), st.integers(0, 10**12), min_size=1).filter(
    lambda w: any(w.values())
)


@given(st.integers(0, 10**9), weights, st.randoms())
def test_parts_sum_are_near_what_is_due_and_do_not_depend_on_the_order(
    cents: int, weights: dict[str, int], random: Random
) -> None:
    parts = split(cents, weights, "2027-02")
    assert sum(parts.values()) == cents
    total = sum(weights.values())
    for name, part in parts.items():
        assert abs(part * total - cents * weights[name]) < total
        assert part == 0 or weights[name]
    names = list(weights)
    random.shuffle(names)
    assert split(cents, {name: weights[name] for name in names}, "2027-02") == parts


def test_it_is_not_always_the_same_member_who_is_a_cent_ahead() -> None:
    ahead = set()
    for month in range(1, 13):
        parts = split(100, {"a": 1, "b": 1, "c": 1}, f"2027-{month:02}")
        ahead.add(max(parts, key=lambda name: parts[name]))
    assert ahead == {"a", "b", "c"}


@pytest.mark.parametrize(("cents", "parts"), [(-1, {"a": 1}), (5, {"a": 0}), (5, {}), (5, {"a": 2, "b": -1})])
def test_what_cannot_be_split_is_refused(cents: int, parts: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="cannot be split"):
        split(cents, parts, "x")


def test_whole_cents_are_kept_and_the_rest_is_rounded_up() -> None:
    assert [up_to_cent(p) for p in (0, 1, PARTS_PER_CENT, -1, -PARTS_PER_CENT)] == [0, 1, 1, 0, -1]
    assert nearest_cent(PARTS_PER_CENT // 2) == 1
