"""What the checks look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.outside import SourceState
from battery_commons.domain.quality import Finding


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """The data folder."""

    path: str
    exists: bool
    writable: bool
    free_bytes: int
    """On its disk, for this user."""
    database_bytes: int
    """0 while there is none, or where it is on a server."""


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """The file of the signing key."""

    exists: bool
    mode: int
    """The rights' bits; 0 while there is no file."""
    problem: str | None
    """Why it cannot be used."""


@dataclass(frozen=True, slots=True)
class MeterFacts:
    """A transformer and its meter."""

    id: str
    measured_at: datetime | None
    """By its newest reading."""


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """A home that takes part, with at least one battery."""

    id: str
    heard_at: datetime | None
    """The home's own stamp on its newest reading."""
    sent: bool
    """Whether it was sent any plan lately."""
    accepted: bool
    """Whether it accepted one of those."""
    refusal: str | None
    """Why it refused the newest one, in the words of docs/protocol.md."""
    error: str | None
    """Why the newest one did not reach it."""


@dataclass(frozen=True, slots=True)
class OperatorFacts:
    """A line to a grid operator."""

    name: str
    """What the village calls the operator."""
    silent_for: timedelta | None
    """By the wall's clock, which operators live by; None where it was never heard of."""


@dataclass(frozen=True, slots=True)
class VillageFacts:
    """What is in the database."""

    findings: Sequence[Finding]
    """What is wrong with readings now."""

    prices_today: bool
    prices_tomorrow: bool
    transformers: Sequence[MeterFacts]
    homes: Sequence[HomeFacts]
    operators: Sequence[OperatorFacts] | None
    """None where this version cannot read the lines."""
    sources: Sequence[SourceState]
    """Of prices and of the weather."""
    has_place: bool
    """Whether the village has said where it lies."""
    weather_at: datetime | None
    """When the newest forecast of the weather was issued."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found, all at about one moment."""

    now: datetime
    """Village time."""
    market_prices: bool
    """Whether this village's clock is the market's: in a demonstration no prices are fetched."""
    folder: FolderFacts
    key: KeyFacts
    database_problem: str | None
    """What is wrong with the database, with what to do; None where it is sound, or not there yet."""
    database_there: bool
    upgrade_pending: bool
    """Whether the database is of an older version than this program."""
    running: bool
    """Whether a coordinator runs on the folder."""
    listener_problem: str | None
    """Why the members' listener does not answer; None where it does, or none runs."""
    village: VillageFacts | None
    """None where the database cannot be read."""
