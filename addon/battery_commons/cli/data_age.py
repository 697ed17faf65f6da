"""Telling what the age of data costs a village."""

import argparse
import sys
from datetime import UTC, datetime
from importlib import import_module

from tqdm import tqdm

from battery_commons.cli.backtest import TARIFFS, period_of, village_of
from battery_commons.cli.say import say
from battery_commons.simulation.data_age import compared, data_ages
from battery_commons.simulation.data_age_csv import data_age_csv
from battery_commons.web.pages.words.data_age_sentences import columns, findings, pilot, rows
from battery_commons.web.pages.words.words import Words


def data_age(options: argparse.Namespace) -> None:
    """Print what each age comes to; write report and table. Raises ValueError for too few days."""
    village = period_of(options, village_of(options))
    compared(village.grid)  # what is too short is said before the bar starts
    with tqdm(total=100, unit="%", file=sys.stderr, bar_format="{desc} {bar} {n:.0f} % {elapsed}") as bar:
        figures = data_ages(village, TARIFFS[options.tariff], lambda share: bar.update(100 * share - bar.n))
    words = Words(options.language)
    table = [[words(key) for key in columns(figures)], *rows(words, figures)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
    for paragraph in (*findings(words, figures), pilot(words)):
        say(f"\n{paragraph}")
    options.output.mkdir(parents=True, exist_ok=True)
    # Drawing on paper takes a second to load.
    data_age_pdf = import_module("battery_commons.web.pages.data_age_pdf").data_age_pdf
    made_up = not (options.village or options.prices)
    report = data_age_pdf(figures, words, datetime.now(UTC), made_up_prices=made_up)
    (options.output / "data-age.pdf").write_bytes(report)
    (options.output / "data-age.csv").write_text(data_age_csv(figures), encoding="utf-8")
    say(f"\n{options.output / 'data-age.pdf'}, {options.output / 'data-age.csv'}")
