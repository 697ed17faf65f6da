"""Rows of a table as CSV (RFC 4180), that spreadsheets and programs read alike. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo

type Cell = str | float | int | None

_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Where a text begins so, spreadsheets take it for a formula (OWASP, "CSV injection")."""


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """Return rows as text: a decimal point, nothing for what is not known, no text that is a formula."""
    text = io.StringIO()
    csv.writer(text).writerows([_written(cell) for cell in row] for row in rows)
    return text.getvalue()


def both_times(at: datetime | None, zone: tzinfo) -> tuple[str, str]:
    """Return a moment in UTC and as a clock in `zone` shows it, with how far that is from UTC."""
    if at is None:
        return "", ""
    utc = at.astimezone(UTC).isoformat(timespec="seconds")
    return utc.replace("+00:00", "Z"), at.astimezone(zone).isoformat(timespec="seconds")


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        # Read back as text by every spreadsheet, and shown as it is by most.
        return f"'{cell}" if cell.lstrip(" ").startswith(_BEGINS_A_FORMULA) else cell
    # A thousandth of a W or a kWh is finer than any meter; no exponent, which not every reader knows.
    return f"{round(cell, 5) + 0.0:.5f}".rstrip("0").rstrip(".") if isinstance(cell, float) else str(cell)
