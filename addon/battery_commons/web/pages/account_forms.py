"""What is typed about money: amounts, days, bank accounts and tariffs, and what can be wrong with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as fields
from datetime import date

from aiohttp import web

from battery_commons.domain.home_tariff import HomeTariff, TariffKind
from battery_commons.domain.iban import BankAccount, read_holder, read_iban
from battery_commons.domain.tariff import ENERGY_TAX
from battery_commons.web.pages.forms import field

_AMOUNT = re.compile(r"([-\N{MINUS SIGN}]?)(\d{1,8})(?:[.,](\d{1,2}))?", re.ASCII)
_PRICE = re.compile(r"-?\d{1,2}(?:[.,]\d{1,5})?", re.ASCII)
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d{1,2})?", re.ASCII)
MOST_CENTS = 1_000_000_000
"""EUR 10 million: no village is paid that much at a time."""
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)


def read_cents(typed: str) -> int:
    """Return an amount that was typed in euros. Raises ValueError for anything but euros and whole cents."""
    found = _AMOUNT.fullmatch(typed.replace("€", "").strip())
    if found is None:
        raise ValueError("this is no amount in euros and whole cents")
    sign, euros, cents = found.groups()
    amount = int(euros) * 100 + int((cents or "").ljust(2, "0"))
    if amount > MOST_CENTS:
        raise ValueError("no village has that much")
    return -amount if sign else amount


def read_day(typed: str) -> date:
    """Return a day. Raises ValueError for none, or one out of reach."""
    day = date.fromisoformat(typed)
    if not _FIRST_DAY <= day <= _LAST_DAY:
        raise ValueError("that day is out of reach")
    return day


@dataclass(frozen=True, slots=True)
class BankForm:
    """What stands in the form of a bank account, as it was typed."""

    holder: str = ""
    iban: str = ""
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/account.py)."""
    given: BankAccount | None = None

    @classmethod
    def of(cls, known: BankAccount | None) -> BankForm:
        """Return the form that shows what is known."""
        if known is None:
            return cls()
        grouped = " ".join(known.iban[n : n + 4] for n in range(0, len(known.iban), 4))
        return cls(known.holder, grouped, given=known)

    @classmethod
    async def filled_in(cls, request: web.Request) -> BankForm:
        """Return the form that was sent."""
        holder, typed = await field(request, "holder"), await field(request, "iban")
        errors = {}
        iban = ""
        try:
            read_holder(holder)
        except ValueError:
            errors["holder"] = "account_wrong_name"
        try:
            iban = read_iban(typed)
        except ValueError:
            errors["iban"] = "account_wrong_iban"
        return cls(holder, typed, errors, None if errors else BankAccount(holder, iban))


_TARIFF_PRICES = ("energy", "energy_low", "energy_tax", "feed_in", "feed_in_costs")


@dataclass(frozen=True, slots=True)
class TariffForm:
    """What stands in the form of a home's tariff, as it was typed."""

    typed: Mapping[str, str]
    """By field."""
    net_metering: bool
    errors: Mapping[str, str] = fields(default_factory=dict)
    first_day: date | None = None
    tariff: HomeTariff | None = None
    """What the form says; None where something is wrong with it."""

    @classmethod
    def usual(cls, today: date) -> TariffForm:
        """Return the form as a new contract begins."""
        typed = {"first_day": today.isoformat(), "kind": TariffKind.DYNAMIC.value, "energy": "0.0242"}
        others = {"energy_low": "", "vat": "21", "feed_in": "0", "feed_in_costs": "0"}
        return cls(typed | others | {"energy_tax": str(ENERGY_TAX)}, net_metering=True)

    @classmethod
    async def filled_in(cls, request: web.Request) -> TariffForm:
        """Return the form that was sent."""
        typed = {name: await field(request, name) for name in ("first_day", "kind", "vat", *_TARIFF_PRICES)}
        net_metering = bool(await field(request, "net_metering"))
        errors: dict[str, str] = {}
        first_day, kind = None, None
        try:
            first_day = read_day(typed["first_day"])
        except ValueError:
            errors["first_day"] = "account_wrong_day"
        try:
            kind = TariffKind(typed["kind"])
        except ValueError:
            errors["kind"] = "account_wrong_kind"
        vat = _number(_PERCENT, typed["vat"]) if kind is TariffKind.DYNAMIC else 21.0
        if vat is None:
            errors["vat"] = "account_wrong_vat"
        needed = [name for name in _TARIFF_PRICES if name != "energy_low" or kind is TariffKind.TWO_TARIFF]
        prices = {name: _number(_PRICE, typed[name]) for name in needed}
        errors |= {name: "account_wrong_price" for name, price in prices.items() if price is None}
        if errors or kind is None or vat is None:
            return cls(typed, net_metering, errors, first_day)
        try:
            known = {name: price for name, price in prices.items() if price is not None}
            tariff = HomeTariff(kind=kind, vat=vat / 100, net_metering=net_metering, **known)
        except ValueError:
            return cls(typed, net_metering, {"energy": "account_wrong_price"}, first_day)
        return cls(typed, net_metering, {}, first_day, tariff)


def _number(shape: re.Pattern[str], typed: str) -> float | None:
    return float(typed.replace(",", ".")) if shape.fullmatch(typed) else None
