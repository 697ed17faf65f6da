"""A village whose every day is known under every model: what no real one knows, to hold experiments to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING
from battery_commons.domain.time import SLOTS_PER_DAY
from battery_commons.experiment.comparison import Comparison, compare
from battery_commons.experiment.counted import CountedDay
from battery_commons.experiment.measure import Measure
from battery_commons.experiment.outcomes import DayLoads, outcomes, without_batteries
from battery_commons.experiment.record import DayWeather
from battery_commons.experiment.schedule import Design
from battery_commons.simulation.backtest import BacktestRequest, run_model
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.measures.calendar import LocalCalendar
from battery_commons.simulation.outcome import Mode, Outcome
from battery_commons.simulation.recorded import RecordedVillage


@dataclass(frozen=True, slots=True)
class ReplayedDay:
    """A day of the built-in village under every model that was replayed."""

    weather: DayWeather
    price: float
    of_model: Mapping[ControlModel, Mapping[Measure, float]]
    alone: Mapping[Measure, float]
    """Without batteries."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Whole local days in a row."""

    days: Mapping[date, ReplayedDay]

    def lived(
        self, design: Design, acting: Mapping[ControlModel, ControlModel] | None = None
    ) -> list[CountedDay]:
        """Return what an experiment sees: of each day one model only; `acting` has one do as another."""
        seen = []
        for day in design.counting_days():
            period = design.period_on(day)
            assert period is not None
            model = (acting or {}).get(period.model, period.model)
            whole = self.days[day]
            seen.append(
                CountedDay(
                    day,
                    period.number,
                    period.block,
                    period.model,
                    whole.of_model[model],
                    whole.alone,
                    whole.weather,
                    whole.price,
                )
            )
        return seen

    def truth(self, design: Design, model: ControlModel, measure: Measure) -> float:
        """Return how a model really differs from the first one, on the days of an experiment."""
        return float(
            np.mean(
                [
                    of_model[model][measure] - of_model[design.models[0]][measure]
                    for of_model in (self.days[day].of_model for day in design.counting_days())
                    if measure in of_model[model]
                ]
            )
        )

    def found(self, design: Design) -> Comparison:
        """Return what an experiment finds."""
        return compare(design.models, self.lived(design))


def replay(models: Sequence[ControlModel], first_slot: int, days: int) -> Replayed:
    """Replay days of the built-in village under each model, which knows the future."""
    village = record_builtin().part(first_slot, days * SLOTS_PER_DAY)
    calendar = LocalCalendar.of(village.grid)
    run = {
        model: run_model(
            BacktestRequest(village, AFTER_NET_METERING, [model], Mode.PERFECT), model, lambda _share: None
        )
        for model in models
    }
    return Replayed(
        {
            day: _day(village, run, calendar.day_of == n)
            for n, day in enumerate(calendar.days)
            if calendar.whole[n]
        }
    )


def _day(village: RecordedVillage, run: Mapping[ControlModel, Outcome], inside: np.ndarray) -> ReplayedDay:
    price = village.day_ahead[inside]
    radiation = village.weather["radiation"][inside] if village.weather else np.zeros(1)
    ids = [each.id for each in village.transformers]
    limits_w = {each.id: each.limit_w for each in village.transformers}
    base_w = dict(zip(ids, village.base_load_w[:, inside], strict=True))
    loads = {
        model: DayLoads(
            dict(zip(ids, outcome.transformer_load_w[:, inside], strict=True)),
            limits_w,
            None if outcome.feeder_load_w is None else outcome.feeder_load_w[inside],
            base_w,
            AFTER_NET_METERING.import_price(price),
            AFTER_NET_METERING.export_price(price),
        )
        for model, outcome in run.items()
    }
    return ReplayedDay(
        DayWeather(10.0, float(radiation.mean())),
        float(price.mean()),
        {model: outcomes(each) for model, each in loads.items()},
        without_batteries(next(iter(loads.values()))),
    )
