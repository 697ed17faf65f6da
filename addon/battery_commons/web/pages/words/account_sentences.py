"""How amounts, months and the lines of a statement are said."""

from collections.abc import Mapping
from datetime import datetime

from battery_commons.account.basis import MonthRules
from battery_commons.account.statement import Line
from battery_commons.web.pages.words.words import Words

_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}


def money(words: Words, cents: int) -> str:
    """Return an amount."""
    sign = "\N{MINUS SIGN}" if cents < 0 else ""
    return f"{sign}€\N{NO-BREAK SPACE}{words.number(abs(cents) / 100, 2)}"


def month_name(words: Words, period: str) -> str:
    """Return a month by its name, with the year."""
    first = datetime.strptime(period, "%Y-%m")  # noqa: DTZ007 - a month, wherever it is read
    return f"{_MONTHS[words.language].split()[first.month - 1]} {first.year}"


def rule_of(words: Words, rules: MonthRules) -> str:
    """Return how what is left is shared."""
    return words(f"account_rule_{rules.sharing.value}", need=money(words, rules.fund_need_cents))


def meaning(words: Words, line: Line, rules: MonthRules) -> str:
    """Return what a line of a statement means, with its figures."""
    figures, key = line.figures, f"line_{line.key.value}_what"
    if (lacking := -(figures.get("to_share_cents") or 0)) > 0:
        key = "line_nothing_to_share_what"
        figures = {"lacking_cents": lacking, "fund_cents": -(figures["fund_cents"] or 0)}
    wear = _price(words, rules.wear_1e5 / 2)
    return words(key, **_said(words, figures), rule=rule_of(words, rules), wear=wear)


def _price(words: Words, price_1e5: float) -> str:
    return words.euros(price_1e5 / 100_000).replace(" ", "\N{NO-BREAK SPACE}")


def _said(words: Words, figures: Mapping[str, int | None]) -> dict[str, str]:
    said = {}
    for name, figure in figures.items():
        if figure is None:
            said[name] = "\N{EN DASH}"
        elif name.endswith("_wh"):
            said[name.removesuffix("_wh") + "_kwh"] = words.number(figure / 1000, 1)
        elif name.endswith("_cents"):
            said[name.removesuffix("_cents")] = money(words, figure)
        elif name == "price_1e5_per_kwh":
            said["price"] = _price(words, figure)
        else:
            said[name] = str(figure)
    if "counted_quarter_hours" in figures:
        known, unknown = figures["counted_quarter_hours"] or 0, figures["unknown_quarter_hours"] or 0
        said |= {"known": str(known), "all": str(known + unknown)}
    if "still_owed" in said:
        said["owed"] = said["still_owed"]
    return said
