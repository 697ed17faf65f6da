"""What the age of data cost a village that was made up, for pages and reports to show."""

from datetime import UTC, datetime, timedelta

from battery_commons.domain.plan import ControlModel
from battery_commons.own_past.data_age import About, Result
from battery_commons.simulation.data_age import AGES, AgeFigures, DataAges, ForecastFigures
from battery_commons.simulation.data_age_days import Estimate

MADE_AT = datetime(2016, 6, 20, 9, 0, tzinfo=UTC)
END = datetime(2016, 6, 19, 22, 0, tzinfo=UTC)


def spread(value: float, off: float) -> Estimate:
    return Estimate(value, value - off, value + off)


def found(place: int, *, days: int = 49, has_guard: bool = False, feeder: bool = False) -> AgeFigures:
    """Return what the age at this place came to: the older, the worse."""
    forecast = ForecastFigures(9_000 + 900 * place, 0.12 - 0.04 * place, spread(0.04 * place, 0.01 * place))
    return AgeFigures(
        age=AGES[place],
        has_guard=has_guard,
        transformers=forecast,
        feeder=forecast if feeder else None,
        peak_reduction=0.05 - 0.008 * place + 0.01 * has_guard,
        weekly_peak_reduction=0.04 - 0.006 * place if days >= 7 else None,
        peak_lost=spread(0.008 * place, 0.005),
        saving_eur_per_year=spread(900 - 30 * place, 60),
        eur_lost_per_year=spread(30.0 * place, 20),
    )


def figures(*, days: int = 49, ages: int = len(AGES), feeder: bool = False) -> DataAges:
    return DataAges(
        village="Ansen",
        model=ControlModel.M5 if feeder else ControlModel.M4,
        tariff="After net metering",
        record_days=days + 35,
        start=END - timedelta(days=days),
        end=END,
        days=days,
        weeks=days // 7,
        learned=days >= 14,
        ages=[found(place, days=days, feeder=feeder) for place in range(ages)],
        guarded=found(0, days=days, has_guard=True, feeder=feeder),
    )


def result(*, is_example: bool = False, days: int = 49, feeder: bool = False) -> Result:
    return Result(About(MADE_AT, is_example, "after-net-metering", ()), figures(days=days, feeder=feeder))
