"""A month's settlement: owners are made whole against M1, then what is left is shared."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from battery_commons.account.basis import MonthBasis
from battery_commons.account.cents import split
from battery_commons.account.costs import HomeCost, home_cost
from battery_commons.account.counterfactual import Carried
from battery_commons.account.relief import reliefs_w
from battery_commons.account.sharing import share
from battery_commons.account.units import up_to_cent


@dataclass(frozen=True, slots=True)
class Opening:
    """What the months before left to this one."""

    batteries: Mapping[str, Mapping[str, Carried]] = field(default_factory=dict)
    """By account and battery, how the counterfactual stands."""
    fund_cents: int = 0
    claims: Mapping[str, int] = field(default_factory=dict)
    """By account, what the community still owes a home to make it whole, in cents above zero."""


@dataclass(frozen=True, eq=False)
class HomeSettlement:
    """What a month comes to for one home; amounts are positive where the home receives."""

    account: str
    days: int
    cost: HomeCost
    relief_w: int
    """What it did for transformer and feeder; divided by 4, Wh."""
    made_whole_cents: int
    """Puts it at its M1 cost; negative where it gained, which goes into what is shared."""
    claim_cents: int
    """Negative: put off, since there is not enough. Positive: put off before, and received now."""
    shortage_cents: int
    """Negative: borne by the home, where the bylaws say so."""
    share_cents: int

    @property
    def total_cents(self) -> int:
        """What the month comes to."""
        return self.made_whole_cents + self.claim_cents + self.shortage_cents + self.share_cents


@dataclass(frozen=True, eq=False)
class MonthSettlement:
    """What the homes and former members get, and the fund, which together are the revenue."""

    period: str
    homes: tuple[HomeSettlement, ...]
    """In the order of their accounts."""
    former_claims: Mapping[str, int]
    """By account of a home that is no member in this month, what was owed to it and is received now."""
    revenue_cents: int
    to_share_cents: int
    """S: the revenue, less what makes all homes whole. Negative where it does not suffice."""
    fund_cents: int
    """What the fund gets; negative where it pays."""
    closing: Opening
    """What the next month begins with."""

    @property
    def owed_before_cents(self) -> int:
        """What of this month paid what was owed from earlier ones; it comes before all sharing."""
        members = sum(max(home.claim_cents, 0) for home in self.homes)
        return members + sum(self.former_claims.values())

    def home(self, account: str) -> HomeSettlement:
        """Return one home's settlement; raises KeyError for a home that was no member in this month."""
        for home in self.homes:
            if home.account == account:
                return home
        raise KeyError(account)


def settle(basis: MonthBasis, opening: Opening) -> MonthSettlement:
    """Settle a month.

    Every home is put at its M1 cost, rounded up to the cent. What then remains of the revenue pays what is
    owed from earlier months, then the fund's part, and the rest by the sharing rule. Where the revenue does
    not suffice, the fund pays; what it lacks is put off for the homes that are to be made whole, in
    proportion, and is owed to them; or they bear it, where the bylaws say so.
    """
    homes = sorted(basis.homes, key=lambda home: home.account)
    memberships = [basis.membership(home) for home in homes]
    costs = [
        home_cost(basis, home, within.stop - within.start, opening.batteries.get(home.account, {}))
        for home, within in zip(homes, memberships, strict=True)
    ]
    relief = _relief(basis, {home.account: cost for home, cost in zip(homes, costs, strict=True)})
    whole = {home.account: up_to_cent(cost.lacking_parts) for home, cost in zip(homes, costs, strict=True)}
    revenue = sum(each.cents for each in basis.revenues)
    to_share = revenue - sum(whole.values())

    paid = _claims_paid(max(to_share, 0), opening.claims, basis.period)
    days = {home.account: home.days for home in homes}
    left = max(to_share, 0) - sum(paid.values())
    shared = share(left, basis.rules, opening.fund_cents, days=days, relief_w=relief, draw=basis.period)
    short = max(-to_share, 0)
    from_fund = min(max(opening.fund_cents, 0), short) if homes else short
    lacks = _lacks(short - from_fund, whole, days, basis.period)
    borne = basis.rules.owners_bear_shortage
    settled = tuple(
        HomeSettlement(
            home.account,
            home.days,
            cost,
            relief[home.account],
            whole[home.account],
            paid.get(home.account, 0) - (0 if borne else lacks.get(home.account, 0)),
            -lacks.get(home.account, 0) if borne else 0,
            shared.homes.get(home.account, 0),
        )
        for home, cost in zip(homes, costs, strict=True)
    )
    fund = shared.fund - from_fund
    return MonthSettlement(
        basis.period,
        settled,
        {account: cents for account, cents in paid.items() if account not in days and cents},
        revenue,
        to_share,
        fund,
        Opening(
            {home.account: home.cost.closing for home in settled},
            opening.fund_cents + fund,
            _owed(opening.claims, paid, {} if borne else lacks),
        ),
    )


def _relief(basis: MonthBasis, costs: Mapping[str, HomeCost]) -> dict[str, int]:
    differences = [costs[home.account].difference_w for home in basis.homes]
    alone = [
        (home.net_w() - difference) * basis.counted(home)
        for home, difference in zip(basis.homes, differences, strict=True)
    ]
    accounts = [home.account for home in basis.homes]
    return dict(zip(accounts, reliefs_w(basis, differences, alone), strict=True))


def _lacks(short: int, whole: Mapping[str, int], days: Mapping[str, int], period: str) -> dict[str, int]:
    """Return by account what of `short` it goes without.

    Nobody who is to be made whole goes without more than that; what is short beyond it is a penalty, which
    all bear by their days.
    """
    losing = {account: cents for account, cents in whole.items() if cents > 0}
    put_off = min(short, sum(losing.values()))
    lacks = split(put_off, losing, period) if put_off else {}
    penalty = split(short - put_off, days, period) if short > put_off else {}
    return {account: lacks.get(account, 0) + penalty.get(account, 0) for account in {**lacks, **penalty}}


def _claims_paid(cents: int, claims: Mapping[str, int], period: str) -> dict[str, int]:
    """Return what is paid of what is owed: all of it, or what there is, in proportion."""
    owed = sum(claims.values())
    if cents >= owed:
        return dict(claims)
    return split(cents, claims, period)


def _owed(claims: Mapping[str, int], paid: Mapping[str, int], lacks: Mapping[str, int]) -> dict[str, int]:
    owed = {
        account: claims.get(account, 0) - paid.get(account, 0) + lacks.get(account, 0)
        for account in {**claims, **lacks}
    }
    return {account: cents for account, cents in owed.items() if cents}
