"""The simulated village: a year of real load and PV on two transformers and a feeder.

The data are an extract of SimBench (ODbL), described in docs/village-data.md.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.time import SLOT, TimeGrid, slot_start

FEEDER_PROFILE = "feeder"
RADIATION_PROFILE = "radiation"


@dataclass(frozen=True, slots=True)
class Profile:
    """A year of measured values as SimBench published them, in whole steps."""

    steps: NDArray[np.int16]
    unit_per_step: float

    def scaled(self, rated: float) -> NDArray[np.float64]:
        """Return the profile for something of size `rated`, in the unit of `rated`."""
        return np.multiply(self.steps, self.unit_per_step * rated, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Rated:
    """A load or a roof of PV: whose profile it follows, and its rated power."""

    profile: str
    rated_w: float


@dataclass(frozen=True, slots=True)
class Connection:
    """One house, shop or hall on the low-voltage grid."""

    id: str
    name: str
    transformer_id: str
    load: Rated
    pv: Rated | None
    battery: Battery | None


@dataclass(frozen=True, eq=False)
class Village:
    """A village whose every quarter hour of one year is known. Positive power is import."""

    name: str
    time_grid: TimeGrid
    transformers: tuple[Transformer, ...]
    connections: tuple[Connection, ...]
    profiles: Mapping[str, Profile]

    @property
    def battery_connections(self) -> tuple[Connection, ...]:
        """The connections that have a battery."""
        return tuple(connection for connection in self.connections if connection.battery)

    def connection(self, connection_id: str) -> Connection:
        """Return a connection; raises KeyError where there is none of that id."""
        for connection in self.connections:
            if connection.id == connection_id:
                return connection
        raise KeyError(connection_id)

    def slot(self, moment: datetime) -> int:
        """Return the index of the quarter hour that contains `moment`.

        Raises:
            ValueError: The moment has no time zone.
            IndexError: The moment is outside the village's year.
        """
        index = (slot_start(moment) - self.time_grid.start) // SLOT
        if not 0 <= index < self.time_grid.slots:
            raise IndexError(f"{moment.isoformat()} is outside the village's year")
        return index

    def load_w(self, connection_id: str) -> NDArray[np.float64]:
        """Return what a connection uses, mean power per slot."""
        load = self.connection(connection_id).load
        return self.profiles[load.profile].scaled(load.rated_w)

    def pv_w(self, connection_id: str) -> NDArray[np.float64]:
        """Return what the PV of a connection yields, mean power per slot, never negative."""
        pv = self.connection(connection_id).pv
        if pv is None:
            return np.zeros(self.time_grid.slots)
        return self.profiles[pv.profile].scaled(pv.rated_w)

    def net_w(self, connection_id: str) -> NDArray[np.float64]:
        """Return the load of a connection minus its PV, without its battery."""
        return self.load_w(connection_id) - self.pv_w(connection_id)

    def transformer_load_w(self, transformer_id: str) -> NDArray[np.float64]:
        """Return the sum of all connections behind a transformer, without batteries or losses.

        Raises KeyError where there is no transformer of that id.
        """
        if transformer_id not in {transformer.id for transformer in self.transformers}:
            raise KeyError(transformer_id)
        total = np.zeros(self.time_grid.slots)
        for connection in self.connections:
            if connection.transformer_id == transformer_id:
                total += self.net_w(connection.id)
        return total

    @property
    def feeder_background_w(self) -> NDArray[np.float64]:
        """The load of the other stations on the village's medium-voltage feeder."""
        return self.profiles[FEEDER_PROFILE].scaled(1.0)

    @property
    def radiation(self) -> NDArray[np.float64]:
        """(T,) hourly mean yield of four roofs elsewhere in the region, as a share of their rated power.

        It stands in for a day-ahead forecast of the radiation, which it is not: docs/village-data.md.
        """
        return self.profiles[RADIATION_PROFILE].scaled(1.0)

    def feeder_load_w(self) -> NDArray[np.float64]:
        """Return the load of the whole feeder with the village on it, without batteries or losses."""
        village_w = sum(self.transformer_load_w(transformer.id) for transformer in self.transformers)
        return self.feeder_background_w + village_w


def load_village() -> Village:
    """Return the village of the committed extract."""
    data = files("battery_commons.simulation") / "data"
    content = json.loads((data / "village.json").read_text(encoding="utf-8"))
    with as_file(data / "profiles.npy") as path:
        table: NDArray[np.int16] = np.load(path)
    return Village(
        name=content["name"],
        time_grid=TimeGrid(datetime.fromisoformat(content["start"]), table.shape[1]),
        transformers=tuple(Transformer(**transformer) for transformer in content["transformers"]),
        connections=tuple(_connection(row) for row in content["connections"]),
        profiles={
            profile["name"]: Profile(steps, profile["unit_per_step"])
            for profile, steps in zip(content["profiles"], table, strict=True)
        },
    )


def _connection(row: Mapping[str, Any]) -> Connection:
    battery = row["battery"] and Battery(
        id=f"{row['id']}/battery", transformer_id=row["transformer_id"], **row["battery"]
    )
    return Connection(
        id=row["id"],
        name=row["name"],
        transformer_id=row["transformer_id"],
        load=Rated(**row["load"]),
        pv=row["pv"] and Rated(**row["pv"]),
        battery=battery,
    )
