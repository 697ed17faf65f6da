"""Code red and code green as the village keeps them: proposed, held against a baseline, measured."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from battery_commons.domain.grid import CongestionSignal

VILLAGE = "village"
"""Whose load is measured: the whole village's..."""
_HOME = "home/"


def of_transformer(transformer_id: str) -> str:
    """Return what the load behind one transformer is called..."""
    return f"transformer/{transformer_id}"


def of_home(home_id: str) -> str:
    """Return what one home's load is called."""
    return f"{_HOME}{home_id}"


def home_of(subject: str) -> str | None:
    """Return the home whose load it is; None for a transformer's or the village's."""
    return subject.removeprefix(_HOME) if subject.startswith(_HOME) else None


class Deed(StrEnum):
    """What residents say they did later (code red) or now (code green)."""

    WASHING = "washing"
    DRYING = "drying"
    DISHES = "dishes"
    COOKING = "cooking"
    CAR = "car"
    HEATING = "heating"
    HOT_WATER = "hot_water"
    OTHER = "other"


class Need(StrEnum):
    """Why a code is worth asking for."""

    LIMIT = "limit"
    """A transformer comes near its limit."""
    HIGHEST = "highest"
    """The village's load is as high as it seldom is."""


@dataclass(frozen=True, slots=True)
class Because:
    """The reason for one code."""

    need: Need
    name: str
    """Of the transformer; empty for the village as a whole."""
    figure: float
    """Need.LIMIT: the expected load as a share of the limit. Need.HIGHEST: of how many days it is one of the
    highest."""


@dataclass(frozen=True, slots=True)
class Change:
    """How much more was drawn than expected: below zero is less. A mean over a time, in W."""

    change_w: float
    low_w: float
    """The true change lies between these..."""
    high_w: float
    """...in 95 of 100 cases."""
    error_w: float
    """The standard error."""


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ANNOUNCED = "announced"
    DISMISSED = "dismissed"
    LAPSED = "lapsed"
    """Nobody announced it in time, or it was not needed any more."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A window that the village thinks worth asking for."""

    id: str
    """The local day and the code: there is one of each at most."""
    code: CongestionSignal
    start: datetime
    end: datetime
    because: Because
    effect: Change | None
    """What is expected of it, from what was measured before; None before the first event."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """What would be drawn in some hours without a code, as it was fixed when that was announced."""

    expected_w: tuple[float, ...]
    """By quarter hour, as the days before were."""
    bias_w: float
    """By how much more was drawn than that, on average, at the same hours of days without a code."""
    error_w: float
    """The standard error of one more such day..."""
    freedom: float
    """...with so many degrees of freedom."""
    placebos: int
    """On how many such days both rest."""
    days: tuple[date, ...]
    """Which days the expected load rests on."""


@dataclass(frozen=True, slots=True)
class CodeBaseline:
    """The baseline of one load for one code: for its window, and for the hours after it."""

    window: Baseline
    after: Baseline | None
    homes: tuple[str, ...] = ()
    """Of a village whose transformers are not measured, the homes whose sum it is."""


@dataclass(frozen=True, slots=True)
class MeasuredResponse:
    """What one load did in a window, and after it."""

    window: Change
    after: Change | None
    loads_w: tuple[float, ...]
    """By quarter hour without batteries, of the window and, once measured, of the hours after it."""
    homes: int = 0
    """Of how many homes it is the sum; 0 where it is measured as a whole."""
