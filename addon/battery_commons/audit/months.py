"""A month, recomputed from its tables: what every account gets."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from battery_commons.audit.calendar import midnight
from battery_commons.audit.homes import WHOLE, Home, Result, read_home, recompute
from battery_commons.audit.report import Statement
from battery_commons.audit.tables import Table

type Cents = dict[str, int]
type Booking = tuple[str, str, str]
"""Account, kind, and the contract where it is one's revenue."""


@dataclass(slots=True)
class Opening:
    """What the months before left."""

    batteries: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    fund: int = 0
    claims: Cents = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Month:
    """What a month comes to."""

    bookings: dict[Booking, int]
    carried: list[list[str]]
    """The rows of the table of the same name."""
    quarter_hours: int
    statements: list[Statement]


def recompute_month(period: str, tables: Mapping[str, Table], starts: list[str], opening: Opening) -> Month:
    """Return a month.

    Raises ValueError, KeyError or IndexError where tables do not hold what they have to.
    """
    rules = {row["rule"]: row["value"] for row in tables["rules"].records()}
    if not 0 <= int(rules["fund_share_1e4"]) <= WHOLE or int(rules["wear_1e5_per_kwh"]) < 0:
        raise ValueError("the fund gets 0 to all of it, and wear costs something")
    for name in ("prices", "grid", *(name for name in tables if name.startswith("quarter-hours-"))):
        ends = ["end"] if name.startswith("quarter-hours-") else []
        if [row[0] for row in tables[name].rows] != starts + ends:
            raise ValueError(f"{tables[name].file} does not have a row for each quarter hour")
    prices = [int(row[1]) if row[1] else None for row in tables["prices"].rows]
    tariffs: dict[str, dict[str, dict[str, str]]] = {}
    for row in tables["tariffs"].records():
        tariffs.setdefault(row["account"], {})[row["from"]] = row
    _check_names(tables, starts)
    homes = [
        read_home(record, _days(record, starts), tables, tariffs.get(record["account"], {}), prices)
        for record in sorted(tables["homes"].records(), key=lambda record: record["account"])
    ]
    wear = int(rules["wear_1e5_per_kwh"])
    results = {h.account: recompute(h, wear, opening.batteries.get(h.account, {})) for h in homes}
    whole = {account: -(-result.lacking // (4 * 10**10)) for account, result in results.items()}
    revenue = {row["contract"]: int(row["cents"]) for row in tables["revenue"].records()}
    days = {home.account: home.days for home in homes}
    relief = _relief(homes, results, tables["grid"])

    bookings: dict[Booking, int] = {("grid", "revenue", name): -cents for name, cents in revenue.items()}
    bookings |= {(account, "made_whole", ""): cents for account, cents in whole.items()}
    to_share = sum(revenue.values()) - sum(whole.values())
    if to_share >= 0:
        owed = sum(opening.claims.values())
        paid = opening.claims if to_share >= owed else _split(to_share, opening.claims, period)
        bookings |= {(account, "claim", ""): cents for account, cents in paid.items()}
        left = to_share - sum(paid.values())
        fund, shares = _share(left, rules, opening.fund, (days, relief), period)
        bookings["fund", "fund", ""] = fund
        bookings |= {(account, "share", ""): cents for account, cents in shares.items()}
    else:
        fund, lacks = _shortage(-to_share, whole, days, opening.fund, period)
        bookings["fund", "fund", ""] = -fund
        kind = "shortage" if rules["owners_bear_shortage"] == "yes" else "claim"
        bookings |= {(account, kind, ""): -cents for account, cents in lacks.items()}
    carried = [
        [account, battery, str(stored), str(value)]
        for account, result in results.items()
        for battery, (stored, value) in result.carried.items()
    ]
    return Month(
        {key: cents for key, cents in bookings.items() if cents},
        sorted(carried),
        len(starts) * len(homes),
        [
            Statement(
                period,
                account,
                result.known,
                _shown(result.actual),
                _shown(result.by_itself),
                _shown(result.wear),
                _shown(result.stored),
                whole[account],
                relief[account] // 4,
                *(bookings.get((account, kind, ""), 0) for kind in ("claim", "shortage", "share")),
            )
            for account, result in results.items()
        ],
    )


def _shown(parts: int) -> int:
    """Return the nearest cents, halves up."""
    return (2 * parts + 4 * 10**10) // (8 * 10**10)


def _share(
    cents: int, rules: Mapping[str, str], in_fund: int, by: tuple[Cents, Cents], period: str
) -> tuple[int, Cents]:
    """Return what the fund gets of `cents`, and each home, by their days and their relief."""
    days, relief = by
    fund = cents * int(rules["fund_share_1e4"]) // WHOLE
    if rules["sharing"] == "fund":
        fund += max(min(cents - fund, int(rules["fund_need_cents"]) - in_fund - fund), 0)
    if not days:
        return cents, {}
    weights = days
    if rules["sharing"] == "contribution" and any(watts > 0 for watts in relief.values()):
        weights = {account: max(watts, 0) for account, watts in relief.items()}
    elif rules["sharing"] not in {"equal", "contribution", "fund"}:
        raise ValueError(f"{rules['sharing']} is no rule to share by")
    return fund, _split(cents - fund, weights, period)


def _shortage(short: int, whole: Cents, days: Cents, in_fund: int, period: str) -> tuple[int, Cents]:
    """Return what the fund pays of `short`, and what each home goes without."""
    if not days:
        return short, {}
    fund = min(short, max(in_fund, 0))
    losing = {account: cents for account, cents in whole.items() if cents > 0}
    put_off = min(short - fund, sum(losing.values()))
    lacks = _split(put_off, losing, period) if put_off else {}
    if (penalty := short - fund - put_off) > 0:
        for account, cents in _split(penalty, days, period).items():
            lacks[account] = lacks.get(account, 0) + cents
    return fund, lacks


def _split(cents: int, weights: Mapping[str, int], period: str) -> Cents:
    """Return `cents` by weight, the odd ones to the largest remainders; lots settle between equal ones."""
    total = sum(weights.values())
    shares = {account: divmod(cents * weight, total) for account, weight in weights.items()}
    odd = cents - sum(whole for whole, _ in shares.values())
    order = sorted(
        shares, key=lambda name: (-shares[name][1], hashlib.sha256(f"{period} {name}".encode()).hexdigest())
    )
    return {name: whole + (1 if name in order[:odd] else 0) for name, (whole, _) in shares.items()}


def _relief(homes: list[Home], results: Mapping[str, Result], grid: Table) -> Cents:
    """Return by account how much lower the batteries made the highest loads of transformer and feeder."""
    relief = {home.account: 0 for home in homes}
    for column, name in enumerate(grid.header[1:], start=1):
        behind = [
            home.account
            for home in homes
            if (home.on_feeder if name == "feeder" else home.transformer == name)
        ]
        known = [slot for slot, row in enumerate(grid.rows) if row[column]]
        m1 = {
            slot: int(grid.rows[slot][column]) - sum(results[account].more[slot] for account in behind)
            for slot in known
        }
        for account in behind:
            own, more = results[account].alone, results[account].more
            loaded = sorted(known, key=lambda slot: -abs(m1[slot] - own[slot]))[: len(known) // 20]
            relief[account] += sum(abs(m1[slot]) - abs(m1[slot] + more[slot]) for slot in loaded)
    return relief


def _days(record: Mapping[str, str], starts: list[str]) -> tuple[date, date]:
    """Return a home's first and last day. Raises ValueError for days that are not the month's."""
    first, last = (date.fromisoformat(record[name]) for name in ("first_day", "last_day"))
    if last < first or midnight(first) < starts[0] or midnight(last) > starts[-1]:
        raise ValueError(f"{record['account']} was a member from {first} to {last}: not in the month")
    return first, last


def _check_names(tables: Mapping[str, Table], starts: list[str]) -> None:
    """Check that tables tell of the same homes, and of each thing once. Raises ValueError."""
    accounts = tables["homes"].column("account")
    measured = [name.removeprefix("quarter-hours-") for name in tables if name.startswith("quarter-hours-")]
    if sorted(accounts) != sorted(measured):
        raise ValueError(f"the homes are {accounts}, and quarter hours are there of {measured}")
    columns = {"rules": 1, "revenue": 1, "batteries": 2, "tariffs": 2}
    for name, size in columns.items():
        keys = [tuple(row[:size]) for row in tables[name].rows]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{tables[name].file} has something twice")
    for name in ("batteries", "tariffs"):
        if not set(tables[name].column("account")) <= set(accounts):
            raise ValueError(f"{tables[name].file} tells of who is no member")
    if not set(tables["tariffs"].column("from")) <= set(starts):
        raise ValueError(f"{tables['tariffs'].file} has a tariff from a moment that is not in the month")
