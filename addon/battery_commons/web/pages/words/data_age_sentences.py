"""What the age of data costs, put into sentences and the cells of a table."""

from battery_commons.simulation.data_age import LEARNED_COMPARED, LEARNING, PILOT, AgeFigures, DataAges
from battery_commons.simulation.data_age_days import Estimate
from battery_commons.web.pages.words.words import Words

TOLD_DAYS = 1
"""What is told in sentences is of data as old as this, which many meters are read at; and of the oldest."""
_NONE = "\N{EN DASH}"


def age_name(words: Words, each: AgeFigures) -> str:
    """Return what an age is called."""
    if each.has_guard:
        return words("data_age_guarded")
    return words(f"data_age_{int(each.age.total_seconds())}")


def findings(words: Words, figures: DataAges) -> list[str]:
    """Return in plain sentences what was found: a paragraph each."""
    fresh, older = figures.ages[0], figures.ages[1:]
    told = [each for each in older if each.age.days == TOLD_DAYS] or [older[-1]]
    if older[-1] not in told:
        told.append(older[-1])
    return [
        *([words("data_age_short", days=figures.days)] if figures.is_short else []),
        *(_of_age(words, figures, fresh, each) for each in told),
        _of_guard(words, figures),
        words("data_age_learned")
        if figures.learned
        else words("data_age_not_learned", least=(figures.ages[-1].age + LEARNING + LEARNED_COMPARED).days),
    ]


def pilot(words: Words) -> str:
    """Return what the pilot found."""
    fresh, old = PILOT.values()
    return words("data_age_pilot", fresh=share(words, fresh), old=share(words, old))


def columns(figures: DataAges) -> list[str]:
    """Return the keys of the table's headings."""
    skills = ["skill", "feeder_skill"] if figures.has_feeder else ["skill"]
    return [f"data_age_column_{name}" for name in ("age", *skills, "peak", "weekly", "saving", "worth")]


def cells(words: Words, figures: DataAges, each: AgeFigures) -> list[str]:
    """Return a row of the table."""
    skills = [each.transformers, *([each.feeder] if each.feeder else [])]
    return [
        age_name(words, each),
        *(share(words, of.skill) for of in skills),
        moved(words, each.peak_reduction),
        moved(words, each.weekly_peak_reduction),
        euros(words, each.saving_eur_per_year),
        euros(words, each.eur_lost_per_year, spread=True) if each in figures.ages[1:] else _NONE,
    ]


def rows(words: Words, figures: DataAges) -> list[list[str]]:
    """Return the table, fresh data first, the guard last."""
    return [cells(words, figures, each) for each in (*figures.ages, figures.guarded)]


def share(words: Words, value: float | None) -> str:
    """Return a share as a percentage with a decimal."""
    return _NONE if value is None else f"{_signed(words, 100 * value, 1)} %"


def moved(words: Words, reduction: float | None) -> str:
    """Return by how much a peak is lower or higher."""
    if reduction is None:
        return _NONE
    return words(
        "data_age_lower" if reduction >= 0 else "data_age_higher", share=share(words, abs(reduction))
    )


def euros(words: Words, amount: Estimate | None, *, spread: bool = False) -> str:
    """Return whole euros; with `spread`, also how far chance may have moved them."""
    if amount is None:
        return _NONE
    value, low, high = (_euros(words, each) for each in (amount.value, amount.low, amount.high))
    return words("data_age_spread", value=value, low=low, high=high) if spread else value


def _of_age(words: Words, figures: DataAges, fresh: AgeFigures, each: AgeFigures) -> str:
    said = []
    age = age_name(words, each)
    what = words("data_age_feeder" if figures.has_feeder else "data_age_transformers")
    if each.peak_reduction is not None and each.peak_lost is not None:
        said.append(
            words(
                "data_age_peaks",
                age=age,
                what=what,
                village=figures.village,
                old=moved(words, each.peak_reduction),
                fresh=moved(words, fresh.peak_reduction),
            )
        )
        said.append(_told(words, "data_age_points", each.peak_lost, points=True))
    if each.eur_lost_per_year is not None:
        said.append(_told(words, "data_age_worth", each.eur_lost_per_year, age=age))
    pair = (
        (each.feeder, fresh.feeder)
        if each.feeder and fresh.feeder
        else (each.transformers, fresh.transformers)
    )
    old_w, fresh_w = (of.mae_w for of in pair)
    if fresh_w > 0:
        more = old_w / fresh_w - 1
        key = "data_age_missed" if more >= 0 else "data_age_missed_less"
        said.append(words(key, what=what, share=share(words, abs(more))))
    return " ".join(said)


def _of_guard(words: Words, figures: DataAges) -> str:
    fresh, guarded = figures.ages[0], figures.guarded
    return words(
        "data_age_guard",
        guarded=moved(words, guarded.peak_reduction),
        eur=euros(words, guarded.saving_eur_per_year),
        without=euros(words, fresh.saving_eur_per_year),
    )


def _told(words: Words, key: str, found: Estimate, *, points: bool = False, age: str = "") -> str:
    """Return what fresh data have more, where chance is unlikely to be the reason; else that it may be."""
    low, high = found.low, found.high
    value = found.value
    if not found.is_clear:
        key += "_unclear"
    elif value < 0:
        key += "_against" if points else "_less"
        value, low, high = -value, -high, -low
    if points:
        figures = [_signed(words, 100 * each, 1) for each in (value, low, high)]
        return words(key, points=figures[0], low=figures[1], high=figures[2])
    eur, *ends = (_euros(words, each) for each in (value, low, high))
    return words(key, eur=eur, low=ends[0], high=ends[1], age=age)


def _euros(words: Words, value: float) -> str:
    minus = "\N{MINUS SIGN}" if round(value) < 0 else ""
    return f"\N{EURO SIGN}\N{NO-BREAK SPACE}{minus}{words.number(abs(value))}"


def _signed(words: Words, value: float, decimals: int) -> str:
    written = words.number(abs(value), decimals)
    is_below = value < 0 and round(value, decimals) != 0
    return f"\N{MINUS SIGN}{written}" if is_below else written
