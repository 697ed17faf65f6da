"""What contracts mean for a village: the limits that they set, and what stands in their way. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from battery_commons.domain.battery import Battery
from battery_commons.domain.contract import OF_A_GROUP, Contract, ContractKind, Days, KeptContract
from battery_commons.domain.grid import carried_by
from battery_commons.domain.operator import PowerLimit
from battery_commons.domain.time import MARKET_ZONE

LEAST_REDISPATCH_W = 100_000.0
"""From here on GOPACS takes part (since 2025; see the pilot's report)."""
USUAL_CALL_HOURS = 2.0
"""What a call is taken to last where the contract does not say."""
_OF_A_DAY = re.compile(r"contract-[0-9a-f]+-\d{4}-\d\d-\d\d")
"""What the limit of a contract on a day is called: by the contract's id (store/contracts.py), and the day."""


def template(kind: ContractKind, operator: str, subject: str, first_day: date) -> Contract:
    """Return what a contract of a form usually says, to begin from; every figure is to be agreed."""
    evening = kind not in {ContractKind.GTO, ContractKind.CSC}
    return Contract(
        kind=kind,
        operator=operator,
        congestion_point="",
        subject=subject,
        first_day=first_day,
        last_day=None,
        from_time=time(16) if evening else time(0),
        until_time=time(21) if evening else time(0),
        days=Days.ALL,
        import_w=None if kind is ContractKind.REDISPATCH else 100_000.0,
        export_w=None,
        call_w=None if kind is ContractKind.GTO else 50_000.0,
        longest_call=None if kind is ContractKind.GTO else timedelta(hours=4),
        notice=timedelta(minutes=15) if kind is ContractKind.CSC else timedelta(days=1),
        eur_per_year=0.0,
        eur_per_kwh=0.0,
        penalty_eur_per_kwh=0.0,
        one_brp=kind in OF_A_GROUP,
    )


def hours_of(contract: Contract, day: date) -> tuple[datetime, datetime] | None:
    """Return from when to when a contract counts on a day of the market, in UTC; None where it does not."""
    over = contract.last_day is not None and day > contract.last_day
    if day < contract.first_day or over or not contract.days.holds(day):
        return None
    start = datetime.combine(day, contract.from_time, MARKET_ZONE)
    end_day = day + timedelta(days=1) if contract.until_time == time(0) else day
    end = datetime.combine(end_day, contract.until_time, MARKET_ZONE)
    return start.astimezone(UTC), end.astimezone(UTC)


def standing_limits(kept: Sequence[KeptContract], now: datetime, until: datetime) -> list[PowerLimit]:
    """Return the limits that contracts set by themselves from `now` to `until`, a day at a time."""
    return [
        PowerLimit(
            f"{each.id}-{day.isoformat()}", contract.subject, *hours, contract.import_w, contract.export_w
        )
        for each in kept
        if (contract := each.contract).is_standing
        for day in _days(now, until)
        if (hours := hours_of(contract, day)) is not None and hours[1] > now and hours[0] < until
    ]


def is_of_a_contract(event_id: str) -> bool:
    """Return whether a limit is one that a contract sets by itself, day after day."""
    return _OF_A_DAY.fullmatch(event_id) is not None


class Snag(StrEnum):
    """What stands in the way of a contract, or makes it worth less than it seems."""

    SAME_BRP = "same_brp"
    """Its connections must share one balance responsible party, and have several."""
    BRP_UNKNOWN = "brp_unknown"
    """Likewise, and nobody has said which they have."""
    TOO_SMALL = "too_small"
    """Less than redispatch takes."""
    MORE_THAN_BATTERIES = "more_than_batteries"
    """More than the batteries behind it can deliver for as long as a call lasts."""
    NO_EFFECT = "no_effect"
    """Its limits are no narrower than the transformer's own."""
    SOLD_TWICE = "sold_twice"
    """Another contract can call the same batteries in the same hours."""
    UNKNOWN_SUBJECT = "unknown_subject"
    """The transformer or feeder that it is about is not there."""


@dataclass(frozen=True, slots=True)
class Found:
    """A snag, with what it is about."""

    snag: Snag
    detail: str = ""


def snags(
    contract: Contract,
    *,
    others: Sequence[KeptContract],
    limits_w: Mapping[str, float],
    of_feeder: Collection[str],
    batteries: Sequence[Battery],
    brps: Sequence[str],
) -> list[Found]:
    """Return what stands in the way of a contract beside `others`.

    `limits_w` is what each subject may carry by itself; `of_feeder` are the transformers that FEEDER_ID
    stands for; `batteries` are all of the village's; `brps` are the balance responsible parties of the
    connections that would take part, as far as is known.
    """
    return [
        *_brp_snags(contract, brps),
        *_size_snags(
            contract,
            limits_w,
            [each for each in batteries if each.transformer_id in carried_by(contract.subject, of_feeder)],
        ),
        *(
            Found(Snag.SOLD_TWICE, each.contract.operator)
            for each in others
            if _clash(contract, each.contract, of_feeder)
        ),
    ]


def deliverable_w(batteries: Sequence[Battery], hours: float) -> float:
    """Return what batteries can deliver together for so long, from full down to their reserve."""
    return sum(
        min(
            each.max_discharge_w,
            each.capacity_wh * (1 - each.reserve) * each.discharge_efficiency / hours,
        )
        for each in batteries
    )


def _brp_snags(contract: Contract, brps: Sequence[str]) -> Iterator[Found]:
    if not contract.one_brp:
        return
    named = sorted({each.strip() for each in brps if each.strip()})
    if not named:
        yield Found(Snag.BRP_UNKNOWN)
    elif len(named) > 1:
        yield Found(Snag.SAME_BRP, ", ".join(named))


def _size_snags(
    contract: Contract, limits_w: Mapping[str, float], behind: Sequence[Battery]
) -> Iterator[Found]:
    if contract.subject not in limits_w:
        yield Found(Snag.UNKNOWN_SUBJECT, contract.subject)
        return
    own_w = limits_w[contract.subject]
    asked = [each for each in (contract.import_w, contract.export_w) if each is not None]
    if asked and all(each >= own_w for each in asked):
        yield Found(Snag.NO_EFFECT)
    if contract.call_w is None:
        return
    if contract.kind is ContractKind.REDISPATCH and contract.call_w < LEAST_REDISPATCH_W:
        yield Found(Snag.TOO_SMALL)
    hours = USUAL_CALL_HOURS if contract.longest_call is None else contract.longest_call / timedelta(hours=1)
    if (most_w := deliverable_w(behind, hours)) < contract.call_w:
        yield Found(Snag.MORE_THAN_BATTERIES, f"{most_w / 1000:.0f} kW")


def _clash(one: Contract, other: Contract, of_feeder: Collection[str]) -> bool:
    """Return whether two contracts can call the same batteries at the same time."""
    if one.call_w is None or other.call_w is None:
        return False
    same_place = bool(carried_by(one.subject, of_feeder) & carried_by(other.subject, of_feeder))
    one_ends, other_ends = one.last_day or date.max, other.last_day or date.max
    same_days = one.first_day <= other_ends and other.first_day <= one_ends
    kinds_of_day = {one.days, other.days}
    same_days = same_days and kinds_of_day != {Days.WORKDAYS, Days.WEEKENDS}
    return (
        same_place
        and same_days
        and _minutes(one)[0] < _minutes(other)[1]
        and _minutes(other)[0] < _minutes(one)[1]
    )


def _minutes(contract: Contract) -> tuple[int, int]:
    start = 60 * contract.from_time.hour + contract.from_time.minute
    end = 60 * contract.until_time.hour + contract.until_time.minute
    return start, end or 24 * 60


def _days(now: datetime, until: datetime) -> Iterator[date]:
    day = now.astimezone(MARKET_ZONE).date()
    while day <= until.astimezone(MARKET_ZONE).date():
        yield day
        day += timedelta(days=1)
