"""What may be put to the vote, within the bylaws, and what each answer changes."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import isfinite

from battery_commons.domain.bylaws import Bounds, Bylaws, SharingRule
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.settings import VillageSettings
from battery_commons.domain.time import MARKET_ZONE

CHOICES = "abcde"
"""How the options of a motion are called, in their order."""
LEAST_OPTIONS, MOST_OPTIONS = 2, len(CHOICES)
LONGEST_TITLE, LONGEST_EXPLANATION, LONGEST_TEXT = 80, 1000, 80
AHEAD = timedelta(days=90)
"""Within so long from the proposal on, a vote is over and its result in force."""

type Value = str | float
"""What an option says: a name, a figure, or a text."""


class Subject(StrEnum):
    """What can be decided by vote."""

    CONTROL_MODEL = "control_model"
    CONGESTION_WEIGHT = "congestion_weight"
    MINIMUM_RESERVE = "minimum_reserve"
    SHARING = "sharing"
    FUND_SHARE = "fund_share"
    FUND_USE = "fund_use"
    """What the community fund is spent on: texts, which people carry out."""
    CODES_PER_WEEK = "codes_per_week"


STEERS = frozenset({Subject.CONTROL_MODEL, Subject.CONGESTION_WEIGHT, Subject.MINIMUM_RESERVE})
"""What changes the plans, so that a backtest can say what it does."""
_BOUNDS: Mapping[Subject, Callable[[Bylaws], Bounds]] = {
    Subject.CONGESTION_WEIGHT: lambda bylaws: bylaws.congestion_weight,
    Subject.MINIMUM_RESERVE: lambda bylaws: bylaws.minimum_reserve,
    Subject.FUND_SHARE: lambda bylaws: bylaws.fund_share,
    Subject.CODES_PER_WEEK: lambda bylaws: bylaws.codes_per_week,
}


class Wrong(StrEnum):
    """Why something cannot be put to the vote."""

    TITLE = "title"
    EXPLANATION = "explanation"
    OPTIONS = "options"
    SAME_OPTIONS = "same_options"
    VALUE = "value"
    OUT_OF_BOUNDS = "out_of_bounds"
    MODEL = "model"
    OPENS_IN_PAST = "opens_in_past"
    TOO_SHORT = "too_short"
    TAKES_EFFECT_FIRST = "takes_effect_first"
    FAR_AHEAD = "far_ahead"


@dataclass(frozen=True, slots=True)
class Motion:
    """A question that is put to all homes."""

    subject: Subject
    title: str
    explanation: str
    values: Sequence[Value]
    """What the options say, in the order of CHOICES."""
    opens_at: datetime
    closes_at: datetime
    takes_effect_at: datetime

    def options(self) -> Mapping[str, Value]:
        """Return what the options say, by how they are called."""
        return dict(zip(CHOICES, self.values, strict=False))

    def problems(
        self, bylaws: Bylaws, models: Collection[ControlModel], now: datetime
    ) -> Iterator[tuple[Wrong, str]]:
        """Give all that is wrong with it at `now`, each with what to do; nothing where it may be voted on.

        `models` are those that the village can be steered by.
        """
        if not _is_said(self.title, LONGEST_TITLE):
            yield Wrong.TITLE, f"give it a title of at most {LONGEST_TITLE} characters"
        if len(self.explanation) > LONGEST_EXPLANATION or "\0" in self.explanation:
            yield Wrong.EXPLANATION, f"explain it in at most {LONGEST_EXPLANATION} characters"
        if not LEAST_OPTIONS <= len(self.values) <= MOST_OPTIONS:
            yield Wrong.OPTIONS, f"give {LEAST_OPTIONS} to {MOST_OPTIONS} options"
        elif len({_as_read(value) for value in self.values}) < len(self.values):
            yield Wrong.SAME_OPTIONS, "no option may be there twice"
        for value in self.values:
            if problem := _value_problem(self.subject, value, bylaws, models):
                yield problem
        yield from self._time_problems(bylaws, now)

    def _time_problems(self, bylaws: Bylaws, now: datetime) -> Iterator[tuple[Wrong, str]]:
        if self.opens_at < now:
            yield Wrong.OPENS_IN_PAST, "a vote opens now or later"
        if max(self.opens_at, self.takes_effect_at) > now + AHEAD:
            yield Wrong.FAR_AHEAD, f"a result takes effect within {AHEAD.days} days from now"
        elif self.closes_at < days_later(self.opens_at, bylaws.vote_days):
            yield Wrong.TOO_SHORT, f"by the bylaws a vote is open for at least {bylaws.vote_days} days"
        if self.takes_effect_at < self.closes_at:
            yield Wrong.TAKES_EFFECT_FIRST, "a result takes effect at the close or later"


def _is_said(text: str, longest: int) -> bool:
    """Return whether `text` says something, in what every database takes."""
    return bool(text.strip()) and len(text) <= longest and "\0" not in text


def _as_read(value: Value) -> Value:
    """Return a value such that what reads the same is the same."""
    return " ".join(value.split()).casefold() if isinstance(value, str) else value


def _value_problem(
    subject: Subject, value: Value, bylaws: Bylaws, models: Collection[ControlModel]
) -> tuple[Wrong, str] | None:
    if subject in _BOUNDS:
        return _figure_problem(subject, value, _BOUNDS[subject](bylaws))
    if not isinstance(value, str):
        return Wrong.VALUE, f"an option about {subject} is a text"
    match subject:
        case Subject.CONTROL_MODEL:
            if value not in models:
                return Wrong.MODEL, f"the village can be steered by {', '.join(sorted(models))}"
        case Subject.SHARING:
            if value not in set(SharingRule):
                return Wrong.VALUE, f"the sharing rules are {', '.join(SharingRule)}"
        case _:
            if not _is_said(value, LONGEST_TEXT):
                return Wrong.VALUE, f"say each use of the fund in at most {LONGEST_TEXT} characters"
    return None


def _figure_problem(subject: Subject, value: Value, bounds: Bounds) -> tuple[Wrong, str] | None:
    if isinstance(value, str) or not isfinite(value):
        return Wrong.VALUE, f"an option about {subject} is a figure"
    if subject is Subject.CODES_PER_WEEK and value != int(value):
        return Wrong.VALUE, "codes per week are a whole number"
    if not bounds.hold(value):
        return Wrong.OUT_OF_BOUNDS, f"by the bylaws {subject} is {bounds.least:g} to {bounds.most:g}"
    return None


def days_later(moment: datetime, days: int) -> datetime:
    """Return the moment `days` later by the clock on the wall, or by 24 hours a day where that is sooner."""
    on_the_wall = moment.astimezone(MARKET_ZONE) + timedelta(days=days)
    return min(on_the_wall.astimezone(UTC), moment + timedelta(days=days))


def bounds_of(subject: Subject, bylaws: Bylaws) -> Bounds | None:
    """Return from where to where the bylaws let `subject` be set; None where it is no figure."""
    return _BOUNDS[subject](bylaws) if subject in _BOUNDS else None


def present(settings: VillageSettings, subject: Subject) -> Value | None:
    """Return what is in force about `subject`; None where that is no setting."""
    return _SETTINGS[subject].read(settings) if subject in _SETTINGS else None


def in_force(settings: VillageSettings, subject: Subject, value: Value) -> VillageSettings:
    """Return the settings with `value` in force. What the fund is used for is no setting: people see to it.

    Raises ValueError for a value that is none of the subject's.
    """
    return _SETTINGS[subject].changed(settings, value) if subject in _SETTINGS else settings


@dataclass(frozen=True, slots=True)
class _Setting:
    """How the setting that a subject is about is read, and changed."""

    read: Callable[[VillageSettings], Value]
    changed: Callable[[VillageSettings, Value], VillageSettings]


_SETTINGS: Mapping[Subject, _Setting] = {
    Subject.CONTROL_MODEL: _Setting(
        lambda of: of.control_model.value, lambda of, to: replace(of, control_model=ControlModel(str(to)))
    ),
    Subject.CONGESTION_WEIGHT: _Setting(
        lambda of: of.congestion_weight, lambda of, to: replace(of, congestion_weight=float(to))
    ),
    Subject.MINIMUM_RESERVE: _Setting(
        lambda of: of.minimum_reserve, lambda of, to: replace(of, minimum_reserve=float(to))
    ),
    Subject.SHARING: _Setting(
        lambda of: of.sharing.value, lambda of, to: replace(of, sharing=SharingRule(str(to)))
    ),
    Subject.FUND_SHARE: _Setting(lambda of: of.fund_share, lambda of, to: replace(of, fund_share=float(to))),
    Subject.CODES_PER_WEEK: _Setting(
        lambda of: float(of.codes.most_per_week),
        lambda of, to: replace(of, codes=replace(of.codes, most_per_week=int(to))),
    ),
}
