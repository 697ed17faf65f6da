"""What a village chose beside its control model, for a backtest to live by."""

from dataclasses import dataclass, replace

from battery_commons.simulation.recorded import RecordedVillage


@dataclass(frozen=True, slots=True)
class Chosen:
    """As in VillageSettings; the defaults change nothing."""

    congestion_weight: float = 1.0
    minimum_reserve: float = 0.0

    def planned_for(self, village: RecordedVillage) -> RecordedVillage:
        """Return the village as plans see it: each battery with at least the minimum reserve.

        What batteries do for their own houses goes by their own reserves still.
        """
        batteries = tuple(battery.keeping(self.minimum_reserve) for battery in village.batteries)
        return replace(village, batteries=batteries)


AS_USUAL = Chosen()
