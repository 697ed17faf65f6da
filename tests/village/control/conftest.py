"""A small village to plan for."""

from datetime import UTC, datetime

import numpy as np
import pytest

from battery_commons.control.problem import BillingMeter, ControlProblem
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import TimeGrid

START = datetime(2025, 6, 1, tzinfo=UTC)


def make_problem(
    *,
    batteries: int = 3,
    base_load_kw: list[float] | np.ndarray | None = None,
    import_price: list[float] | np.ndarray | None = None,
    export_price: list[float] | np.ndarray | None = None,
    stored_share: float = 0.5,
    limit_kw: float = 250.0,
    reserve: float = 0.1,
) -> ControlProblem:
    """Return a problem with `batteries` of 10 kWh / 5 kW behind one transformer."""
    base = np.asarray(_sunny_day() if base_load_kw is None else base_load_kw, dtype=float)
    slots = len(base)
    buy = np.full(slots, 0.30) if import_price is None else np.asarray(import_price, dtype=float)
    sell = buy - 0.15 if export_price is None else np.asarray(export_price, dtype=float)
    return ControlProblem(
        grid=TimeGrid(START, slots),
        batteries=[
            Battery(f"home-{n}/b", "t1", 10_000, 5_000, 5_000, reserve=reserve) for n in range(batteries)
        ],
        stored_wh=np.full(batteries, stored_share * 10_000),
        transformers=[Transformer("t1", "Brink", 1000 * limit_kw)],
        base_load_w=1000 * base[np.newaxis, :],
        meters=[BillingMeter(net_w=1000 * base, import_price=buy, export_price=sell)],
    )


def _sunny_day() -> np.ndarray:
    """Return a load with feed-in of 150 kW at noon and import of 120 kW in the evening."""
    hour = np.arange(96) / 4
    sun, evening = np.exp(-(((hour - 12) / 3) ** 2)), np.exp(-(((hour - 19) / 2) ** 2))
    return np.asarray(60 - 210 * sun + 60 * evening)


@pytest.fixture
def sunny_day() -> ControlProblem:
    """Three batteries, half full, before a sunny day."""
    return make_problem()
