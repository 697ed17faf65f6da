"""The command `study`: what it takes from its options, and what it says."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

from battery_commons.cli.say import say
from battery_commons.sense.prices.csv_file import read_prices
from battery_commons.simulation.csv_village import read_village
from battery_commons.simulation.outcome import Mode
from battery_commons.simulation.study.case import StudyCase, key_of
from battery_commons.simulation.study.page import write_page
from battery_commons.simulation.study.ready import study_of
from battery_commons.simulation.study.run import run_study
from battery_commons.simulation.study.table import ERROR, StudyFile
from battery_commons.simulation.study.village import StudyVillage, builtin_village, with_prices

INTERRUPTED = 130


def run(options: argparse.Namespace, axes: Sequence[str]) -> None:
    """Run a study, and write its tables and its page. Raises ValueError for options that cannot be met.

    Args:
        options: As parsed.
        axes: Which of them, by name, are lists of what is varied; None in them leaves that to the study.
    """
    village = builtin_village() if options.village is None else StudyVillage(read_village(options.village))
    asked: dict[str, Any] = {
        name: getattr(options, name) for name in axes if getattr(options, name) is not None
    }
    if "mode" in asked:
        asked["mode"] = [Mode(mode) for mode in asked["mode"]]
    if "prices" in asked:
        lists = {path.stem: read_prices(path) for path in asked["prices"]}
        village, asked["prices"] = with_prices(village, lists), list(lists)
    made_up = options.village is None and "prices" not in asked
    if made_up:
        say("Prices are made up (docs/prices.md); give real ones with --prices.")
    cases: list[StudyCase] = [
        *study_of(options.name, asked, has_feeder=village.record.feeder is not None).cases()
    ]
    file = StudyFile(options.output, village.digest)
    left = sum(key_of(case) not in file.done for case in cases)
    try:
        with tqdm(total=len(cases), initial=len(cases) - left, unit="case", file=sys.stderr) as bar:
            run_study(
                cases,
                village,
                file,
                lambda _: bar.update(),
                scheduler=options.scheduler,
                workers=options.workers,
            )
    except KeyboardInterrupt:
        say(f"\nStopped. What was done is in {file.path}; the same command goes on from there.")
        raise SystemExit(INTERRUPTED) from None
    page = write_page(file.rows, village.record, options.output, language=options.language, made_up=made_up)
    if failures := [str(row[ERROR]) for row in file.rows if row[ERROR] is not None]:
        say(f"{len(failures)} cases failed, the first with {failures[0]}")
    say(f"Page: {page}. Tables: {file.path}, {file.export()}.")
