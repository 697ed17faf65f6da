"""Options by environment variable: how a container is told how to run."""

import argparse
import os

PREFIX = "BATTERY_COMMONS_"
_YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}


def take_defaults(parser: argparse.ArgumentParser) -> None:
    """Let `BATTERY_COMMONS_<OPTION>` stand in for each option of `parser` that is not given.

    What a variable holds is read as the option would be, and is refused as it would be.
    """
    for action in parser._actions:  # noqa: SLF001 - argparse has no public name for its options
        name = PREFIX + action.dest.upper()
        text = os.environ.get(name)
        if not text:
            continue
        choices = [*map(str, action.choices or ())]
        if isinstance(action, argparse.BooleanOptionalAction):
            choices, action.default = [*_YES_OR_NO], _YES_OR_NO.get(text)
        else:
            action.default = text
        if choices and text not in choices:
            parser.error(f"{name} is {text!r}, which is none of {', '.join(choices)}")
