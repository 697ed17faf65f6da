"""Days that count, ready to be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from battery_commons.domain.plan import ControlModel
from battery_commons.experiment.measure import Measure
from battery_commons.experiment.record import DayRecord, DayWeather
from battery_commons.experiment.schedule import Design


@dataclass(frozen=True, slots=True)
class CountedDay:
    """A day that counts."""

    day: date
    period: int
    block: int
    model: ControlModel
    outcomes: Mapping[Measure, float]
    alone: Mapping[Measure, float]
    """What the day would have come to without batteries."""
    weather: DayWeather | None
    price: float | None = None
    """Mean day-ahead price, in EUR per kWh."""


def counted(design: Design, records: Sequence[DayRecord]) -> list[CountedDay]:
    """Return the days that count, with the model whose turn it was."""
    found = []
    for record in records:
        period = design.period_on(record.day)
        if record.lost is None and period is not None:
            found.append(
                CountedDay(
                    record.day,
                    period.number,
                    period.block,
                    period.model,
                    _by_measure(record.outcomes),
                    _by_measure(record.alone),
                    record.weather,
                    record.price,
                )
            )
    return found


def _by_measure(values: Mapping[str, float]) -> dict[Measure, float]:
    return {Measure.of_key(key): value for key, value in values.items()}
