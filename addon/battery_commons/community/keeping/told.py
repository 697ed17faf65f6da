"""What the community is told of a period, from the store: facts by day, codes, votes, and who is named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import hypot

from battery_commons.account.keeping.gathering import day_of
from battery_commons.account.period import midnight
from battery_commons.community.codes import CodeFact
from battery_commons.community.facts import PeriodFacts, period_facts
from battery_commons.community.period import Period
from battery_commons.domain.flash_mob import of_home
from battery_commons.mob.keeping.results import CodeOver, codes_over
from battery_commons.store import Store
from battery_commons.voting.vote import OVER, Vote


@dataclass(frozen=True, slots=True)
class NamedHome:
    """A home that asked to be shown by name."""

    name: str
    joined: int
    asked: int
    """In so many codes: those announced since it joined."""
    kwh: float | None
    """By how much more it drew in measured codes: below zero is less. None where none was measured."""
    kwh_within: float
    """The true figure is no further off in 95 of 100 cases."""
    measured: int


@dataclass(frozen=True, slots=True)
class Told:
    """A period, as far as it is known."""

    village: str
    facts: PeriodFacts
    names: Mapping[str, str]
    """Of transformers and the feeder, by id."""
    codes: Sequence[CodeFact]
    votes: Sequence[Vote]
    """That closed in it."""
    named: Sequence[NamedHome]
    span: tuple[date, date] | None
    """The first and the last day that anything is kept of; None without any."""


def facts_of(store: Store, period: Period, now: datetime) -> PeriodFacts:
    """Return what is kept of a period's days. Raises StoreError."""
    return period_facts(period, store.community_days(period.first, period.last), day_of(now))


def told(store: Store, period: Period, now: datetime) -> Told:
    """Return what there is to tell of a period. Raises StoreError."""
    start, end = midnight(period.first), midnight(period.last + timedelta(days=1))
    over = [each for each in codes_over(store, start, now) if start <= each.code.start < end]
    names = {each.id: each.name for each in store.transformers()}
    if (feeder := store.feeder()) is not None:
        names[feeder.id] = feeder.name
    span = store.community_span()
    return Told(
        store.village().name,
        facts_of(store, period, now),
        names,
        [_code(each) for each in over],
        [vote for vote in store.votes(start) if vote.state in OVER and start <= vote.motion.closes_at < end],
        _named(store, over),
        None if span is None else span[:2],
    )


def _code(over: CodeOver) -> CodeFact:
    code, response = over.code, over.response
    change = None if response is None else response.window
    return CodeFact(code.code, code.start, code.end, code.homes, code.joining, change)


def _named(store: Store, over: Sequence[CodeOver]) -> list[NamedHome]:
    """Return the homes that asked for it, by their names."""
    shown = store.shown_homes()
    codes = {each.code.id: each for each in over}
    found = []
    for home in store.homes():
        if home.id not in shown or home.suspended_at is not None:
            continue
        since = store.consented_at(home.id)
        asked = {id_ for id_, each in codes.items() if since is None or since <= each.code.announced_at}
        answers = [each for each in store.code_answers(home.id) if each.window.id in asked]
        responses = store.responses_of(of_home(home.id), list(codes)) if codes else {}
        changes = [(_code(codes[id_]).hours, each.window) for id_, each in responses.items()]
        found.append(
            NamedHome(
                home.name,
                joined=sum(bool(each.window.joins) for each in answers),
                asked=len(asked),
                kwh=sum(hours * each.change_w for hours, each in changes) / 1000 if changes else None,
                kwh_within=hypot(*(hours * (each.high_w - each.low_w) / 2 for hours, each in changes)) / 1000,
                measured=len(responses),
            )
        )
    return sorted(found, key=lambda each: each.name.casefold())
