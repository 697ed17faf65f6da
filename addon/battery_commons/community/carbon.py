"""CO2: what is saved at least and at most, by a yearly mean. No data by the hour are at hand.

With the same factor all year, moving energy in time saves nothing: what batteries take from the grid less,
they feed in less, and they lose a part of it. That is the lower end. The upper end is if what would have been
fed in had replaced nothing, as when panels are switched off at noon. The truth lies between.
"""

from dataclasses import dataclass

from battery_commons.community.day import Flow

KG_PER_KWH = 0.300
"""Dutch electricity as produced in 2021, without the emissions of mining and building: CE Delft (2024),
Ketenemissies elektriciteit, actualisatie elektriciteitsmix 2021."""


@dataclass(frozen=True, slots=True)
class Saved:
    """A range, in kg of CO2."""

    at_least_kg: float
    """Below zero where batteries cost more than they save."""
    at_most_kg: float


def saved(otherwise: Flow, actual: Flow) -> Saved:
    """Return what was saved against what would have been, over the same quarter hours."""
    imported = (otherwise.import_wh - actual.import_wh) / 1000
    fed_in = (otherwise.feed_in_wh - actual.feed_in_wh) / 1000
    ends = sorted((KG_PER_KWH * (imported - fed_in), KG_PER_KWH * imported))
    return Saved(*ends)
