"""The built-in village as a record that a backtest can live through."""

from collections.abc import Sequence
from dataclasses import replace
from math import inf

import numpy as np

from battery_commons.domain.grid import Feeder
from battery_commons.domain.tariff import Price
from battery_commons.sense.prices.synthetic import synthetic_prices
from battery_commons.simulation.prices import prices_for
from battery_commons.simulation.recorded import RecordedVillage, Site
from battery_commons.simulation.village import load_village

SYNTHETIC_YEAR = 2016
"""The village's own year, so that synthetic prices need not be moved."""


def record_builtin(day_ahead: Sequence[Price] | None = None) -> RecordedVillage:
    """Return the built-in village's whole year.

    Args:
        day_ahead: Prices of at least 52 weeks of any year, put on the village's year by `prices_for`. None
            takes synthetic ones, which are not market prices: whoever shows them says so.

    Raises:
        ValueError: The prices do not make a year.
    """
    village = load_village()
    sites = tuple(Site(c.id, c.name, c.transformer_id) for c in village.connections)
    index = {site.id: s for s, site in enumerate(sites)}
    members = village.battery_connections
    return RecordedVillage(
        name=village.name,
        grid=village.time_grid,
        transformers=village.transformers,
        base_load_w=np.stack([village.transformer_load_w(t.id) for t in village.transformers]),
        sites=sites,
        site_net_w=np.stack([village.net_w(site.id) for site in sites]),
        # The pilot's 10 kWh are usable; what a resident keeps in reserve would come off it.
        batteries=tuple(replace(c.battery, reserve=0.0) for c in members if c.battery),
        site_of=np.array([index[c.id] for c in members], dtype=np.intp),
        day_ahead=prices_for(
            village.time_grid, synthetic_prices(SYNTHETIC_YEAR) if day_ahead is None else day_ahead
        ),
        # The data do not say what the feeder may carry.
        feeder=Feeder("feeder", "Feeder", inf),
        feeder_background_w=village.feeder_background_w,
        weather={"radiation": village.radiation},
    )
