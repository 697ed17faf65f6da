"""A home's month in lines, each with the figures that it is made of. Whoever shows them words them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from battery_commons.account.ledger import Entry
from battery_commons.account.settle import HomeSettlement, MonthSettlement
from battery_commons.account.units import NANO_PER_1E5, QUARTERS_PER_HOUR, nearest_cent


class LineKey(StrEnum):
    """What a line says."""

    METERED = "metered"
    """What the meter and the batteries carried, and for how many quarter hours nothing is known."""
    ACTUAL_COST = "actual_cost"
    """What that cost under the home's own tariff, as its supplier bills it."""
    ALONE_COST = "alone_cost"
    """What M1 would have cost."""
    EXTRA_WEAR = "extra_wear"
    """What the batteries wore more than under M1."""
    STORED = "stored"
    """What they hold more at the month's end, less what was valued so a month before."""
    MADE_WHOLE = "made_whole"
    """What puts the home at its M1 cost, rounded up to the cent."""
    CLAIM = "claim"
    SHORTAGE = "shortage"
    RELIEF = "relief"
    """What the home did for transformer and feeder: a quantity, not an amount."""
    SHARE = "share"
    TOTAL = "total"
    CORRECTION = "correction"
    """Booked later for this month: a difference that total, as it stands now, contains already."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement."""

    key: LineKey
    cents: int | None
    """Costs as costs, what the home receives as positive; None for a quantity."""
    figures: Mapping[str, int]
    """Energies in Wh, prices in 1e-5 EUR/kWh, amounts in cents, counts."""
    is_booked: bool = False
    """Whether it is an amount of the settlement; other lines explain one."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A home's month."""

    period: str
    account: str
    lines: tuple[Line, ...]
    total_cents: int


def statement(settlement: MonthSettlement, account: str, entries: Iterable[Entry] = ()) -> Statement:
    """Return a home's statement of a month as it was last settled; `entries` are the ledger's.

    The figures that lines show are rounded one by one; made_whole is rounded once, from the exact sum of
    actual_cost + extra_wear - stored - alone_cost, and may differ from that of what is shown by 2 cents.

    Raises KeyError for a home that was no member in the month.
    """
    home = settlement.home(account)
    lines = (
        *_made_whole(home),
        *_shared(settlement, home),
        *_corrections(settlement.period, account, entries),
    )
    return Statement(settlement.period, account, lines, home.total_cents)


def _made_whole(home: HomeSettlement) -> list[Line]:
    cost = home.cost
    return [
        Line(
            LineKey.METERED,
            None,
            {
                "counted_quarter_hours": cost.counted_slots,
                "unknown_quarter_hours": cost.unknown_slots,
                "import_wh": _wh(cost.actual.import_w),
                "export_wh": _wh(cost.actual.export_w),
                "charge_wh": _wh(cost.actual.charge_w),
                "discharge_wh": _wh(cost.actual.discharge_w),
            },
        ),
        Line(
            LineKey.ACTUAL_COST,
            nearest_cent(cost.actual_parts),
            {"import_wh": _wh(cost.actual.import_w), "export_wh": _wh(cost.actual.export_w)},
        ),
        Line(
            LineKey.ALONE_COST,
            nearest_cent(cost.alone_parts),
            {
                "import_wh": _wh(cost.alone.import_w),
                "export_wh": _wh(cost.alone.export_w),
                "charge_wh": _wh(cost.alone.charge_w),
                "discharge_wh": _wh(cost.alone.discharge_w),
            },
        ),
        Line(
            LineKey.EXTRA_WEAR,
            nearest_cent(cost.extra_wear_parts),
            {
                "throughput_wh": _wh(cost.actual.charge_w + cost.actual.discharge_w),
                "alone_throughput_wh": _wh(cost.alone.charge_w + cost.alone.discharge_w),
            },
        ),
        Line(
            LineKey.STORED,
            nearest_cent(cost.stored_parts),
            {"price_1e5_per_kwh": cost.stored_nano // NANO_PER_1E5},
        ),
        Line(LineKey.MADE_WHOLE, home.made_whole_cents, {}, is_booked=True),
    ]


def _shared(settlement: MonthSettlement, home: HomeSettlement) -> list[Line]:
    shared = {
        "to_share_cents": settlement.to_share_cents,
        "owed_before_cents": settlement.owed_before_cents,
        "fund_cents": settlement.fund_cents,
        "homes": len(settlement.homes),
        "days": home.days,
        "days_of_all": sum(each.days for each in settlement.homes),
    }
    of_all_w = sum(max(each.relief_w, 0) for each in settlement.homes)
    relief = {"relief_wh": _wh(home.relief_w), "relief_of_all_wh": _wh(of_all_w)}
    lines = [Line(LineKey.RELIEF, None, relief)]
    if home.claim_cents:
        owed = settlement.closing.claims.get(home.account, 0)
        lines.append(Line(LineKey.CLAIM, home.claim_cents, {"still_owed_cents": owed}, is_booked=True))
    if home.shortage_cents:
        lines.append(Line(LineKey.SHORTAGE, home.shortage_cents, {}, is_booked=True))
    lines.append(Line(LineKey.SHARE, home.share_cents, shared, is_booked=True))
    lines.append(Line(LineKey.TOTAL, home.total_cents, {}))
    return lines


def _corrections(period: str, account: str, entries: Iterable[Entry]) -> list[Line]:
    return [
        Line(LineKey.CORRECTION, entry.cents, {"entry": entry.number, "corrects": entry.corrects})
        for entry in entries
        if entry.period == period and entry.account == account and entry.corrects is not None
    ]


def _wh(watts: int) -> int:
    """Return the energy of watts that were summed over quarter hours."""
    return watts // QUARTERS_PER_HOUR
