"""What all parts of a report draw from, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.measures.measure import ModelMeasures, measure
from battery_commons.simulation.outcome import Backtest, Outcome
from battery_commons.simulation.recorded import Floats
from battery_commons.simulation.report.words import ReportWords


class Size(StrEnum):
    """Every picture is drawn twice: text that suits a desk is too small on a phone."""

    WIDE = "wide"
    NARROW = "narrow"

    @property
    def inches(self) -> float:
        """The width, at 72 pixels of the page to the inch."""
        return 13.0 if self is Size.WIDE else 4.7

    def columns(self, wide: int, narrow: int = 1) -> int:
        """Return how many panels go side by side."""
        return wide if self is Size.WIDE else narrow


@dataclass(frozen=True, eq=False)
class Story:
    """A backtest, its figures and its calendar, to be told in one language."""

    backtest: Backtest
    measures: Sequence[ModelMeasures]
    calendar: LocalCalendar
    words: ReportWords
    made_up_prices: bool = False
    """Prices that are not the market's are never shown without saying so."""

    @classmethod
    def of(cls, backtest: Backtest, language: str, *, made_up_prices: bool = False) -> Story:
        """Measure a backtest. Raises ValueError for a language that nobody has written."""
        words = ReportWords(language)
        calendar = LocalCalendar.of(backtest.village.grid)
        return cls(backtest, measure(backtest), calendar, words, made_up_prices)

    @property
    def m1(self) -> Outcome:
        """The yardstick."""
        return self.backtest.outcome(ControlModel.M1)

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """All outcomes."""
        return self.backtest.outcomes

    @property
    def others(self) -> Sequence[Outcome]:
        """All outcomes but M1's."""
        return [outcome for outcome in self.backtest.outcomes if outcome.model != ControlModel.M1]

    @property
    def steered(self) -> Sequence[ModelMeasures]:
        """All figures but M1's."""
        return [measures for measures in self.measures if measures.model != ControlModel.M1]

    @property
    def highest(self) -> str:
        """What the load is called whose daily peaks the region sees."""
        return self.words("the_feeder" if self.measures[0].grid.feeder else "the_village")

    def loads_w(self, outcome: Outcome) -> list[tuple[str, Floats]]:
        """Return every load of the grid, (T,), with its name: transformers first."""
        names = [transformer.name for transformer in self.backtest.village.transformers]
        loads = list(zip(names, outcome.transformer_load_w, strict=True))
        if outcome.feeder_load_w is not None:
            loads.append((self.words("feeder"), outcome.feeder_load_w))
        return loads
