"""A village as it was measured: everything that a backtest lives through, as plain arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Feeder, Transformer, on_feeder
from battery_commons.domain.time import SLOT, TimeGrid

type Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Site:
    """One connection: a house, a shop or a hall."""

    id: str
    name: str
    transformer_id: str


@dataclass(frozen=True, eq=False)
class RecordedVillage:
    """K transformers, S sites and N batteries over T quarter hours. Positive power is import."""

    name: str
    grid: TimeGrid
    transformers: tuple[Transformer, ...]
    base_load_w: Floats
    """(K, T) load of each transformer without the batteries."""
    sites: tuple[Site, ...]
    site_net_w: Floats
    """(S, T) net load of each site without its battery: use less PV."""
    batteries: tuple[Battery, ...]
    site_of: NDArray[np.intp]
    """(N,) index of the site that each battery stands in."""
    day_ahead: Floats
    """(T,) day-ahead price, EUR per kWh without taxes and fees."""
    feeder: Feeder | None = None
    feeder_background_w: Floats | None = None
    """(T,) load of everything on the feeder but the transformers on it; there where the feeder is."""
    weather: Mapping[str, Floats] | None = None
    """By name (radiation, wind, temperature): (T,) as it was forecast a day ahead, in any unit."""

    def part(self, first: int, slots: int) -> RecordedVillage:
        """Return `slots` slots of the record, from the slot of index `first` on."""
        cut = slice(first, first + slots)
        return replace(
            self,
            grid=TimeGrid(self.grid.start + first * SLOT, slots),
            base_load_w=self.base_load_w[:, cut],
            site_net_w=self.site_net_w[:, cut],
            day_ahead=self.day_ahead[cut],
            feeder_background_w=None if self.feeder_background_w is None else self.feeder_background_w[cut],
            weather=None if self.weather is None else {k: v[cut] for k, v in self.weather.items()},
        )

    @property
    def house_w(self) -> Floats:
        """(N, T) net load of each battery's site without the battery."""
        house: Floats = self.site_net_w[self.site_of]
        return house

    @property
    def on_feeder(self) -> NDArray[np.bool_]:
        """(K,) which transformers hang on the feeder; all of them where there is none."""
        on_it = on_feeder(self.transformers, has_feeder=self.feeder is not None)
        return np.array([transformer.id in on_it for transformer in self.transformers], dtype=bool)

    @property
    def transformer_of(self) -> NDArray[np.intp]:
        """(N,) index of each battery's transformer."""
        index = {transformer.id: k for k, transformer in enumerate(self.transformers)}
        return np.array([index[battery.transformer_id] for battery in self.batteries], dtype=np.intp)
