"""Why a code is proposed, in a sentence that residents can read."""

from battery_commons.domain.flash_mob import Because
from battery_commons.domain.grid import CongestionSignal

_ENGLISH = {
    "limit_red": "The transformer {name} is expected at {share} of its limit.",
    "limit_green": "Feed-in at the transformer {name} is expected at {share} of its limit.",
    "highest_red": "One of the highest loads of the last {days} days is expected.",
    "highest_green": "One of the sunniest hours of the last {days} days is expected.",
}
_DUTCH = {
    "limit_red": "De transformator {name} wordt op {share} van zijn grens verwacht.",
    "limit_green": "De teruglevering bij transformator {name} wordt op {share} van de grens verwacht.",
    "highest_red": "Een van de hoogste pieken van de laatste {days} dagen komt eraan.",
    "highest_green": "Een van de zonnigste uren van de laatste {days} dagen komt eraan.",
}
_LONGEST_NAME = 24
"""Both sentences together are no longer than a reason may be."""


def sentence(because: Because, code: CongestionSignal, language: str) -> str:
    """Return the reason in `en` or `nl`."""
    text = (_DUTCH if language == "nl" else _ENGLISH)[f"{because.need}_{code}"]
    share = f"{because.figure:.0%}".replace("%", " %")
    return text.format(name=because.name[:_LONGEST_NAME], share=share, days=round(because.figure))


def in_both_languages(because: Because, code: CongestionSignal) -> str:
    """Return the reason in Dutch and in English: the village does not know who reads what."""
    return f"{sentence(because, code, 'nl')} / {sentence(because, code, 'en')}"
