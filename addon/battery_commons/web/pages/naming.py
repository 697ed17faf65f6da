"""In which order people look names up."""

import re

_NUMBER = re.compile(r"(\d+)")


def in_order(name: str) -> list[tuple[int, str]]:
    """Return what names are sorted by: upper case as lower, and Zandpad 2 before Zandpad 10."""
    parts = _NUMBER.split(name.casefold())
    parts[1::2] = (number.lstrip("0") for number in parts[1::2])
    # A number with more digits is larger, however many they are; what stands between is compared as text.
    return [(len(part) if place % 2 else 0, part) for place, part in enumerate(parts)]
