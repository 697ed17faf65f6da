"""The report back in the evening: what a code came to, in a sentence or two, in English and in Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from battery_commons.domain.flash_mob import Change
from battery_commons.domain.time import MARKET_ZONE

_ONE_DECIMAL_BELOW_W = 9_950


class ResultState(StrEnum):
    """How far a result is."""

    WAITING = "waiting"
    """Readings still come in."""
    MEASURED = "measured"
    UNMEASURED = "unmeasured"
    """Nothing is waited for any longer."""


@dataclass(frozen=True, slots=True)
class Told:
    """The same in both languages."""

    en: str
    nl: str


_ENGLISH = {
    "waiting": "What it came to between {start} and {end} is not known yet: readings still come in.",
    "unmeasured": "What it came to between {start} and {end} was not measured.",
    "together": "Together {change} between {start} and {end} ({interval}).",
    "homes": "The {homes} homes that share their meter: together {change} between {start} and {end} "
    "({interval}).",
    "you": "You {change} ({interval}).",
    "chance": "It may be chance.",
    "between": "between {low} and {high}",
    "less": "{power} less",
    "more": "{power} more",
}
_DUTCH = {
    "waiting": "Wat het tussen {start} en {end} opleverde, is nog niet bekend: er komen nog metingen binnen.",
    "unmeasured": "Wat het tussen {start} en {end} opleverde, is niet gemeten.",
    "together": "Samen {change} tussen {start} en {end} ({interval}).",
    "homes": "De {homes} huizen die hun meter delen: samen {change} tussen {start} en {end} ({interval}).",
    "you": "Jij {change} ({interval}).",
    "chance": "Het kan toeval zijn.",
    "between": "tussen {low} en {high}",
    "less": "{power} minder",
    "more": "{power} meer",
}


@dataclass(frozen=True, slots=True)
class Result:
    """What a code came to."""

    start: datetime
    end: datetime
    state: ResultState
    village: Change | None
    """None where the village was not measured, or is not yet."""
    own: Change | None = None
    """Of the home that is told; None where that is not measured."""
    homes: int = 0
    """Of how many homes `village` is the sum; 0 where it is measured as a whole."""

    def told(self) -> Told:
        """Return it in words."""
        return Told(_told(_ENGLISH, self), _told(_DUTCH, self))


def _told(words: Mapping[str, str], result: Result) -> str:
    times = {"start": _clock(result.start), "end": _clock(result.end)}
    if result.village is not None:
        key = "homes" if result.homes else "together"
        sentences = [_sentence(key, words, result.village, homes=str(result.homes), **times)]
    else:
        waits = result.state is ResultState.WAITING
        sentences = [words["waiting" if waits else "unmeasured"].format(**times)]
    if result.own is not None:
        sentences.append(_sentence("you", words, result.own))
    return " ".join(sentences)


def _sentence(key: str, words: Mapping[str, str], change: Change, **told: str) -> str:
    """Return a change with its interval, and that it may be chance where zero lies within that."""
    found = words[key].format(
        change=_change(words, change.change_w), interval=_interval(words, change), **told
    )
    return f"{found} {words['chance']}" if change.low_w <= 0 <= change.high_w else found


def _interval(words: Mapping[str, str], change: Change) -> str:
    """Return how far the truth may be off: with less and more where it may be either."""
    if change.low_w > 0 or change.high_w < 0:
        low, high = sorted((abs(change.low_w), abs(change.high_w)))
        decimals = 1 if high < _ONE_DECIMAL_BELOW_W else 0
        return words["between"].format(
            low=_number(words, low, decimals), high=f"{_number(words, high, decimals)} kW"
        )
    return words["between"].format(low=_change(words, change.low_w), high=_change(words, change.high_w))


def _change(words: Mapping[str, str], change_w: float) -> str:
    decimals = 1 if abs(change_w) < _ONE_DECIMAL_BELOW_W else 0
    power = f"{_number(words, abs(change_w), decimals)} kW"
    return words["more" if change_w > 0 else "less"].format(power=power)


def _number(words: Mapping[str, str], power_w: float, decimals: int) -> str:
    written = f"{power_w / 1000:.{decimals}f}"
    return written.replace(".", ",") if words is _DUTCH else written


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(MARKET_ZONE):%H:%M}"
