"""What the age of data costs, as a table: a row for each age, with units in the columns' names."""

import csv
import io

from battery_commons.simulation.data_age import AgeFigures, DataAges
from battery_commons.simulation.data_age_days import Estimate

type Row = dict[str, str | float | None]

_DECIMALS = 4


def data_age_csv(figures: DataAges) -> str:
    """Return the table; a cell is empty where a figure does not exist."""
    rows = [_row(figures, each) for each in (*figures.ages, figures.guarded)]
    written = io.StringIO()
    writer = csv.DictWriter(written, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def _row(figures: DataAges, each: AgeFigures) -> Row:
    row: Row = {
        "data_age_hours": each.age.total_seconds() / 3600,
        "guard": "yes" if each.has_guard else "no",
        "model": figures.model.value,
        "tariff": figures.tariff,
        "from": figures.start.isoformat(),
        "to": figures.end.isoformat(),
        "whole_days": figures.days,
        "whole_weeks": figures.weeks,
        "learned_forecasts": "yes" if figures.learned else "no",
    }
    for name, forecast in (("transformers", each.transformers), ("feeder", each.feeder)):
        row |= {
            f"{name}_mean_absolute_error_kw": _rounded(forecast.mae_w if forecast else None, 0.001),
            f"{name}_skill_percent": _rounded(forecast.skill if forecast else None, 100),
            **_estimate(f"{name}_skill_lost", "points", forecast.skill_lost if forecast else None, 100),
        }
    return row | {
        "peaks_of": "feeder" if figures.has_feeder else "transformers",
        "daily_peak_reduction_percent": _rounded(each.peak_reduction, 100),
        "weekly_peak_reduction_percent": _rounded(each.weekly_peak_reduction, 100),
        **_estimate("daily_peak_reduction_lost", "points", each.peak_lost, 100),
        **_estimate("saving", "eur_per_year", each.saving_eur_per_year),
        **_estimate("fresh_data_worth", "eur_per_year", each.eur_lost_per_year),
    }


def _estimate(name: str, unit: str, found: Estimate | None, times: float = 1) -> Row:
    return {
        f"{name}_{unit}": _rounded(found.value if found else None, times),
        f"{name}_low_{unit}": _rounded(found.low if found else None, times),
        f"{name}_high_{unit}": _rounded(found.high if found else None, times),
    }


def _rounded(value: float | None, times: float) -> float | None:
    return None if value is None else round(value * times, _DECIMALS)
