"""Looking whether all is well with a village, and saying what to do."""

import argparse
import json
from dataclasses import asdict
from functools import partial

from battery_commons.cli.clock import clock_of
from battery_commons.cli.health import ask_health
from battery_commons.cli.say import say
from battery_commons.cli.village import place_of
from battery_commons.doctor.checks import Verdict, examine
from battery_commons.doctor.gather import gather
from battery_commons.doctor.words import line, sentence
from battery_commons.store.place import KEY


def doctor(options: argparse.Namespace) -> None:
    """Say what is well and what is not. Raises ValueError where something is wrong."""
    facts = gather(
        place_of(options),
        options.data_dir / KEY,
        clock_of(options),
        partial(ask_health, options.members_port),
    )
    findings = examine(facts)
    if options.json:
        told = [asdict(each) | {"sentence": sentence(each, options.language)} for each in findings]
        say(json.dumps({"version": 1, "at": facts.now.isoformat(), "findings": told}, ensure_ascii=False))
    else:
        for each in findings:
            say(line(each, options.language))
    if wrong := sum(each.verdict is Verdict.WRONG for each in findings):
        raise ValueError(f"{wrong} wrong" if options.language == "en" else f"{wrong} fout")
