"""The audit: the ledger from its first entry to its last, each closing recomputed where it stands."""

import json
from collections.abc import Callable, Mapping
from itertools import takewhile
from pathlib import Path

from battery_commons.audit.bookings import SETTLED, check_bookings
from battery_commons.audit.calendar import is_month, month_after, starts_of
from battery_commons.audit.chain import Line, check_signatures, read_ledger
from battery_commons.audit.files import NotAnExportError, read_files, rows_of
from battery_commons.audit.months import Booking, Opening, recompute_month
from battery_commons.audit.report import Report
from battery_commons.audit.tables import Table, file_of, read_digests, read_tables

FORMAT = "battery-commons account 1"


def audit(path: Path, public_key: str | None = None) -> Report:
    """Recompute an account from an export, and return every difference.

    Args:
        path: A folder, or a ZIP archive.
        public_key: The village's, base64, as whoever audits knows it; by default the one in the export is
            believed, and the report names it.

    Raises:
        NotAnExportError: There is no export to audit.
    """
    files = read_files(path)
    report = Report()
    try:
        about = json.loads(files["account.json"])
        report.village, report.public_key = str(about["village"]), str(about["public_key"])
        written_as = about["format"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise NotAnExportError(f"{path} does not say in account.json what it is") from error
    if written_as != FORMAT:
        raise NotAnExportError(f"{path} has the format {written_as!r}; this reads {FORMAT}")
    if public_key is not None and public_key != report.public_key:
        report.differ("account.json", f"the village's key {public_key}", report.public_key)
    lines = read_ledger(rows_of(files["ledger.csv"]), report)
    report.entries, report.last_hash = len(lines), lines[-1].hash if lines else ""
    check_signatures(rows_of(files.get("signatures.csv", "")), lines, public_key or report.public_key, report)
    check_bookings(lines, report)
    _Replay(lines, files, report).run()
    return report


class _Replay:
    """The ledger as it grew."""

    def __init__(self, lines: list[Line], files: Mapping[str, str], report: Report) -> None:
        """Begin before the first entry."""
        self._lines = lines
        self._files = files
        self._report = report
        self._carried: dict[str, Table] = {}
        self._rules: dict[str, str] = {}
        """By month, the table of the rules that it was closed by first: a vote never changes what is past."""
        self._read: set[str] = set()

    def run(self) -> None:
        """Go through the ledger."""
        report = self._report
        explained: set[int] = set()
        closed: list[str] = []
        for position, line in enumerate(self._lines):
            if line.kind != "closing":
                continue
            if not is_month(line.period):
                report.differ(f"ledger.csv, entry {line.number}", "a month", line.period)
                continue
            block = list(takewhile(_is_settled_in(line.period), self._lines[position + 1 :]))
            explained |= {each.number for each in block}
            self._check_order(line, closed)
            self._check_closing(line, self._lines[:position], block)
            report.closings += 1
        for line in self._lines:
            if line.kind in SETTLED and line.number not in explained:
                report.differ(f"ledger.csv, entry {line.number}", "part of a closing", line.kind)
        for name in self._files:
            if name.startswith("tables/") and name not in self._read:
                report.differ(name, "a table that a closing names", "one that none does")

    def _check_order(self, line: Line, closed: list[str]) -> None:
        """Check that months are closed one after another, and a correction goes on to the last of them."""
        where = f"ledger.csv, entry {line.number}"
        if closed and line.period != month_after(closed[-1]) and line.period not in closed:
            self._report.differ(where, f"the closing of {month_after(closed[-1])}", f"that of {line.period}")
        if line.period in closed:
            later = [period for period in closed if period > line.period]
            after = [each for each in self._lines if each.kind == "closing" and each.number > line.number]
            if later and (not after or after[0].period != later[0]):
                self._report.differ(where, f"after it, {later[0]} closed again", "that it was not")
        else:
            closed.append(line.period)

    def _check_closing(self, closing: Line, before: list[Line], block: list[Line]) -> None:
        period, report = closing.period, self._report
        digests = read_digests(closing.detail)
        self._read |= {file_of(period, name, digest) for name, digest in digests.items()}
        tables = read_tables(period, digests, self._files, report)
        if tables is None:
            return
        rules = tables["rules"].file if "rules" in tables else "none"
        if (first := self._rules.setdefault(period, rules)) != rules:
            report.differ(rules, f"the rules that {period} was closed by first, {first}", "others")
        try:
            opening = self._opening(period, before)
            month = recompute_month(period, tables, starts_of(period), opening)
        except (ValueError, KeyError, IndexError, ArithmeticError) as error:
            report.differ(f"the tables of {period}", "figures of which a month can be settled", repr(error))
            return
        report.quarter_hours += month.quarter_hours
        report.statements |= {(each.period, each.account): each for each in month.statements}
        self._carried[period] = tables["carried"]
        _compare_rows(tables["carried"], month.carried, report)
        _compare(month.bookings, closing, before, block, report)

    def _opening(self, period: str, before: list[Line]) -> Opening:
        opening = Opening()
        earlier = [each for each in self._carried if month_after(each) == period]
        for account, battery, stored, value in self._carried[earlier[0]].rows if earlier else []:
            opening.batteries.setdefault(account, {})[battery] = (int(stored), int(value))
        for line in before:
            if line.kind == "claim" and line.period < period:
                opening.claims[line.account] = opening.claims.get(line.account, 0) - line.cents
            if line.account == "fund" and (
                (line.kind == "fund" and line.period < period)
                or (line.kind == "fund_use" and line.period <= period)
            ):
                opening.fund += line.cents
        opening.claims = {account: cents for account, cents in opening.claims.items() if cents}
        return opening


def _compare(
    due: Mapping[Booking, int], closing: Line, before: list[Line], block: list[Line], report: Report
) -> None:
    """Hold what a closing booked against what the month comes to, less what was booked for it before."""
    booked: dict[Booking, int] = {}
    latest: dict[Booking, int] = {}
    closed = None
    for line in before:
        if line.period == closing.period and line.kind in SETTLED:
            key = (line.account, line.kind, line.detail)
            booked[key] = booked.get(key, 0) + line.cents
            latest[key] = line.number
        elif line.period == closing.period and line.kind == "closing":
            closed = line.number
    if closing.corrects != closed:
        report.differ(
            f"ledger.csv, entry {closing.number}", f"corrects {closed}", f"corrects {closing.corrects}"
        )
    found = {(line.account, line.kind, line.detail): line for line in block}
    if len(found) != len(block):
        report.differ(f"ledger.csv, entry {closing.number}", "each account and kind once", "some twice")
    for key in sorted({*due, *booked, *found}):
        expected = due.get(key, 0) - booked.get(key, 0)
        entry = found.get(key)
        where = f"{closing.period}, {' '.join(key).strip()}"
        where = f"ledger.csv, entry {entry.number}: {where}" if entry else f"ledger.csv: {where}"
        cents = entry.cents if entry else 0
        if cents != expected:
            report.differ(where, f"{expected} cents", f"{cents} cents")
        elif entry and entry.corrects != (corrected := latest.get(key, closed)):
            report.differ(where, f"corrects {corrected}", f"corrects {entry.corrects}")


def _compare_rows(table: Table, expected: list[list[str]], report: Report) -> None:
    stated = {tuple(row[:2]): row for row in table.rows}
    if len(stated) != len(table.rows):
        report.differ(table.file, "each battery once", "one twice")
    right = {tuple(row[:2]): row for row in expected}
    for key in sorted({*stated, *right}):
        if stated.get(key) != right.get(key):
            where = f"{table.file}: {' '.join(key)}"
            report.differ(
                where, ",".join(right.get(key, ["nothing"])), ",".join(stated.get(key, ["nothing"]))
            )


def _is_settled_in(period: str) -> Callable[[Line], bool]:
    return lambda line: line.kind in SETTLED and line.period == period
