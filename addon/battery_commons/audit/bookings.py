"""That what was booked sums to zero, in its order, and that nobody was paid more than they were due."""

from datetime import datetime, timedelta
from itertools import groupby

from battery_commons.audit.chain import Line
from battery_commons.audit.report import Report

SETTLED = {"revenue", "made_whole", "claim", "shortage", "share", "fund"}
"""What a closing books."""
PAID = {"payment", "fund_use"}
GRID, FUND, BANK = "grid", "fund", "bank"


def check_bookings(lines: list[Line], report: Report) -> None:
    """Check what is true of every entry, whatever months come to."""
    _check_moments(lines, report)
    for at, booked in groupby(lines, key=lambda line: line.at):
        together = list(booked)
        # A payment is no part of a closing, though both may have been booked in one moment.
        for kinds in ({"closing", *SETTLED}, {"payment"}, {"fund_use"}):
            of_kinds = [line for line in together if line.kind in kinds]
            if cents := sum(line.cents for line in of_kinds):
                where = f"ledger.csv, entries {of_kinds[0].number} to {of_kinds[-1].number}, of {at}"
                report.differ(where, "a sum of 0 cents", f"{cents} cents")
    due: dict[str, int] = {}
    for line in lines:
        if wrong := _wrong(line, due.get(line.account, 0)):
            report.differ(f"ledger.csv, entry {line.number}", wrong, f"{line.cents} cents of {line.account}")
        due[line.account] = due.get(line.account, 0) + line.cents


def _wrong(line: Line, due: int) -> str | None:
    """Return what an entry has to be that it is not; `due` is what stood on its account before it."""
    match line.kind, line.account:
        case "closing", account:
            return None if account == GRID and line.cents == 0 else f"no money, of {GRID}"
        case "payment", account if account in {GRID, FUND}:
            return f"a payment to a home, or of {BANK}"
        case "payment", account if account != BANK:
            paid = -line.cents
            is_due = 0 < paid <= due or due <= paid < 0
            return None if is_due else f"a payment of at most the {due} cents that are due"
        case "fund_use", account if account == FUND:
            return None if 0 < -line.cents <= due else f"a use of at most the {due} cents in the fund"
        case "fund_use", account:
            return f"something that {FUND} pays" if account == GRID or line.cents < 0 else None
        case kind, _:
            return None if kind in SETTLED | PAID else "a kind of entry that there is"


def _check_moments(lines: list[Line], report: Report) -> None:
    before = None
    for line in lines:
        where = f"ledger.csv, entry {line.number}"
        if (at := _moment(line.at)) is None:
            report.differ(where, "a moment in UTC", line.at)
        elif before is not None and at < before:
            report.differ(where, f"a moment at or after {before.isoformat()}", line.at)
        before = at or before


def _moment(text: str) -> datetime | None:
    """Return a moment in UTC, where a text is how one is written."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.isoformat() == text and at.utcoffset() == timedelta() else None
