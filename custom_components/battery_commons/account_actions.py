"""The action about this home's account."""

from dataclasses import asdict

import probatio as vol
from homeassistant.core import ServiceCall, ServiceResponse
from homeassistant.helpers import config_validation as cv
from homeassistant.util.json import JsonValueType

from .action_home import HOME, home_of
from .asking import asking_village
from .community.account import AccountMonth, OwnAccount, StatementLine

ATTR_MONTH = "month"
GET_ACCOUNT = vol.Schema({**HOME, vol.Optional(ATTR_MONTH): cv.matches_regex(r"^\d{4}-(0[1-9]|1[0-2])$")})


async def async_get_account(call: ServiceCall) -> ServiceResponse:
    """Answer with the account, its months, and the lines of the month that is asked for, or closed last."""
    calls = home_of(call).runtime_data.account.calls
    with asking_village(not_offered="no_account_yet"):
        account = await calls.account()
    period = call.data.get(ATTR_MONTH) or _last_closed(account)
    lines: tuple[StatementLine, ...] = ()
    if period is not None:
        with asking_village(not_offered="no_statement"):
            lines = await calls.statement(period, call.hass.config.language)
    return {
        "account": account.account,
        "balance_eur": euros(account.balance_cents),
        "owed_eur": euros(account.owed_cents),
        "fund_eur": euros(account.fund_cents),
        "months": [_month(month) for month in account.months],
        "month": period,
        "lines": [
            {
                "name": line.name,
                "eur": None if line.cents is None else euros(line.cents),
                "meaning": line.meaning,
            }
            for line in lines
        ],
    }


def euros(cents: int) -> float:
    """Return an amount in euros, as it is shown; nothing is reckoned with it."""
    return round(cents / 100, 2)


def _last_closed(account: OwnAccount) -> str | None:
    return max((month.period for month in account.months if month.is_closed), default=None)


def _month(month: AccountMonth) -> dict[str, JsonValueType]:
    return {
        key.replace("_cents", "_eur"): euros(value) if key.endswith("_cents") else value
        for key, value in asdict(month).items()
    }
