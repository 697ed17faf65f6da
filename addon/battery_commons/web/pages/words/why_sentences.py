"""Why a battery was asked what it was asked, in sentences."""

from battery_commons.domain.plan import ControlModel, PlanReason
from battery_commons.tick.why import Expected, Why
from battery_commons.web.pages.words.words import Words


def because(words: Words, why: Why) -> str:
    """Return what spoke for it, with its figures; and what was made of it since."""
    sentences = [words(_key(why), **_figures(words, why))]
    if why.shadow:
        sentences.append(words("why_shadow"))
    if why.price_guessed and why.power_w is not None:
        sentences.append(words("why_guessed"))
    sentences += [
        words("why_corrected", time=words.clock(each.at), action=words.action(each.power_w))
        for each in why.corrections
    ]
    return " ".join(sentences)


def expected_load(words: Words, expected: Expected) -> str:
    """Return what was expected of a transformer."""
    return words(
        "plans_load",
        name=expected.name,
        base=load(words, expected.base_w),
        low=load(words, expected.low_w),
        high=load(words, expected.high_w),
        planned=load(words, expected.planned_w),
        limit=words.kilowatts(expected.limit_w),
    )


def asked(words: Words, expected: Expected) -> str:
    """Return what operators asked of a transformer."""
    parts = []
    for each, limit_w in expected.asked.items():
        what = each.removesuffix("_w")
        if what == "ceiling":
            what = "charge" if limit_w >= 0 else "discharge"
        parts.append(words(f"asked_{what}", name=expected.name, limit=words.kilowatts(limit_w)))
    return ", ".join([*parts, words("asked_of_all")] if expected.asked_of_feeder else parts)


def load(words: Words, power_w: float) -> str:
    """Return a load, and that it is fed in where it is."""
    size = words.kilowatts(power_w)
    return words("fed_in", power=size) if power_w < 0 else size


def _key(why: Why) -> str:
    if why.reason is PlanReason.OWN_HOUSE and why.model is ControlModel.M1:
        return "why_own_house_m1"
    return f"why_{why.reason.value}"


def _figures(words: Words, why: Why) -> dict[str, str]:
    expected = why.expected
    return {
        "name": expected.name,
        "base": load(words, expected.base_w),
        "low": load(words, expected.low_w),
        "high": load(words, expected.high_w),
        "planned": load(words, expected.planned_w),
        "left_alone": load(words, why.left_alone_w),
        "limit": words.kilowatts(expected.limit_w),
        "asked": asked(words, expected),
        "price": words.euros(why.import_price),
        "mean": words.euros(why.mean_price),
        "stored": words("unknown") if why.stored_share is None else words.percent(why.stored_share),
    }
