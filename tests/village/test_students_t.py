"""Student's t: the figures of the tables, and both ways round."""

import pytest

from battery_commons.students_t import quantile, share_below


@pytest.mark.parametrize(
    ("freedom", "reach"), [(1, 12.706), (4, 2.776), (10, 2.228), (30, 2.042), (1e9, 1.960)]
)
def test_ninety_five_per_cent_lies_within_the_figure_of_the_tables(freedom: float, reach: float) -> None:
    assert quantile(0.975, freedom) == pytest.approx(reach, abs=5e-4)
    assert share_below(-reach, freedom) == pytest.approx(0.025, abs=5e-4)
