"""What the account tells of a vote: the last month shared by each option, and what the fund holds."""

from battery_commons.account.basis import MonthRules
from battery_commons.account.closing import closed_periods
from battery_commons.account.keeping.books import Books
from battery_commons.account.ledger import FUND, balances
from battery_commons.account.period import days_of, month_grid
from battery_commons.account.settle import MonthSettlement
from battery_commons.account.sharing import Shared, share
from battery_commons.domain.settings import VillageSettings
from battery_commons.voting.motion import Motion, Subject, in_force
from battery_commons.voting.vote import Effects, EffectSource, HomeEffect, OptionEffect, Reckoned

SHARES = frozenset({Subject.SHARING, Subject.FUND_SHARE})


def told_by_account(motion: Motion, settings: VillageSettings, books: Books) -> Reckoned | None:
    """Return what the account tells of a vote; None where it has nothing to tell. Raises StoreError."""
    if motion.subject is not Subject.FUND_USE:
        return last_month_shared(motion, settings, books)
    entries = books.entries()
    if not entries:
        return None
    fund_eur = balances(entries).get(FUND, 0) / 100
    return Effects(EffectSource.ACCOUNT, entries[-1].at, fund_eur=fund_eur), {}


def last_month_shared(motion: Motion, settings: VillageSettings, books: Books) -> Reckoned | None:
    """Return what each option would have made of the last settled month; None where there is none.

    What made owners whole comes first under every rule, and is not in it. Raises StoreError.
    """
    closed = closed_periods(books.entries())
    if motion.subject not in SHARES or not closed:
        return None
    period = closed[-1]
    settlement = books.settlement(period)
    options, shares = {}, dict[str, dict[str, float]]()
    for choice, value in motion.options().items():
        shared = shared_otherwise(settlement, MonthRules.of(in_force(settings, motion.subject, value)))
        options[choice] = OptionEffect(to_fund_eur=shared.fund / 100)
        for account, cents in shared.homes.items():
            shares.setdefault(account, {})[choice] = cents / 100
    home_of = {due.account: due.home_id for due in books.dues()}
    homes = {
        home_id: HomeEffect(shared_eur=of_home)
        for account, of_home in shares.items()
        if (home_id := home_of.get(account)) is not None
    }
    first, last = days_of(period)
    days = (last - first).days + 1
    return Effects(EffectSource.ACCOUNT, month_grid(period).start, days, options), homes


def shared_otherwise(settlement: MonthSettlement, rules: MonthRules) -> Shared:
    """Return how what a month left to share would have been shared by other rules."""
    return share(
        max(settlement.to_share_cents, 0) - settlement.owed_before_cents,
        rules,
        settlement.closing.fund_cents - settlement.fund_cents,
        days={home.account: home.days for home in settlement.homes},
        relief_w={home.account: home.relief_w for home in settlement.homes},
        draw=settlement.period,
    )
