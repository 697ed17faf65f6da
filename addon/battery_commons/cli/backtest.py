"""Trying control models out on a year of a village."""

import argparse
import sys
from datetime import datetime, time, timedelta
from typing import Self

from tqdm import tqdm

from battery_commons.cli.options_past import DATA_AGES
from battery_commons.cli.say import say
from battery_commons.control.possible import NEEDS_FEEDER
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.tariff import AFTER_NET_METERING, NET_METERING
from battery_commons.domain.time import MARKET_ZONE, SLOT, SLOTS_PER_DAY
from battery_commons.sense.prices.csv_file import read_prices
from battery_commons.simulation.backtest import BacktestRequest, run_backtest
from battery_commons.simulation.builtin import record_builtin
from battery_commons.simulation.csv_export import write_village
from battery_commons.simulation.csv_village import read_village
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.recorded import RecordedVillage
from battery_commons.simulation.report.page import write_report
from battery_commons.simulation.report.spreadsheet import write_csv
from battery_commons.simulation.report.terminal import summary_table
from battery_commons.simulation.rolling import Knowledge
from battery_commons.simulation.what_if import with_batteries, with_limit

TARIFFS = {"net-metering": NET_METERING, "after-net-metering": AFTER_NET_METERING}


def backtest(options: argparse.Namespace) -> None:
    """Run the models, print a table, and write the report and its tables."""
    if options.export_example:
        write_village(record_builtin(), options.export_example)
        say(f"The built-in village is in {options.export_example}, with made-up prices.")
        return
    village = period_of(options, village_of(options))
    models = options.models or [m for m in ControlModel if village.feeder or m not in NEEDS_FEEDER]
    request = BacktestRequest(
        village=village,
        tariff=TARIFFS[options.tariff],
        models=models,
        mode=Mode(options.mode),
        knowledge=Knowledge(data_age=timedelta(days=DATA_AGES[options.data_age])),
    )
    with ModelProgress() as progress:
        result = run_backtest(request, progress.show)
    say(summary_table(result))
    report = write_report(
        result, options.output, options.language, made_up_prices=not (options.village or options.prices)
    )
    tables = write_csv(result, options.output)
    say(f"Report: {report}. Tables: {', '.join(str(table) for table in tables)}.")


def village_of(options: argparse.Namespace) -> RecordedVillage:
    """Return the village that the options ask for, its fleet and limits changed as they say.

    Raises ValueError for options that do not go together, and for files that are not what they should be.
    """
    if options.village:
        if options.prices:
            raise ValueError("a village of your own has its prices in its folder: leave --prices away")
        village = read_village(options.village)
    else:
        village = record_builtin(read_prices(options.prices) if options.prices else None)
        if not options.prices:
            say("Prices are made up (docs/prices.md); give real ones with --prices.")
    if options.batteries is not None:
        village = with_batteries(village, options.batteries)
    if options.limit is not None:
        village = with_limit(village, share=options.limit)
    return village


def period_of(options: argparse.Namespace, village: RecordedVillage) -> RecordedVillage:
    """Return the days that the options ask for. Raises ValueError where they are not on record."""
    first = 0
    if options.start:
        midnight = datetime.combine(options.start, time(), MARKET_ZONE)
        first = (midnight - village.grid.start) // SLOT
    left = village.grid.slots - first
    slots = left if options.days is None else options.days * SLOTS_PER_DAY
    if first < 0 or not 0 < slots <= left:
        raise ValueError(
            f"the record runs from {village.grid.start:%Y-%m-%d %H:%M} to "
            f"{village.grid.end:%Y-%m-%d %H:%M} UTC; ask for days within it"
        )
    return village.part(first, slots)


class ModelProgress:
    """A bar on standard error that shows which share of all models is done."""

    def __enter__(self) -> Self:
        """Start the bar."""
        self._bar = tqdm(total=100, unit="%", file=sys.stderr, bar_format="{desc} {bar} {n:.0f} % {elapsed}")
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the bar as it is."""
        self._bar.close()

    def show(self, done: dict[ControlModel, float]) -> None:
        """Show the share of each model that is done."""
        busy = [model for model, share in done.items() if 0 < share < 1]
        self._bar.set_description_str("running " + (", ".join(busy) or "..."), refresh=False)
        self._bar.n = 100 * sum(done.values()) / len(done)
        self._bar.refresh()
