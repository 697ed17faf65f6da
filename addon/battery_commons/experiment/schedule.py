"""Which control model steers when: periods of whole local days, in blocks, in an order left to chance.

A block holds every model once, so that a slow change of the season meets all of them alike; within a block
the order is random, so that nothing else can go with one of them throughout (a randomised block design).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from hashlib import sha256

from battery_commons.domain.plan import ControlModel
from battery_commons.domain.time import MARKET_ZONE

LEAST_MODELS, MOST_MODELS = 2, 4
MOST_PERIOD_DAYS = 28
LEAST_REPEATS, MOST_REPEATS = 2, 60
"""Models that each had one period differ by whatever else was different in it."""
MOST_DAYS = 366
MOST_WASHOUT_HOURS = 48
MOST_WASHOUT_OF_ONE_DAY_HOURS = 12
MOST_SEED = 999_999
_DAY_HOURS = 24


@dataclass(frozen=True, slots=True)
class Period:
    """Some local days in a row under one model."""

    number: int
    """0 for the first."""
    block: int
    model: ControlModel
    first_day: date
    days: int

    @property
    def start(self) -> datetime:
        """The local midnight at which it begins, in UTC."""
        return midnight(self.first_day)

    @property
    def end(self) -> datetime:
        """The local midnight at which it ends, in UTC."""
        return midnight(self.first_day + timedelta(days=self.days))


@dataclass(frozen=True, slots=True)
class Design:
    """How an experiment is laid out. The same design is the same calendar, whoever works it out."""

    models: tuple[ControlModel, ...]
    """Each once; the others are compared with the first."""
    first_day: date
    period_days: int
    repeats: int
    """How many periods each model has: the number of blocks."""
    washout_hours: int
    """So long from a period's beginning nothing counts: batteries still hold what another model left."""
    seed: int
    """What the order follows from."""

    def __post_init__(self) -> None:
        """Refuse a design that cannot be carried out, with a ValueError that says why."""
        if not LEAST_MODELS <= len(self.models) <= MOST_MODELS or len(set(self.models)) < len(self.models):
            raise ValueError(f"{LEAST_MODELS} to {MOST_MODELS} different models are compared")
        if not 1 <= self.period_days <= MOST_PERIOD_DAYS:
            raise ValueError(f"a period lasts 1 to {MOST_PERIOD_DAYS} days")
        if not LEAST_REPEATS <= self.repeats <= MOST_REPEATS:
            raise ValueError(f"each model has {LEAST_REPEATS} to {MOST_REPEATS} periods")
        if not 0 <= self.washout_hours <= longest_washout_hours(self.period_days):
            most = longest_washout_hours(self.period_days)
            raise ValueError(f"with periods of {self.period_days} days the washout is 0 to {most} hours")
        if not 0 <= self.seed <= MOST_SEED:
            raise ValueError(f"the seed is 0 to {MOST_SEED}")
        if self.days > MOST_DAYS:
            raise ValueError(f"an experiment lasts {MOST_DAYS} days at most, not {self.days}")

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return len(self.models) * self.period_days * self.repeats

    @property
    def start(self) -> datetime:
        """The local midnight at which it begins, in UTC."""
        return midnight(self.first_day)

    @property
    def end(self) -> datetime:
        """The local midnight at which it ends, in UTC."""
        return midnight(self.first_day + timedelta(days=self.days))

    @property
    def lost_days(self) -> int:
        """How many days at the beginning of each period the washout takes whole."""
        return -(-self.washout_hours // _DAY_HOURS) if self.period_days > 1 else 0

    @property
    def counted_from(self) -> timedelta:
        """From how long after midnight on a day is measured.

        Where every day is the first of its period the washout is cut from all of them, so that they are all
        equally long; otherwise the days that it touches are left out, and the others are whole.
        """
        return timedelta(hours=self.washout_hours) if self.period_days == 1 else timedelta()

    @property
    def counted_days_per_model(self) -> int:
        """How many days count for each model if none is lost."""
        return self.repeats * (self.period_days - self.lost_days)

    def periods(self) -> Sequence[Period]:
        """Return all periods in their order."""
        return _periods(self)

    def period_on(self, day: date) -> Period | None:
        """Return the period in which a local day lies; None outside the experiment."""
        number, rest = divmod((day - self.first_day).days, self.period_days)
        periods = self.periods()
        return periods[number] if rest >= 0 and 0 <= number < len(periods) else None

    def model_at(self, moment: datetime) -> ControlModel | None:
        """Return the model whose turn it is at `moment`; None outside the experiment."""
        period = self.period_on(moment.astimezone(MARKET_ZONE).date())
        return period.model if period else None

    def counts(self, day: date) -> bool:
        """Return whether a day of the experiment is far enough from the beginning of its period."""
        period = self.period_on(day)
        return period is not None and (day - period.first_day).days >= self.lost_days

    def counting_days(self) -> list[date]:
        """Return the days that count if nothing goes wrong."""
        days = [self.first_day + timedelta(days=n) for n in range(self.days)]
        return [day for day in days if self.counts(day)]


@lru_cache(maxsize=8)
def _periods(design: Design) -> tuple[Period, ...]:
    """Return a design's periods: every day of an experiment asks for them."""
    order = [model for block in range(design.repeats) for model in _shuffled(design, block)]
    return tuple(
        Period(
            number,
            number // len(design.models),
            model,
            design.first_day + timedelta(days=number * design.period_days),
            design.period_days,
        )
        for number, model in enumerate(order)
    )


def _shuffled(design: Design, block: int) -> Sequence[ControlModel]:
    """Return the models in a block's order, which anybody can work out again: that of their digests."""
    return sorted(
        design.models, key=lambda model: sha256(f"{design.seed}/{block}/{model.value}".encode()).digest()
    )


def longest_washout_hours(period_days: int) -> int:
    """Return how long the washout may be, so that something of every period counts."""
    if period_days == 1:
        return MOST_WASHOUT_OF_ONE_DAY_HOURS
    return min(_DAY_HOURS * (period_days - 1), MOST_WASHOUT_HOURS)


def midnight(day: date) -> datetime:
    """Return the moment at which a local day begins, in UTC."""
    return datetime.combine(day, time(), MARKET_ZONE).astimezone(UTC)
