"""What was asked in a quarter hour, and how long a village took to do it, in words."""

from datetime import datetime, timedelta

from battery_commons.web.pages.words.why_sentences import load
from battery_commons.web.pages.words.words import Words

_MINUTE_S, _HOUR_S = 60, 3600


def asked(words: Words, name: str, power_w: float) -> str:
    """Return a limit: `highest` and `lowest` of a load, or the `ceiling` of what batteries may draw."""
    if name == "ceiling":
        name = "charge" if power_w >= 0 else "discharge"
    return words(f"activation_asked_{name}", power=words.kilowatts(power_w))


def power(words: Words, power_w: float, *, of_batteries: bool) -> str:
    """Return a power with its direction."""
    return words.action(power_w) if of_batteries else load(words, power_w)


def took(words: Words, response: timedelta) -> str:
    """Return a duration; in tenths of a second where it is short."""
    seconds = response.total_seconds()
    if seconds < _MINUTE_S:
        return words("took_seconds", n=words.number(seconds, 1))
    if seconds < _HOUR_S:
        return words("took_minutes", m=int(seconds // _MINUTE_S), s=int(seconds % _MINUTE_S))
    return words("took_hours", h=int(seconds // _HOUR_S), m=int(seconds % _HOUR_S // _MINUTE_S))


def to_the_second(words: Words, moment: datetime) -> str:
    """Return a day and a time with its seconds."""
    return f"{words.day_and_clock(moment)}:{moment:%S}"
