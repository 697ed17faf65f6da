"""What the summary table says, in a few sentences for whoever reads no tables."""

from battery_commons.simulation.measures.calendar import SLOTS_PER_MONTH
from battery_commons.simulation.measures.measure import ModelMeasures
from battery_commons.simulation.report.story import Story

NOTICEABLE_SHARE = 0.0005
"""Less is written as 0.0 %."""
NOTICEABLE_EUR = 0.5
"""Less, per month, is written as EUR 0."""


def reading(story: Story) -> list[str]:
    """Return the sentences, the most important first."""
    if not story.steered:
        return [story.words("reads_only_m1")]
    return [*_grid_and_purse(story), *_over(story), *_owners(story)]


def _grid_and_purse(story: Story) -> list[str]:
    words, models = story.words, story.steered
    levels = max(models, key=_variance)
    saves = max(models, key=_saving)
    does_level, does_save = _variance(levels) > NOTICEABLE_SHARE, _saving(saves) > NOTICEABLE_SHARE
    variance, saving = words.percent(_variance(levels)), words.percent(_saving(saves))
    if levels is saves and does_level and does_save:
        return [words("reads_both", model=levels.model, variance=variance, saving=saving)]
    return [
        words("reads_grid", model=levels.model, variance=variance) if does_level else words("reads_no_grid"),
        words("reads_purse", model=saves.model, saving=saving) if does_save else words("reads_no_purse"),
    ]


def _over(story: Story) -> list[str]:
    worst = max(story.steered, key=lambda measures: measures.grid.slots_newly_over)
    slots = worst.grid.slots_newly_over
    return [story.words("reads_over", model=worst.model, slots=story.words.number(slots))] if slots else []


def _owners(story: Story) -> list[str]:
    words, models = story.words, [measures for measures in story.steered if measures.homes]
    if not models:
        return []
    dear = [m for m in models if m.mean_extra_eur_per_month > NOTICEABLE_EUR and m.money.saving_eur > 0]
    if dear:
        return [_owners_pay(story, sorted(dear, key=lambda m: m.mean_extra_eur_per_month))]
    most_losers = max(models, key=lambda measures: measures.homes_that_lose)
    if most_losers.homes_that_lose:
        losers, homes = most_losers.homes_that_lose, len(most_losers.homes)
        return [words("reads_owners_uneven", model=most_losers.model, losers=losers, homes=homes)]
    return [words("reads_owners_gain")]


def _owners_pay(story: Story, dear: list[ModelMeasures]) -> str:
    """Return what owners pay and the village gains under models in the order of what owners pay."""
    words, months = story.words, story.backtest.village.grid.slots / SLOTS_PER_MONTH
    gains = [measures.money.saving_eur / months for measures in dear]
    return words(
        "reads_owners_pay" if len(dear) > 1 else "reads_owners_pay_one",
        least=words.euros(dear[0].mean_extra_eur_per_month),
        least_model=dear[0].model,
        most=words.euros(dear[-1].mean_extra_eur_per_month),
        most_model=dear[-1].model,
        least_gain=words.euros(min(gains)),
        most_gain=words.euros(max(gains)),
    )


def _variance(measures: ModelMeasures) -> float:
    return measures.grid.transformer_variance_reduction or 0.0


def _saving(measures: ModelMeasures) -> float:
    return measures.money.saving_share or 0.0
