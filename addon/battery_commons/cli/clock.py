"""The village's clock, from the options of a command."""

import argparse

from battery_commons.domain.time import Clock, ScaledClock, WallClock


def clock_of(options: argparse.Namespace) -> Clock:
    """Return the clock that the options ask for. Raises ValueError where some of them are missing."""
    parts = (options.speed, options.wall_origin, options.village_origin)
    if all(part is None for part in parts):
        return WallClock()
    if any(part is None for part in parts):
        raise ValueError("--speed, --wall-origin and --village-origin belong together")
    return ScaledClock(*parts)
