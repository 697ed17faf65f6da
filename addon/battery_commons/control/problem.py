"""What a control model is given: batteries as they stand, and what is expected of the grid."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import TimeGrid

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ControlProblem:
    """N batteries behind K transformers over T slots."""

    grid: TimeGrid
    batteries: Sequence[Battery]
    stored_wh: Floats
    """(N,) energy in each battery at the start of the first slot."""
    transformers: Sequence[Transformer]
    base_load_w: Floats
    """(K, T) expected load of each transformer without the batteries, positive = import."""
    import_price: Floats
    """(T,) EUR per kWh that the community pays for what it imports."""
    export_price: Floats
    """(T,) EUR per kWh that the community receives for what it feeds in."""

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit, figures that are not finite, and unknown transformers."""
        n, k, t = len(self.batteries), len(self.transformers), self.grid.slots
        shapes = {
            "stored_wh": (self.stored_wh, (n,)),
            "base_load_w": (self.base_load_w, (k, t)),
            "import_price": (self.import_price, (t,)),
            "export_price": (self.export_price, (t,)),
        }
        for name, (array, shape) in shapes.items():
            if array.shape != shape:
                raise ValueError(f"{name} has shape {array.shape}, not {shape}")
            if not np.isfinite(array).all():
                raise ValueError(f"{name} contains a figure that is not finite")
        known = {transformer.id for transformer in self.transformers}
        if strangers := {b.transformer_id for b in self.batteries} - known:
            raise ValueError(f"batteries behind unknown transformers: {sorted(strangers)}")

    def behind(self) -> Floats:
        """Return (K, N) with 1 where battery n hangs behind transformer k, else 0."""
        ids = [transformer.id for transformer in self.transformers]
        incidence = np.zeros((len(ids), len(self.batteries)))
        for n, battery in enumerate(self.batteries):
            incidence[ids.index(battery.transformer_id), n] = 1.0
        return incidence

    def base_loads(self) -> dict[str, list[float]]:
        """Return the expected load of each transformer without its batteries, by its id."""
        return {
            transformer.id: [float(load) for load in loads]
            for transformer, loads in zip(self.transformers, self.base_load_w, strict=True)
        }
