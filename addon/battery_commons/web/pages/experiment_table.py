"""The days of an experiment as a table (docs/experiments.md describes the columns)."""

from collections.abc import Iterator, Sequence

from battery_commons.domain.csv_rows import Cell
from battery_commons.experiment.record import DayRecord, Experiment


def rows(experiment: Experiment, records: Sequence[DayRecord]) -> Iterator[Sequence[Cell]]:
    """Return a heading, and a row for each day that was measured."""
    keys = sorted({key for each in records for key in each.outcomes})
    fixed = ("day", "block", "period", "model", "counts", "lost", "temperature_c", "radiation_w_m2")
    yield [*fixed, "day_ahead_eur_per_kwh", *keys, *(f"without_batteries/{key}" for key in keys)]
    for each in records:
        if (period := experiment.design.period_on(each.day)) is None:
            continue
        weather = each.weather
        yield [
            each.day.isoformat(),
            period.block + 1,
            period.number + 1,
            period.model.value,
            int(each.lost is None),
            each.lost.value if each.lost else None,
            weather.temperature_c if weather else None,
            weather.radiation_w_m2 if weather else None,
            each.price,
            *(each.outcomes.get(key) for key in keys),
            *(each.alone.get(key) for key in keys),
        ]
