"""What was run: the village, the period, the prices, and what the planner knew."""

from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.report.story import Story

type Fact = tuple[str, str]

MOST_NAMED = 4
"""Transformers; of more only the number is told."""


def facts(story: Story) -> list[Fact]:
    """Return labels and what they are, in the order of importance."""
    words, backtest = story.words, story.backtest
    village, days = backtest.village, story.calendar.days
    modes = list(dict.fromkeys(outcome.mode for outcome in story.others or story.outcomes))
    age = backtest.data_age_days
    found: list[tuple[str, str]] = [
        (
            "period",
            words(
                "period_is", first=words.day(days[0]), last=words.day(days[-1]), days=words.number(len(days))
            ),
        ),
        ("mode", "; ".join(words(mode.value) for mode in modes)),
        ("batteries", _batteries(story)),
        ("transformers", _transformers(story)),
        ("feeder", _feeder(story)),
        ("sites", words("sites_are", count=words.number(len(village.sites)))),
        ("tariff", words.tariff(backtest.tariff_name)),
        ("prices", _prices(story)),
    ]
    if Mode.ROLLING in modes:  # foresight does not measure
        found.insert(2, ("data_age", words("days_old", days=age) if age else words("fresh")))
    return [(words(key), value) for key, value in found]


def _batteries(story: Story) -> str:
    batteries, words = story.backtest.village.batteries, story.words
    return words(
        "batteries_are",
        count=words.number(len(batteries)),
        energy=words.number(sum(battery.capacity_wh for battery in batteries) / 1000),
        power=words.number(sum(battery.max_discharge_w for battery in batteries) / 1000),
    )


def _transformers(story: Story) -> str:
    words, transformers = story.words, story.backtest.village.transformers
    if len(transformers) > MOST_NAMED:
        together = words.kilowatts(sum(transformer.limit_w for transformer in transformers))
        return words("transformers_are", count=words.number(len(transformers)), limit=together)
    return ", ".join(
        words("transformer_is", name=transformer.name, limit=words.kilowatts(transformer.limit_w))
        for transformer in transformers
    )


def _feeder(story: Story) -> str:
    of_m1 = next(m.grid.feeder for m in story.measures if m.model == story.m1.model)
    if of_m1 is None:
        return story.words("no_feeder")
    peak_w = of_m1.peaks.mean_daily_peak_w
    if peak_w is None:
        return of_m1.name
    return story.words("feeder_is", name=of_m1.name, peak=story.words.kilowatts(peak_w))


def _prices(story: Story) -> str:
    words, backtest = story.words, story.backtest
    day_ahead = backtest.village.day_ahead
    prices = words(
        "prices_are",
        imported=words.euros(float(backtest.import_price.mean()), 3),
        exported=words.euros(float(backtest.export_price.mean()), 3),
        day_ahead=words.euros(float(day_ahead.mean()), 3),
        least=words.euros(float(day_ahead.min()), 3),
        most=words.euros(float(day_ahead.max()), 3),
    )
    return words("prices_made_up", prices=prices) if story.made_up_prices else prices
