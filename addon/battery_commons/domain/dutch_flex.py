"""How a village takes part in Dutch grid operators' flexibility: as whom, where, and with whose batteries."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from battery_commons.domain.battery import Battery
from battery_commons.domain.ean import Ean13, Ean18, OperatorEan
from battery_commons.domain.grid import FEEDER_ID, carried_by


class MaxDuration(StrEnum):
    """For how long at a stretch the batteries of a group can be called on, as an ISO 8601 duration."""

    TWO_HOURS = "PT2H"
    FOUR_HOURS = "PT4H"
    SIX_HOURS = "PT6H"

    @property
    def hours(self) -> int:
        """Return it in hours."""
        return int(self.value[2])

    @property
    def duration(self) -> timedelta:
        """Return it as a duration."""
        return timedelta(hours=self.hours)


@dataclass(frozen=True, slots=True)
class CongestionPoint:
    """A part of the grid that is full at times, as its operator calls it."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f]+$")]
    max_duration: MaxDuration


@dataclass(frozen=True, slots=True)
class DutchParticipation:
    """What was agreed with the grid operator, and the connections that residents gave for it."""

    provider: Ean13
    """Of the village as service provider; what it is called on the operator's line too."""
    operator: OperatorEan
    points: Mapping[str, CongestionPoint] = field(default_factory=dict)
    """By the id of the transformer, or FEEDER_ID."""
    connections: Mapping[str, Ean18] = field(default_factory=dict, repr=False)
    """The EAN of its connection by the id of a home: personal data."""

    def __post_init__(self) -> None:
        """Refuse a battery in two groups: behind its transformer's point and behind the feeder's."""
        if FEEDER_ID in self.points and len(self.points) > 1:
            raise ValueError("the congestion point is the feeder, or points are transformers, and not both")


@dataclass(frozen=True, slots=True)
class FlexGroup:
    """The village's batteries behind one congestion point, as the operator keeps them (a resource group)."""

    object_id: str
    """As the operator's server gave it."""
    name: str
    """The Group-ID: what events are targeted at."""
    operator: str
    """EAN13."""
    provider: str
    """EAN13."""
    point: CongestionPoint
    members: Sequence[str] = ()
    """By the object ids of their resources, those that the village is shown."""
    available_w: float | None = None
    """How much can be called, as the operator last counted it; None before its first baseline."""


@dataclass(frozen=True, slots=True)
class TakenCall:
    """What a call that was taken on rests on, whatever the operator says of the group afterwards."""

    subject: str
    """The transformer's id, or FEEDER_ID."""
    baseline_w: float


@dataclass(frozen=True, slots=True)
class Takers:
    """Who takes part behind one congestion point."""

    subject: str
    """The id of the transformer, or FEEDER_ID."""
    point: CongestionPoint
    batteries: Sequence[Battery]
    """All that are behind it."""
    missing: Sequence[str]
    """Homes behind it that have a battery and gave no EAN: until there are none, nothing is registered."""

    @property
    def given(self) -> list[Battery]:
        """Return the batteries of homes that gave an EAN."""
        return [each for each in self.batteries if home_of(each) not in self.missing]

    @property
    def is_complete(self) -> bool:
        """Return whether they can be registered.

        A call is for what all batteries behind a point draw together. One that is not registered would do,
        or undo, a part of what is asked of the others, and the proof of delivery would not be theirs.
        """
        return bool(self.batteries) and not self.missing


def takers(
    participation: DutchParticipation, of_feeder: Collection[str], batteries: Sequence[Battery]
) -> list[Takers]:
    """Return who takes part behind each congestion point; FEEDER_ID is the transformers `of_feeder`."""
    found = []
    for subject, point in participation.points.items():
        own = carried_by(subject, of_feeder)
        behind = [each for each in batteries if each.transformer_id in own]
        homes = dict.fromkeys(home_of(each) for each in behind)
        missing = [home for home in homes if home not in participation.connections]
        found.append(Takers(subject, point, behind, missing))
    return found


def home_of(battery: Battery) -> str:
    """Return the id of the home that a battery is in."""
    return battery.id.partition("/")[0]
