"""The public holidays of the Netherlands: days on which a Dutch meter counts as on a Sunday."""

from datetime import date, timedelta

_FIXED = frozenset({(1, 1), (12, 25), (12, 26)})
"""New Year's Day and Christmas, by month and day."""
_AFTER_EASTER = frozenset({1, 39, 50})
"""Easter Monday, Ascension Day and Whit Monday, in days after Easter Sunday."""
_SUNDAY = 6


def is_public_holiday(day: date) -> bool:
    """Return whether `day` is one of the days on which network operators count no working day.

    Easter and Whitsun fall on a Sunday anyway. Good Friday and Liberation Day (5 May) are none of them.
    """
    return (
        (day.month, day.day) in _FIXED
        or day == _kings_day(day.year)
        or (day - easter_sunday(day.year)).days in _AFTER_EASTER
    )


def easter_sunday(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar: the Sunday after the full moon of spring.

    Meeus/Jones/Butcher (J. Meeus, Astronomical Algorithms, 1991, chapter 8), without its names.
    """
    moon_year = year % 19
    century, of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    moon_shift = (century - (century + 8) // 25 + 1) // 3
    full_moon = (19 * moon_year + century - leap_centuries - moon_shift + 15) % 30
    leap_years, year_rest = divmod(of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - full_moon - year_rest) % 7
    late = (moon_year + 11 * full_moon + 22 * weekday) // 451
    month, before = divmod(full_moon + weekday - 7 * late + 114, 31)
    return date(year, month, before + 1)


def _kings_day(year: int) -> date:
    """Return 27 April, or the day before it where that is a Sunday."""
    day = date(year, 4, 27)
    return day - timedelta(days=1) if day.weekday() == _SUNDAY else day
