"""The village's clock, from the options of a command."""

import argparse
from datetime import datetime

from battery_commons.domain.time import Clock, ScaledClock, WallClock


def clock_of(options: argparse.Namespace) -> Clock:
    """Return the clock that the options ask for. Raises ValueError where some of them are missing."""
    parts = (options.speed, options.wall_origin, options.village_origin)
    if all(part is None for part in parts):
        return WallClock()
    if any(part is None for part in parts):
        raise ValueError("--speed, --wall-origin and --village-origin belong together")
    return ScaledClock(*parts)


def add_clock(parser: argparse.ArgumentParser) -> None:
    """Let a command be told of a clock that runs faster than the wall's."""
    clock = parser.add_argument_group("a faster clock, for demonstrations")
    clock.add_argument(
        "--speed", type=float, help="how many times as fast as the wall's the village's clock runs"
    )
    clock.add_argument("--wall-origin", type=datetime.fromisoformat, help="the wall time at which ...")
    clock.add_argument(
        "--village-origin", type=datetime.fromisoformat, help="... the village's clock shows this"
    )
