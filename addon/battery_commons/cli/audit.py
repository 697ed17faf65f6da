"""The command that looks through an account that was exported, and computes all of it again."""

import argparse
from importlib import import_module

from battery_commons.audit import Report
from battery_commons.audit import audit as checked
from battery_commons.cli.say import say

_PARTS = (
    "actual_cost",
    "alone_cost",
    "extra_wear",
    "stored",
    "made_whole",
    "claim",
    "shortage",
    "share",
    "total",
)
"""Of a month, as the audit computes them."""
_LONGEST = 200
"""Of what stands in a file: a closing names the tables of every home."""


def audit(options: argparse.Namespace) -> None:
    """Check an export, or without one print what administrators did.

    Raises ValueError where that is no export, or where something in it is not as it has to be.
    """
    if options.file is None:
        import_module("battery_commons.cli.members").acts(options)
        return
    report = checked(options.file, options.key)
    say(f"The account of {_told(report.village)}, signed with the key {_told(report.public_key)}")
    say(
        f"{report.entries} entries, {report.closings} closings and {report.quarter_hours} quarter hours "
        "were computed again."
    )
    if report.last_hash:
        say(
            f"The last one has the hash {_told(report.last_hash)}: keep it, and look for it in later exports."
        )
    if options.account is not None:
        _show(report, options.account)
    for each in report.differences:
        say(f"{_told(each.where)}: it has to be {_told(each.expected)}, and is {_told(each.found)}")
    if not report.is_right:
        raise ValueError(f"{len(report.differences)} differences: this account is not what was settled")
    say("Everything is as it has to be.")
    if options.key is None:
        say("Compare the key with the one that your home knows, or give that one with --key.")


def _told(text: str) -> str:
    """Return what stands in a file of somebody else's as a terminal may show it, and not endlessly."""
    shown = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}..."


def _show(report: Report, account: str) -> None:
    """Print what each month comes to for one home, to hold its statements against."""
    own = [each for (_, number), each in sorted(report.statements.items()) if number == account]
    if not own:
        raise ValueError(f"there is no account {account} in this export")
    for each in own:
        amounts = ", ".join(f"{part.replace('_', ' ')} {getattr(each, part) / 100:.2f}" for part in _PARTS)
        say(f"{each.period} (EUR): {amounts}; grid relief {each.relief_wh / 1000:.1f} kWh")
