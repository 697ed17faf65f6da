"""What an experiment found, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.comparison import Difference, Verdict
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.web.pages.words.words import Words

_DECIMALS = {Kind.VARIANCE: 0, Kind.HOURS_OVER: 2, Kind.COST: 2, Kind.KEPT_SURPLUS: 1}
_LEAST_SHARE = 0.01
"""Less is not told as a figure: some thousand draws do not say it more exactly."""
_POWERS = frozenset({Kind.PEAK_IMPORT, Kind.PEAK_FEED_IN, Kind.FEEDER_PEAK})


@dataclass(frozen=True, slots=True)
class Teller:
    """Puts measures and differences into a language's words."""

    words: Words
    names: Mapping[str, str]
    """What transformers are called, by id."""

    def measure(self, measure: Measure) -> str:
        """Return what is measured, of what."""
        return self.words(f"measure_{measure.kind}", name=self.names.get(measure.subject, measure.subject))

    def value(self, measure: Measure, value: float) -> str:
        """Return a day's figure."""
        if measure.kind is Kind.KEPT_SURPLUS:
            return self.words.percent(value)
        return ("\N{MINUS SIGN}" if value < 0 else "") + self.size(measure, value)

    def size(self, measure: Measure, change: float) -> str:
        """Return the size of a difference, whatever its direction."""
        if measure.kind in _POWERS:
            return self.words.kilowatts(change)
        number = self.words.number(
            abs(change) * (100 if measure.kind is Kind.KEPT_SURPLUS else 1), _DECIMALS[measure.kind]
        )
        match measure.kind:
            case Kind.COST:
                return f"€ {number}"
            case Kind.KEPT_SURPLUS:
                return self.words("experiment_points", n=number)
            case Kind.VARIANCE:
                return f"{number} kW²"
            case _:
                return self.words("backtest_hours", hours=number)

    def change(self, measure: Measure, change: float) -> str:
        """Return a difference with its direction."""
        return f"{self.size(measure, change)} {self._way(change)}"

    def tell(self, first: ControlModel, found: Difference) -> str:
        """Return what was found, or that nothing can be told."""
        models = {"model": found.model.value, "first": first.value}
        if found.change is None or found.low is None or found.high is None:
            return self.words(
                "experiment_tells_too_few", **models, days=found.days, others=found.reference_days
            )
        if found.verdict is Verdict.SAME:
            value = self.value(found.measure, found.reference_mean or 0.0)
            return self.words("experiment_tells_same", **models, value=value)
        if found.verdict is Verdict.UNCLEAR:
            return self.words(
                "experiment_tells_unclear",
                **models,
                low=self.change(found.measure, found.low),
                high=self.change(found.measure, found.high),
            )
        near, far = sorted((found.low, found.high), key=abs)
        return self.words(
            "experiment_tells",
            **models,
            size=self.size(found.measure, found.change),
            way=self._way(found.change),
            low=self.size(found.measure, near),
            high=self.size(found.measure, far),
        )

    def drawn(self, share: float) -> str:
        """Return how often chance alone makes so much, when the order is drawn again."""
        little = share < _LEAST_SHARE
        shown = self.words.percent(_LEAST_SHARE if little else share)
        return self.words("experiment_drawn_seldom" if little else "experiment_drawn", share=shown)

    def _way(self, change: float) -> str:
        return self.words("experiment_lower" if change < 0 else "experiment_higher")
