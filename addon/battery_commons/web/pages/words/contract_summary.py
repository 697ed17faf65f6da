"""A contract in plain sentences."""

from collections.abc import Iterator, Mapping
from datetime import time, timedelta

from battery_commons.domain.contract import Contract
from battery_commons.web.pages.words.words import Words


def summary(contract: Contract, places: Mapping[str, str], words: Words) -> list[str]:
    """Return what a contract says, a sentence for each thing."""
    return [sentence for sentence in _sentences(contract, places, words) if sentence]


def _sentences(contract: Contract, places: Mapping[str, str], words: Words) -> Iterator[str]:
    place = places.get(contract.subject) or words("contract_whole_village")
    midnight = contract.until_time == time(0)
    whole_day = midnight and contract.from_time == time(0)
    until = "24:00" if midnight else f"{contract.until_time:%H:%M}"
    hours = (
        words("contract_all_day")
        if whole_day
        else words("contract_hours", start=f"{contract.from_time:%H:%M}", end=until)
    )
    days = words(f"contract_days_{contract.days.value}")
    yield words("contract_says_when", days=days, hours=hours, first=words.date(contract.first_day))
    when = "always" if contract.is_standing else "called"
    for way, limit_w in (("import", contract.import_w), ("export", contract.export_w)):
        if limit_w is not None:
            yield words(f"contract_says_{way}_{when}", place=place, limit=words.kilowatts(limit_w))
    if contract.call_w is not None:
        yield words("contract_says_call", place=place, power=words.kilowatts(contract.call_w))
    if contract.longest_call is not None:
        yield words("contract_says_longest", hours=_hours(contract.longest_call, words))
    if not contract.is_standing:
        yield words("contract_says_notice", hours=_hours(contract.notice, words))
    yield words(
        "contract_says_money",
        year=words.number(contract.eur_per_year, 2),
        kwh=words.number(contract.eur_per_kwh, 3),
        penalty=words.number(contract.penalty_eur_per_kwh, 3),
    )
    if contract.one_brp:
        yield words("contract_says_brp")
    if contract.last_day is not None:
        yield words("contract_says_last", last=words.date(contract.last_day))


def _hours(duration: timedelta, words: Words) -> str:
    return words.number(
        duration / timedelta(hours=1), 0 if duration % timedelta(hours=1) == timedelta(0) else 2
    )
