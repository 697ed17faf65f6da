"""Code red and code green, announced by hand."""

import argparse
from datetime import datetime, timedelta

from battery_commons.cli.clock import clock_of
from battery_commons.cli.moment import moment
from battery_commons.cli.say import say
from battery_commons.cli.village import COMMAND_LINE, author_of, open_store
from battery_commons.control.objective import MARKET_ZONE
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.time import SLOT
from battery_commons.store.audit import Author
from battery_commons.store.records import AnnouncedCode
from battery_commons.wire.messages import MAX_POWER_W, MAX_REASON

SHORTEST, LONGEST = SLOT, timedelta(hours=4)
"""Shorter is over before it is noticed; longer is more than can be asked of people."""
AHEAD = timedelta(days=7)


def announce(options: argparse.Namespace) -> None:
    """Announce a window to all homes, and print its id."""
    code = CongestionSignal(options.code)
    start, end, now = moment(options.start), moment(options.end), clock_of(options).now()
    _check_times(start, end, now)
    reason = " ".join(options.reason.split())
    if len(reason) > MAX_REASON:
        raise ValueError(f"a reason of {len(reason)} characters is too long; say it in {MAX_REASON}")
    effect_w = None if options.expected_effect_kw is None else 1000 * options.expected_effect_kw
    _check_effect(code, effect_w)
    with open_store(options) as store:
        code_id = store.announce_code(
            code, start, end, now, reason=reason, expected_effect_w=effect_w, by=Author(COMMAND_LINE, now)
        )
    say(f"Code {code} is announced for {_span(start, end)}: {code_id}")


def listed(options: argparse.Namespace) -> None:
    """Print the windows to come, and those of the last day."""
    with open_store(options) as store:
        codes = store.announced_codes(clock_of(options).now())
    for each in codes:
        say(_line(each))
    if not codes:
        say("No code is announced.")


def withdraw(options: argparse.Namespace) -> None:
    """Take a window back."""
    with open_store(options) as store:
        author = author_of(options)
        store.withdraw_code(options.id, author.at, author)
    say(f"Code {options.id} is withdrawn.")


def _check_times(start: datetime, end: datetime, now: datetime) -> None:
    if end <= start:
        raise ValueError("a code ends after it starts")
    if start < now:
        raise ValueError(f"a code cannot start in the past: it is {_local(now)}")
    if start > now + AHEAD:
        raise ValueError(f"a code starts within {AHEAD.days} days")
    if not SHORTEST <= end - start <= LONGEST:
        raise ValueError("a code lasts from a quarter of an hour to four hours")


def _check_effect(code: CongestionSignal, effect_w: float | None) -> None:
    if effect_w is None:
        return
    if not abs(effect_w) <= MAX_POWER_W:
        raise ValueError("no village's load changes that much; is it in W?")
    if (effect_w > 0) != (code is CongestionSignal.GREEN):
        raise ValueError("a code red lowers the load (below zero), a code green raises it (above zero)")


def _line(code: AnnouncedCode) -> str:
    window = code.window
    parts = [window.id, f"code {window.code}", _span(window.start, window.end)]
    if code.withdrawn_at is not None:
        parts.append(f"withdrawn {_local(code.withdrawn_at)}")
    else:
        parts.append(f"{code.joining} join, {code.declining} do not")
    if window.reason:
        parts.append(window.reason)
    return "  ".join(parts)


def _span(start: datetime, end: datetime) -> str:
    first, last = start.astimezone(MARKET_ZONE), end.astimezone(MARKET_ZONE)
    until = f"{last:%H:%M}" if first.date() == last.date() else _local(end)
    return f"{_local(start)} to {until}"


def _local(at: datetime) -> str:
    return f"{at.astimezone(MARKET_ZONE):%Y-%m-%d %H:%M}"
