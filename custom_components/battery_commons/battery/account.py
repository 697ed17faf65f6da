"""What a battery has moved, and how well it did as it was told: energy counted from its readings. Pure.

Between two readings the power is taken to go in a straight line. Only what lies between two readings that
follow each other closely is counted: what a battery did while nobody looked is not known, and not invented.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any, Self

from ..community.fields import MAX_POWER_W

LONGEST_GAP = timedelta(seconds=60)
"""Readings further apart say nothing about the time between them."""
FOLLOWED_WITHIN_W = 150.0
FOLLOWED_WITHIN_SHARE = 0.1
"""A battery follows its setpoint when its power is as close to it as the larger of the two."""


@dataclass(frozen=True, slots=True)
class Observation:
    """How a battery stood at a look, and under whose orders it went on from there."""

    at: datetime
    power_w: float
    """Positive while charging."""
    for_village: bool
    """Whether the village steers it from here on."""
    setpoint_w: float | None = None
    """The power that the village has it keep from here on; None where it leaves that to the battery."""

    @property
    def is_sensible(self) -> bool:
        """Whether the power is one that a battery could have."""
        return math.isfinite(self.power_w) and abs(self.power_w) <= MAX_POWER_W


@dataclass(frozen=True, slots=True)
class Moved:
    """Energy that went in and out, in Wh. Neither is ever negative."""

    charged_wh: float = 0.0
    discharged_wh: float = 0.0

    def __add__(self, other: Moved) -> Moved:
        """Return both together."""
        return Moved(self.charged_wh + other.charged_wh, self.discharged_wh + other.discharged_wh)

    @property
    def total_wh(self) -> float:
        """All that moved, whichever way."""
        return self.charged_wh + self.discharged_wh


@dataclass(frozen=True, slots=True)
class BatteryAccount:
    """What is known of one battery's work. Immutable; the last observation does not survive a restart."""

    for_village: Moved = Moved()
    throughput_wh: float = 0.0
    """What went in and out, whoever steered."""
    day: date = date.min
    """The home's local day that the next three are about."""
    day_wh: float = 0.0
    steered_s: float = 0.0
    followed_s: float = 0.0
    month_wh: float = 0.0
    """What was moved for the village in the month of `day`."""
    last: Observation | None = None

    def observed(self, observation: Observation | None, zone: tzinfo) -> BatteryAccount:
        """Return the account after a look, in a home whose days begin by the clock of `zone`.

        None stands for a battery that did not answer: what it does until it answers again is not known.
        """
        if observation is None or not observation.is_sensible:
            return replace(self, last=None)
        last = self.last
        if last is None or not last.at <= observation.at <= last.at + LONGEST_GAP:
            return replace(self, last=observation)
        if observation.at == last.at:
            # The same reading again: what it began counts for the village only if every look says so.
            for_village = last.for_village and observation.for_village
            return replace(self, last=replace(observation, for_village=for_village))
        followed = last.setpoint_w is not None and _follows(observation.power_w, last.setpoint_w)
        account = self
        for start, end in _by_day(last, observation, zone):
            account = _turned_to(account, start.at.astimezone(zone).date())
            account = _counted(account, start, end, followed=followed)
        return replace(account, last=observation)

    def today_wh(self, today: date) -> float:
        """Return what was moved for the village on the local day `today`."""
        return self.day_wh if self.day == today else 0.0

    def this_month_wh(self, today: date) -> float:
        """Return what was moved for the village in the month of the local day `today`."""
        return self.month_wh if _is_same_month(self.day, today) else 0.0

    def followed_share(self, today: date) -> float | None:
        """Return for which part (0 to 1) of the time under a setpoint `today` it was kept.

        None where there was none.
        """
        if self.day != today or self.steered_s <= 0:
            return None
        return min(1.0, self.followed_s / self.steered_s)

    def cycles(self, capacity_wh: float) -> float:
        """Return how often the battery has been filled and emptied as a whole."""
        return self.throughput_wh / 2 / capacity_wh

    def stored(self) -> dict[str, Any]:
        """Return what must survive a restart."""
        return {
            "charged_for_village_wh": self.for_village.charged_wh,
            "discharged_for_village_wh": self.for_village.discharged_wh,
            "throughput_wh": self.throughput_wh,
            "day": self.day.isoformat(),
            "day_wh": self.day_wh,
            "steered_s": self.steered_s,
            "followed_s": self.followed_s,
            "month_wh": self.month_wh,
        }

    @classmethod
    def restored(cls, stored: dict[str, Any]) -> Self:
        """Return the account as it was before a restart."""
        kept = dict(stored)
        moved = Moved(kept.pop("charged_for_village_wh"), kept.pop("discharged_for_village_wh"))
        return cls(**kept | {"for_village": moved, "day": date.fromisoformat(kept["day"])})


def _turned_to(account: BatteryAccount, day: date) -> BatteryAccount:
    """Return the account with its page turned to `day`."""
    if day == account.day:
        return account
    month_wh = account.month_wh if _is_same_month(account.day, day) else 0.0
    return replace(account, day=day, day_wh=0.0, steered_s=0.0, followed_s=0.0, month_wh=month_wh)


def _counted(
    account: BatteryAccount, start: Observation, end: Observation, *, followed: bool
) -> BatteryAccount:
    """Return the account with what lies between two observations on one local day."""
    seconds = (end.at - start.at).total_seconds()
    moved = _moved(start.power_w, end.power_w, seconds)
    account = replace(account, throughput_wh=account.throughput_wh + moved.total_wh)
    if not start.for_village:
        return account
    steered_s = seconds if start.setpoint_w is not None else 0.0
    return replace(
        account,
        for_village=account.for_village + moved,
        day_wh=account.day_wh + moved.total_wh,
        month_wh=account.month_wh + moved.total_wh,
        steered_s=account.steered_s + steered_s,
        followed_s=account.followed_s + (steered_s if followed else 0.0),
    )


def _by_day(start: Observation, end: Observation, zone: tzinfo) -> list[tuple[Observation, Observation]]:
    """Return the time between two observations, cut at the local midnight that may lie in it."""
    day = end.at.astimezone(zone).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(start.at.tzinfo)
    if not start.at < midnight < end.at:
        return [(start, end)]
    share = (midnight - start.at) / (end.at - start.at)
    at_midnight = replace(start, at=midnight, power_w=start.power_w + share * (end.power_w - start.power_w))
    return [(start, at_midnight), (at_midnight, end)]


def _moved(from_w: float, to_w: float, seconds: float) -> Moved:
    hours = seconds / 3600
    if from_w * to_w >= 0:
        net_wh = (from_w + to_w) / 2 * hours
        return Moved(max(0.0, net_wh), max(0.0, -net_wh))
    # The line crosses zero: a triangle on each side of it.
    span_w = abs(to_w - from_w)
    up_w, down_w = max(from_w, to_w), -min(from_w, to_w)
    return Moved(up_w * up_w / span_w / 2 * hours, down_w * down_w / span_w / 2 * hours)


def _follows(power_w: float, setpoint_w: float) -> bool:
    return abs(power_w - setpoint_w) <= max(FOLLOWED_WITHIN_W, FOLLOWED_WITHIN_SHARE * abs(setpoint_w))


def _is_same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)
