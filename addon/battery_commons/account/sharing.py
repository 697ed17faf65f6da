"""How what there is to share is shared, once every owner is as well off as under M1."""

from collections.abc import Mapping
from dataclasses import dataclass

from battery_commons.account.basis import MonthRules
from battery_commons.account.cents import split
from battery_commons.account.units import SHARE
from battery_commons.domain.bylaws import SharingRule


@dataclass(frozen=True, slots=True)
class Shared:
    """Who gets what of a month's gain, in cents."""

    fund: int
    homes: Mapping[str, int]


def share(
    cents: int,
    rules: MonthRules,
    fund_cents: int,
    *,
    days: Mapping[str, int],
    relief_w: Mapping[str, int],
    draw: str,
) -> Shared:
    """Share `cents`, zero or more.

    The fund's part, rounded down, comes first. Then by the rule: the same to every home for each day of its
    membership; by what each home did for the grid (what made its load higher counts as nothing; where nobody
    did anything, the same to each); or to the fund until it holds what it needs.

    Args:
        cents: What there is to share.
        rules: The month's.
        fund_cents: What the fund holds already.
        days: Of membership in the month, by account: at least one each.
        relief_w: What each home did for the grid, by account.
        draw: What lots are drawn with for the cents that are left.
    """
    fund = cents * rules.fund_share_1e4 // SHARE
    if rules.sharing is SharingRule.FUND:
        fund += max(min(cents - fund, rules.fund_need_cents - fund_cents - fund), 0)
    if not days:
        return Shared(cents, {})
    weights = days
    if rules.sharing is SharingRule.CONTRIBUTION:
        helped = {account: max(relief_w[account], 0) for account in days}
        weights = helped if any(helped.values()) else days
    return Shared(fund, split(cents - fund, weights, draw))
