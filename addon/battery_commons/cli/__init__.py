"""The command `battery-commons`: set a village up, run its coordinator, and try control models out."""

import sys
from collections.abc import Sequence
from importlib import import_module

from battery_commons.cli.options import parser
from battery_commons.control.schedule import SolverError
from battery_commons.store.errors import NotFoundError, StoreError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return 0, or 1 with the problem in words on standard error."""
    options = parser().parse_args(arguments)
    module, function = options.command.split(":")
    try:
        getattr(import_module(f"{__name__}.{module}"), function)(options)
    except (StoreError, NotFoundError, SolverError, OSError, ValueError) as error:
        print(f"battery-commons: {error}", file=sys.stderr)  # noqa: T201 - a command's own voice
        return 1
    return 0
