"""All figures of a backtest, one set per control model."""

from dataclasses import dataclass

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.measures.energy import EnergyMeasures, energy_measures
from battery_commons.simulation.measures.grid import GridMeasures, grid_measures
from battery_commons.simulation.measures.money import HomeMoney, VillageMoney, homes_money, village_money
from battery_commons.simulation.outcome import Backtest, Mode

CENT = 0.01


@dataclass(frozen=True, slots=True)
class ModelMeasures:
    """What one control model came to; all that is relative is against M1 in the same village and period."""

    model: ControlModel
    mode: Mode
    grid: GridMeasures
    money: VillageMoney
    homes: tuple[HomeMoney, ...]
    energy: EnergyMeasures

    @property
    def homes_that_lose(self) -> int:
        """How many homes pay at least a cent a month more than under M1."""
        return sum(home.extra_eur_per_month >= CENT for home in self.homes)

    @property
    def mean_extra_eur_per_month(self) -> float:
        """What the average home with a battery pays more than under M1."""
        return sum(home.extra_eur_per_month for home in self.homes) / max(len(self.homes), 1)


def measure(backtest: Backtest) -> tuple[ModelMeasures, ...]:
    """Return the figures of every outcome, in the backtest's order. Raises KeyError where M1 was not run."""
    m1 = backtest.outcome(ControlModel.M1)
    calendar = LocalCalendar.of(backtest.village.grid)
    return tuple(
        ModelMeasures(
            model=outcome.model,
            mode=outcome.mode,
            grid=grid_measures(backtest.village, outcome, m1, calendar),
            money=village_money(backtest, outcome, calendar),
            homes=homes_money(backtest, outcome, calendar),
            energy=energy_measures(backtest.village, outcome),
        )
        for outcome in backtest.outcomes
    )
