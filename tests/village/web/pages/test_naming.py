"""The order in which people look names up."""

from hypothesis import given
from hypothesis import strategies as st

from battery_commons.web.pages.naming import in_order


def test_numbers_are_in_their_own_order_and_upper_case_counts_as_lower() -> None:
    names = [
        "Zandpad 10",
        "zandpad 2",
        "Brink 3",
        "Zandpad 002a",
        "Zandpad",
        "12",
        "Zandpad 2-11",
        "Zandpad 2-9",
    ]

    assert sorted(names, key=in_order) == [
        "12",
        "Brink 3",
        "Zandpad",
        "zandpad 2",
        "Zandpad 2-9",
        "Zandpad 2-11",
        "Zandpad 002a",
        "Zandpad 10",
    ]


@given(st.lists(st.text()))
def test_any_names_can_be_put_in_order(names: list[str]) -> None:
    assert sorted(sorted(names, key=in_order)) == sorted(names)
