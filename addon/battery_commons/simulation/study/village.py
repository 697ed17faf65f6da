"""The village that a study varies: its record, more use and PV than it has today, and other prices."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from functools import cached_property

import numpy as np

from battery_commons.domain.tariff import Price
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOTS_PER_DAY
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.prices import prices_for
from battery_commons.simulation.recorded import Floats, RecordedVillage
from battery_commons.simulation.village import load_village

OWN_PRICES = "own"
"""The label of the prices that the record itself has."""


@dataclass(frozen=True, eq=False)
class StudyVillage:
    """A record of S sites over T slots, with what is known beyond it."""

    record: RecordedVillage
    pv_w: Floats | None = None
    """(S, T) what each site's PV yields, never negative; None where only net loads are on record."""
    prices: Mapping[str, Floats] = field(default_factory=dict)
    """Other day-ahead prices (T,) than the record's own, by label; EUR per kWh."""

    @cached_property
    def digest(self) -> str:
        """What tells this village, its period and its prices from all others."""
        digest = hashlib.sha256()
        for each in fields(self.record):
            _add(digest, getattr(self.record, each.name))
        _add(digest, self.pv_w)
        _add(digest, self.prices)
        return digest.hexdigest()[:16]

    def priced(self, label: str) -> StudyVillage:
        """Return the village at other prices. Raises ValueError for prices that nobody has given."""
        if label == OWN_PRICES:
            return self
        if label not in self.prices:
            raise ValueError(f"there are no prices {label!r}; there are {[OWN_PRICES, *self.prices]}")
        return replace(self, record=replace(self.record, day_ahead=self.prices[label]))

    def part(self, first: int, slots: int) -> StudyVillage:
        """Return `slots` slots, from the slot of index `first` on."""
        cut = slice(first, first + slots)
        return StudyVillage(
            self.record.part(first, slots),
            None if self.pv_w is None else self.pv_w[:, cut],
            {label: prices[cut] for label, prices in self.prices.items()},
        )

    def days(self, first_day: date | None, days: int | None) -> StudyVillage:
        """Return local days of the record; None is as far as it goes.

        Raises ValueError where they are not on record.
        """
        if first_day is None and days is None:
            return self
        grid = self.record.grid
        first = 0
        if first_day is not None:
            midnight = datetime.combine(first_day, time(), MARKET_ZONE).astimezone(UTC)
            first = (midnight - grid.start) // SLOT
        left = grid.slots - first
        slots = left if days is None else days * SLOTS_PER_DAY
        if first < 0 or not 0 < slots <= left:
            raise ValueError(
                f"the record runs from {grid.start:%Y-%m-%d %H:%M} to {grid.end:%Y-%m-%d %H:%M} UTC; "
                "ask for days within it"
            )
        return self.part(first, slots)


def builtin_village() -> StudyVillage:
    """Return the built-in village, whose use and PV are known apart."""
    village = load_village()
    pv_w = np.stack([village.pv_w(connection.id) for connection in village.connections])
    return StudyVillage(record_builtin(), pv_w)


def grown(
    village: StudyVillage, *, use: float = 1.0, pv: float = 1.0, feeder: float = 1.0
) -> RecordedVillage:
    """Return the record with `use` times as much use and `pv` times as much PV, in the same shape of day.

    Where use and PV are not known apart (sites of a village with net loads only, what a transformer carries
    beyond its sites, and always the rest of the feeder), what is drawn grows as use does and what is fed in
    as PV does. That is too little growth wherever the two cancel out within a quarter hour.

    Args:
        village: The village of today.
        use: Factor on use.
        pv: Factor on PV.
        feeder: Factor on the whole of the rest of the feeder: how large it is beside the village.
    """
    record, background_w = village.record, village.record.feeder_background_w
    if use == pv == feeder == 1.0:
        return record
    net_w = _net(record.site_net_w, use, pv)
    if village.pv_w is not None:
        net_w = use * (record.site_net_w + village.pv_w) - pv * village.pv_w
    behind = np.array(
        [[s.transformer_id == t.id for s in record.sites] for t in record.transformers], dtype=float
    )
    elsewhere_w = record.base_load_w - behind @ record.site_net_w
    return replace(
        record,
        site_net_w=net_w,
        base_load_w=behind @ net_w + _net(elsewhere_w, use, pv),
        feeder_background_w=None if background_w is None else feeder * _net(background_w, use, pv),
    )


def with_prices(village: StudyVillage, lists: Mapping[str, Sequence[Price]]) -> StudyVillage:
    """Return the village with further prices by label, put on its own days by `prices_for`."""
    grid = village.record.grid
    prices = {label: prices_for(grid, of_label) for label, of_label in lists.items()}
    return replace(village, prices={**village.prices, **prices})


def _net(load_w: Floats, use: float, pv: float) -> Floats:
    """Return a net load whose import grows as use does, and whose feed-in as PV does."""
    grown_w: Floats = np.where(load_w > 0, use, pv) * load_w
    return grown_w


def _add(digest: hashlib._Hash, value: object) -> None:
    if isinstance(value, np.ndarray):
        digest.update(f"{value.dtype}{value.shape}".encode())
        digest.update(np.ascontiguousarray(value).data)
    elif isinstance(value, Mapping):
        for key in value:
            digest.update(str(key).encode())
            _add(digest, value[key])
    else:
        digest.update(repr(value).encode())
