"""What a kWh costs and earns under a stated tariff, exactly: in nEUR, without any rounding."""

import numpy as np
from numpy.typing import NDArray

from battery_commons.account.units import NANO_PER_1E5
from battery_commons.domain.home_tariff import StatedTariff

type Ints = NDArray[np.int64]


def import_nano(tariff: StatedTariff, day_ahead_1e5: Ints) -> Ints:
    """Return (T,) what a kWh from the grid costs at these day-ahead prices (1e-5 EUR/kWh)."""
    return tariff.import_share_1e4 * day_ahead_1e5 + tariff.import_fixed_1e5 * NANO_PER_1E5


def export_nano(tariff: StatedTariff, day_ahead_1e5: Ints) -> Ints:
    """Return (T,) what a kWh fed in earns; never below zero where the tariff says so."""
    earns = tariff.export_share_1e4 * day_ahead_1e5 + tariff.export_fixed_1e5 * NANO_PER_1E5
    return np.maximum(earns, 0) if tariff.export_floor else earns
