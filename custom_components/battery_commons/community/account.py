"""What the village says of this home's account, and what a home pays for energy. Amounts are whole cents."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from .client import CommunityClient, understood
from .fields import MAX_WHOLE_NUMBER, part, text

_MAX_MONTHS = 1200
_MAX_LINES = 200


@dataclass(frozen=True, slots=True)
class AccountMonth:
    """What was booked for this home in a month; positive where it receives."""

    period: str
    """Such as 2026-06."""
    made_whole_cents: int
    claim_cents: int
    shortage_cents: int
    share_cents: int
    total_cents: int
    paid_cents: int
    is_closed: bool
    is_corrected: bool


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """How this home stands with its community."""

    account: str | None
    """Its number in the ledger; None until the village has opened one."""
    balance_cents: int
    """Positive: due to this home."""
    owed_cents: int
    fund_cents: int
    months: tuple[AccountMonth, ...]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A line of a month's statement, in the resident's language."""

    name: str
    cents: int | None
    meaning: str


@dataclass(frozen=True, slots=True)
class HomeTariff:
    """What this home pays for energy from a day on, in EUR per kWh."""

    first_day: date
    kind: str
    """Dynamic, fixed or two_tariff."""
    energy: float
    energy_low: float | None
    energy_tax: float
    vat: float
    feed_in: float
    feed_in_costs: float
    net_metering: bool


class AccountCalls:
    """Calls one village about the account. Every method raises a CommunityError when it fails."""

    def __init__(self, client: CommunityClient) -> None:
        """Call by `client`."""
        self._client = client

    async def account(self) -> OwnAccount:
        """Return this home's account. Raises NotOfferedError where the village keeps none."""
        answer = await self._client.call("GET", "/api/v1/home/account")
        with understood():
            return parse_account(answer)

    async def statement(self, period: str, language: str) -> tuple[StatementLine, ...]:
        """Return the lines of a closed month, in English or Dutch."""
        spoken = "nl" if language.startswith("nl") else "en"
        path = f"/api/v1/home/statements/{quote(period, safe='')}/{spoken}"
        answer = await self._client.call("GET", path)
        with understood():
            return parse_lines(answer)

    async def tell_tariff(self, tariff: HomeTariff) -> None:
        """Tell what this home pays for energy."""
        message = {
            "first_day": tariff.first_day.isoformat(),
            "kind": tariff.kind,
            "energy": tariff.energy,
            "energy_low": tariff.energy_low,
            "energy_tax": tariff.energy_tax,
            "vat": tariff.vat,
            "feed_in": tariff.feed_in,
            "feed_in_costs": tariff.feed_in_costs,
            "net_metering": tariff.net_metering,
        }
        await self._client.call("PUT", "/api/v1/home/tariff", message)


def parse_account(message: Mapping[str, Any]) -> OwnAccount:
    """Return the account in a message. Raises ValueError when it holds none."""
    months = message.get("months")
    if not isinstance(months, list) or len(months) > _MAX_MONTHS:
        raise ValueError("months is no list, or longer than any account")
    return OwnAccount(
        account=None if message.get("account") is None else text(message, "account"),
        balance_cents=_cents(message, "balance_cents"),
        owed_cents=_cents(message, "owed_cents"),
        fund_cents=_cents(message, "fund_cents"),
        months=tuple(_month(part({"month": month}, "month")) for month in months),
    )


def parse_lines(message: Mapping[str, Any]) -> tuple[StatementLine, ...]:
    """Return the lines of a statement. Raises ValueError when a message holds none."""
    lines = message.get("lines")
    if not isinstance(lines, list) or len(lines) > _MAX_LINES:
        raise ValueError("lines is no list, or longer than any statement")
    return tuple(_line(part({"line": line}, "line")) for line in lines)


def _month(month: Mapping[str, Any]) -> AccountMonth:
    period = text(month, "period")
    if not re.fullmatch(r"\d{4}-\d{2}", period):
        raise ValueError("no month")
    return AccountMonth(
        period=period,
        made_whole_cents=_cents(month, "made_whole_cents"),
        claim_cents=_cents(month, "claim_cents"),
        shortage_cents=_cents(month, "shortage_cents"),
        share_cents=_cents(month, "share_cents"),
        total_cents=_cents(month, "total_cents"),
        paid_cents=_cents(month, "paid_cents"),
        is_closed=month.get("is_closed") is True,
        is_corrected=month.get("is_corrected") is True,
    )


def _line(line: Mapping[str, Any]) -> StatementLine:
    meaning = line.get("meaning")
    return StatementLine(
        name=text(line, "name"),
        cents=None if line.get("cents") is None else _cents(line, "cents"),
        meaning=meaning if isinstance(meaning, str) else "",
    )


def _cents(message: Mapping[str, Any], field: str) -> int:
    value = message.get(field)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_WHOLE_NUMBER:
        raise ValueError(f"{field} is no whole number of cents")
    return value
