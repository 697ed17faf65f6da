"""The options of `study`. What runs it is slow to import and needs an extra, so that waits until it runs."""

import argparse
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from battery_commons.domain.plan import ControlModel

if TYPE_CHECKING:
    from battery_commons.cli.subcommands import Commands

STUDIES = ("fleet", "limit", "feeder", "data-age", "tariff", "deferral")
EXTRA = ("dask", "distributed", "pyarrow")


def add_study(commands: Commands) -> None:
    """Add the command `study`."""
    study = commands.add_parser(
        "study", help="run many backtests: over fleets, limits, data ages, tariffs, or years of growth"
    )
    study.add_argument("--name", choices=STUDIES, help="a ready-made study; the lists below change it")
    study.add_argument(
        "--village",
        type=Path,
        metavar="FOLDER",
        help="your own measurements, as docs/own-village.md describes them (default: the built-in village)",
    )
    axes = [
        *_what_any_study_varies(study.add_argument_group("what is varied: give one value or more")),
        *_what_backtests_vary(study.add_argument_group("in studies of backtests")),
        *_what_years_vary(study.add_argument_group("in the study of years deferred")),
    ]
    study.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="a Dask scheduler such as tcp://host:8786 (default: this machine's cores, without a network)",
    )
    study.add_argument(
        "--workers", type=int, metavar="N", help="processes on this machine (default: one a core)"
    )
    study.add_argument("--language", choices=("en", "nl"), default="en", help="of the page")
    study.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=Path("study"),
        help="where the page and the tables go; cases in there are not run again (default: ./study)",
    )
    study.set_defaults(command="study:study", axes=[axis.dest for axis in axes])


def study(options: argparse.Namespace) -> None:
    """Run a study. Raises ValueError without the extra, and for options that cannot be met."""
    if missing := [name for name in EXTRA if find_spec(name) is None]:
        raise ValueError(
            f'{", ".join(missing)} not installed, which studies need: pip install "battery-commons[study]"'
        )
    import_module("battery_commons.cli.study_run").run(options, options.axes)


def _what_any_study_varies(group: argparse._ArgumentGroup) -> list[argparse.Action]:
    return [
        group.add_argument(
            "--models", type=ControlModel, choices=list(ControlModel), nargs="+", help="beside M1"
        ),
        group.add_argument(
            "--mode", choices=("perfect", "rolling"), nargs="+", help="what the planner knows"
        ),
        group.add_argument("--batteries", type=int, nargs="+", metavar="N"),
        group.add_argument("--tariff", choices=("after-net-metering", "net-metering"), nargs="+"),
        group.add_argument(
            "--prices", type=Path, nargs="+", metavar="CSV", help="day-ahead prices of a year"
        ),
    ]


def _what_backtests_vary(group: argparse._ArgumentGroup) -> list[argparse.Action]:
    return [
        group.add_argument(
            "--data-age", dest="data_age_days", type=int, nargs="+", metavar="DAYS", help="rolling only"
        ),
        group.add_argument(
            "--limit", dest="limit_share", type=float, nargs="+", metavar="SHARE", help="of transformers' own"
        ),
        group.add_argument(
            "--feeder-scale", type=float, nargs="+", metavar="FACTOR", help="of the rest of the feeder"
        ),
        group.add_argument("--use-factor", type=float, nargs="+", metavar="FACTOR", help="of today's use"),
        group.add_argument("--pv-factor", type=float, nargs="+", metavar="FACTOR", help="of today's PV"),
        group.add_argument(
            "--from", "--start", dest="first_day", type=date.fromisoformat, nargs="+", metavar="DATE"
        ),
        group.add_argument("--days", type=int, nargs="+", metavar="N", help="default: all on record"),
    ]


def _what_years_vary(group: argparse._ArgumentGroup) -> list[argparse.Action]:
    return [
        group.add_argument(
            "--growth",
            dest="growth_percent",
            type=_growth,
            nargs="+",
            metavar="USE:PV",
            help="percent a year, compound",
        ),
        group.add_argument(
            "--fleet-growth",
            dest="fleet_growth_percent",
            type=float,
            nargs="+",
            metavar="PERCENT",
            help="of sites that get a battery each year",
        ),
        group.add_argument(
            "--feeder-limit",
            dest="feeder_limit_share",
            type=float,
            nargs="+",
            metavar="FACTOR",
            help="of its highest load of today, where no limit is on record (default: 1.1)",
        ),
        group.add_argument(
            "--allowed-slots",
            type=int,
            nargs="+",
            metavar="N",
            help="quarter hours a year above a limit that are no overload yet (default: 0)",
        ),
        group.add_argument("--horizon", dest="horizon_years", type=int, metavar="YEARS", help="default: 25"),
    ]


def _growth(text: str) -> tuple[float, float]:
    try:
        use, pv = (float(percent) for percent in text.split(":"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"growth is use:PV in percent, such as 2:3, not {text!r}") from error
    return use, pv
