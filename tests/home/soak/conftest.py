"""Which days are lived through: two in the suite, as many as are asked for by script/soak."""

from datetime import UTC, datetime

import pytest

SPRING = datetime(2026, 3, 28, 23, tzinfo=UTC)
"""Midnight in the Netherlands before the day of 23 hours."""
AUTUMN = datetime(2026, 10, 24, 22, tzinfo=UTC)
"""Midnight before the day of 25 hours."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let script/soak ask for more; pytest asks here only where this folder is named."""
    parser.addoption("--seeds", type=int, nargs=2, metavar=("FROM", "TO"), help="the seeds to live through")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Choose the days."""
    if "start" not in metafunc.fixturenames:
        return
    if (seeds := metafunc.config.getoption("--seeds", default=None)) is None:
        # A whole day, and the night of the other change of the clocks.
        days = [(SPRING, 1, 24.0), (AUTUMN, 2, 8.0)]
    else:
        first, last = seeds
        days = [((SPRING, AUTUMN)[seed % 2], seed, 25.0) for seed in range(first, last + 1)]
    ids = [f"{start:%Y-%m-%d}, seed {seed}, {hours:.0f} h" for start, seed, hours in days]
    metafunc.parametrize(("start", "seed", "hours"), days, ids=ids)
