"""Code red and code green, announced by hand."""

import argparse
from datetime import datetime

from battery_commons.cli.clock import clock_of
from battery_commons.cli.moment import moment
from battery_commons.cli.say import say
from battery_commons.cli.village import author_of, open_store
from battery_commons.domain.grid import CongestionSignal
from battery_commons.domain.time import MARKET_ZONE
from battery_commons.mob.keeping.results import codes_over
from battery_commons.store.audit import COMMAND_LINE, Author
from battery_commons.store.codes import SHOWN_AFTER
from battery_commons.store.records import AnnouncedCode
from battery_commons.wire.code_rules import AHEAD, Announcement, Wrong
from battery_commons.wire.messages import MAX_REASON

_WRONG = {
    Wrong.ENDS_FIRST: "a code ends after it starts",
    Wrong.IN_THE_PAST: "a code cannot start in the past: it is {now}",
    Wrong.FAR_AHEAD: "a code starts within {days} days",
    Wrong.LENGTH: "a code lasts from a quarter of an hour to four hours",
    Wrong.LONG_REASON: "a reason is too long; say it in {characters} characters",
    Wrong.LARGE_EFFECT: "no village's load changes that much; is it in W?",
    Wrong.EFFECT_SIGN: "a code red lowers the load (below zero), a code green raises it (above zero)",
}


def announce(options: argparse.Namespace) -> None:
    """Announce a window to all homes, and print its id."""
    now = clock_of(options).now()
    effect_kw = options.expected_effect_kw
    announced = Announcement(
        CongestionSignal(options.code),
        moment(options.start),
        moment(options.end),
        " ".join(options.reason.split()),
        None if effect_kw is None else 1000 * effect_kw,
    )
    for wrong in announced.problems(now):
        raise ValueError(_WRONG[wrong].format(now=_local(now), days=AHEAD.days, characters=MAX_REASON))
    with open_store(options) as store:
        code_id = store.announce_code(
            announced.code,
            announced.start,
            announced.end,
            now,
            reason=announced.reason,
            expected_effect_w=announced.expected_effect_w,
            by=Author(COMMAND_LINE, now),
        )
    say(f"Code {announced.code} is announced for {_span(announced.start, announced.end)}: {code_id}")


def listed(options: argparse.Namespace) -> None:
    """Print the windows to come, and those of the last day with what they came to."""
    now = clock_of(options).now()
    with open_store(options) as store:
        codes = store.announced_codes(now)
        over = {each.code.id: each for each in codes_over(store, now - SHOWN_AFTER, now)}
    for each in codes:
        say(_line(each))
        if each.window.id in over:
            say(f"    {over[each.window.id].result().told().en}")
    if not codes:
        say("No code is announced.")


def withdraw(options: argparse.Namespace) -> None:
    """Take a window back."""
    with open_store(options) as store:
        author = author_of(options)
        store.withdraw_code(options.id, author.at, author)
    say(f"Code {options.id} is withdrawn.")


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
