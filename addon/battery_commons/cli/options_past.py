"""Which options the commands take that live through a village's past."""

import argparse
from datetime import date
from pathlib import Path

from battery_commons.cli.subcommands import Commands
from battery_commons.domain.plan import ControlModel

TARIFFS = ("by-date", "net-metering", "after-net-metering")
DATA_AGES = {"fresh": 0, "day-old": 1, "week-old": 7}
"""In days."""


def add_backtest(commands: Commands) -> None:
    """Add the command that tries control models on it."""
    backtest = commands.add_parser(
        "backtest", help="see what each control model would do to a village's grid and bills"
    )
    _add_record(backtest)
    backtest.add_argument(
        "--models",
        type=ControlModel,
        choices=list(ControlModel),
        nargs="+",
        help="which models to run beside M1 (default: all that the village has data for)",
    )
    backtest.add_argument(
        "--mode",
        choices=("perfect", "rolling"),
        default="perfect",
        help="perfect foresight, quick and the bound; or as it would really go, with forecasts (minutes)",
    )
    backtest.add_argument(
        "--data-age",
        choices=list(DATA_AGES),
        default="fresh",
        help="how old the grid's measurements are when plans are made (rolling only)",
    )
    backtest.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=Path("backtest"),
        help="where report.html and the tables go (default: ./backtest)",
    )
    backtest.add_argument(
        "--export-example",
        type=Path,
        metavar="FOLDER",
        help="write the built-in village as an example of your own files, and stop",
    )
    backtest.set_defaults(command="backtest:backtest")


def add_data_age(commands: Commands) -> None:
    """Add the command that tells what old data would cost."""
    data_age = commands.add_parser(
        "data-age", help="see what old data would cost a village's forecasts, grid and purse"
    )
    _add_record(data_age)
    data_age.add_argument(
        "--output",
        type=Path,
        metavar="FOLDER",
        default=Path("data-age"),
        help="where data-age.pdf and data-age.csv go (default: ./data-age)",
    )
    data_age.set_defaults(command="data_age:data_age")


def _add_record(parser: argparse.ArgumentParser) -> None:
    """Add which village to live through, and what to read of it."""
    parser.add_argument(
        "--village",
        type=Path,
        metavar="FOLDER",
        help="your own measurements, as docs/own-village.md describes them (default: the built-in village)",
    )
    parser.add_argument("--from", dest="start", type=date.fromisoformat, metavar="DATE", help="first day")
    parser.add_argument("--days", type=int, help="how many days (default: all on record)")
    parser.add_argument("--batteries", type=int, metavar="N", help="as if there were N batteries")
    parser.add_argument(
        "--limit",
        type=float,
        metavar="SHARE",
        help="as if transformers could carry this share of their limit",
    )
    parser.add_argument(
        "--prices", type=Path, metavar="CSV", help="day-ahead prices of a year (built-in village only)"
    )
    parser.add_argument(
        "--tariff", choices=TARIFFS[1:], default="after-net-metering", help="what households pay and get"
    )
    parser.add_argument("--language", choices=("en", "nl"), default="en", help="of the report")
