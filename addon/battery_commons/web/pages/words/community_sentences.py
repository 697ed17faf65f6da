"""How a period of the community is told, in whole sentences."""

from collections.abc import Iterator

from battery_commons.community.carbon import KG_PER_KWH
from battery_commons.community.codes import CodeFact, CodesTogether, together
from battery_commons.community.day import Compared, Flow
from battery_commons.community.facts import GridFacts, PeriodFacts
from battery_commons.community.keeping.told import NamedHome
from battery_commons.community.period import Length, Period
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.privacy import LEAST_HOMES
from battery_commons.domain.time import SLOT_HOURS
from battery_commons.voting.vote import Vote
from battery_commons.voting.words import option_text
from battery_commons.web.pages.words.account_sentences import month_name
from battery_commons.web.pages.words.words import Words

_SHOWN_W = 50.0
"""Less rounds to 0.0 kW."""


def period_name(words: Words, period: Period) -> str:
    """Return what a period is called."""
    match period.length:
        case Length.YEAR:
            return period.text
        case Length.MONTH:
            return month_name(words, period.text)
        case Length.DAY:
            return words.date(period.first)


def grid_sentences(words: Words, grid: GridFacts) -> Iterator[str]:
    """Yield what a transformer, the feeder or the village went through."""
    if grid.measured is None:
        yield words("community_not_measured")
    elif grid.compared is None:
        yield words(
            "community_measured_only",
            import_load=words.kilowatts(grid.measured.import_w),
            feed_in_load=words.kilowatts(grid.measured.feed_in_w),
            least=LEAST_HOMES,
        )
        if grid.limit_w is not None:
            hours = _hours(words, grid.measured)
            yield words("community_hours_measured", limit=words.kilowatts(grid.limit_w), actual=hours)
    else:
        yield from _compared(words, grid, grid.compared)


def known(words: Words, grid: GridFacts) -> str:
    """Return how much of the time is known of it."""
    measured = words.percent(grid.known_slots / grid.slots if grid.slots else 0.0)
    if grid.compared is None:
        return words("community_known_only", known=measured)
    return words(
        "community_known",
        known=measured,
        compared=words.percent(grid.compared.slots / grid.slots),
        m1=words.percent(grid.compared.m1_slots / grid.compared.slots),
    )


def sun_sentences(words: Words, facts: PeriodFacts, slots: int) -> Iterator[str]:
    """Yield what came of the own sun, over `slots` quarter hours."""
    shares, sun = facts.sun_shares, facts.sun
    if shares is None or sun is None:
        yield words("community_sun_none", least=LEAST_HOMES)
        return
    said = {name: words.percent(getattr(shares, name)) for name in ("actual", "bare", "alone")}
    yield words("community_sun_what", **said)
    yield words(
        "community_sun_kwh",
        surplus=words.number(sun.surplus_wh / 1000),
        known=words.percent(sun.slots / slots if slots else 0.0),
        least=LEAST_HOMES,
    )


def carbon_sentences(words: Words, facts: PeriodFacts) -> Iterator[str]:
    """Yield what was saved of CO2, and how that is reckoned."""
    carbon = facts.carbon
    if carbon is None:
        is_day = facts.period.length is Length.DAY
        yield words("community_carbon_day" if is_day else "community_carbon_none")
        return
    yield words(
        "community_carbon_what",
        least=signed(words, carbon.at_least_kg),
        most=signed(words, carbon.at_most_kg),
        factor=words.number(KG_PER_KWH, 2),
    )
    if carbon.at_least_kg < 0:
        yield words("community_carbon_negative")


def code_sentences(words: Words, codes: list[CodeFact]) -> Iterator[str]:
    """Yield what codes of each colour came to."""
    if not codes:
        yield words("community_codes_none")
    for code in (CongestionSignal.RED, CongestionSignal.GREEN):
        if any(each.code is code for each in codes):
            yield from _codes(words, together(codes, code))


def vote_sentence(words: Words, vote: Vote) -> str:
    """Return what a vote came to, and how many took part."""
    result = vote.result
    if result is None:
        return vote.motion.title
    choice = vote.motion.options().get(result.choice or "", "")
    return words(
        "community_vote",
        title=vote.motion.title,
        outcome=words(
            f"community_vote_{result.outcome.value}",
            choice=option_text(vote.motion.subject, choice, words.language),
        ),
        ballots=result.ballots,
        could=result.could_vote,
        turnout=words.percent(result.ballots / result.could_vote if result.could_vote else 0.0),
    )


def named_sentence(words: Words, home: NamedHome) -> str:
    """Return what a home that asked to be named did."""
    if not home.asked:
        return words("community_codes_none")
    said = words("community_named_joined", joined=home.joined, asked=home.asked)
    if home.kwh is None:
        return said
    kwh = signed(words, home.kwh)
    return f"{said}; " + words(
        "community_named_kwh", kwh=kwh, within=words.number(home.kwh_within, 1), measured=home.measured
    )


def quality_sentences(words: Words, facts: PeriodFacts) -> Iterator[str]:
    """Yield how much is known of a period."""
    yield words("community_quality_days", over=facts.days_over, kept=facts.days_kept)
    if facts.homes_known is not None:
        yield words("community_quality_homes", share=words.percent(facts.homes_known))


def change(words: Words, power_w: float) -> str:
    """Return a change of load: how much less, or more."""
    key = "community_less" if power_w < 0 else "community_more"
    return words(key, power=words.kilowatts(power_w))


def signed(words: Words, figure: float) -> str:
    """Return a figure with one decimal, and a real minus."""
    return words.number(figure + 0.0, 1).replace("-", "\N{MINUS SIGN}")


def _compared(words: Words, grid: GridFacts, compared: Compared) -> Iterator[str]:
    for way, feed_in in (("import", False), ("feed_in", True)):
        highest_w = compared.actual.feed_in_w if feed_in else compared.actual.import_w
        yield words(
            f"community_peak_{way}",
            load=words.kilowatts(highest_w),
            bare=_lower(words, grid.lower_w(than_alone=False, feed_in=feed_in), ""),
            alone=_lower(words, grid.lower_w(than_alone=True, feed_in=feed_in), "_alone"),
        )
    if grid.limit_w is None:
        return
    limit = words.kilowatts(grid.limit_w)
    flows = {"actual": compared.actual, "bare": compared.bare, "alone": compared.alone}
    if any(each.over_slots for each in flows.values()):
        yield words(
            "community_hours", limit=limit, **{name: _hours(words, each) for name, each in flows.items()}
        )
    else:
        yield words("community_hours_none", limit=limit)


def _lower(words: Words, by_w: float | None, than: str) -> str:
    by_w = by_w or 0.0
    if abs(by_w) < _SHOWN_W:
        return words(f"community_same{than}")
    return words(f"community_{'lower' if by_w > 0 else 'higher'}{than}", by=words.kilowatts(by_w))


def _hours(words: Words, flow: Flow) -> str:
    return words.number(flow.over_slots * SLOT_HOURS, 2).rstrip("0").rstrip(".,")


def _codes(words: Words, codes: CodesTogether) -> Iterator[str]:
    counted = {"times": codes.times, "joined": codes.joined, "asked": codes.asked}
    if codes.change is None:
        yield words(f"community_codes_unmeasured_{codes.code.value}", **counted)
        return
    yield words(
        f"community_codes_{codes.code.value}",
        change=change(words, codes.change.change_w),
        low=change(words, codes.change.low_w),
        high=change(words, codes.change.high_w),
        kwh=signed(words, codes.kwh),
        within=words.number(codes.kwh_within, 1),
        **counted,
    )
    if codes.measured < codes.times:
        yield words("community_codes_part", measured=codes.measured, times=codes.times)
