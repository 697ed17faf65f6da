"""Of whose batteries a report may tell."""

from itertools import chain, combinations

from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.grid import Transformer
from battery_commons.domain.privacy import LEAST_HOMES
from battery_commons.openadr.reports.subjects import AGGREGATED, Subject, may_tell_batteries


@given(st.lists(st.tuples(st.integers(0, 7), st.booleans()), min_size=1, max_size=4))
def test_no_sum_and_no_difference_of_sums_is_of_fewer_than_five_homes(behind: list[tuple[int, bool]]) -> None:
    transformers = [
        Transformer(f"t{k}", "", 1_000, on_feeder=is_on_feeder) for k, (_, is_on_feeder) in enumerate(behind)
    ]
    homes = {f"t{k}": count for k, (count, _) in enumerate(behind)}
    some = chain.from_iterable(combinations(transformers, n) for n in range(1, len(transformers) + 1))
    told = [
        {each.id for each in part}
        for part in some
        if may_tell_batteries(Subject(AGGREGATED, part), transformers, homes)
    ]
    for whole in told:
        for known in chain.from_iterable(combinations(told, n) for n in range(4)):
            parts = list(chain.from_iterable(known))
            if len(parts) == len(set(parts)) and set(parts) <= whole:
                rest = sum(homes[id_] for id_ in whole.difference(parts))
                assert rest == 0 or rest >= LEAST_HOMES
