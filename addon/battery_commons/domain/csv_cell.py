"""Cells of CSV files, as files for backtests and files of meters share them."""

import re
from datetime import datetime

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", re.ASCII)
"""A number with a decimal point."""
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.0+)?)?( ?(Z|[-+]\d\d(:?\d\d)?))?")


def read_stamp(text: str) -> datetime:
    """Return the moment that a stamp names, without a zone where it names none.

    Raises ValueError for what is no stamp. Other forms of ISO 8601 are as unexpected as no date at all.
    """
    if not _STAMP.fullmatch(text):
        raise ValueError(f"{text!r} is no date and time")
    return datetime.fromisoformat(text.replace(" ", "T", 1).replace(" ", ""))
