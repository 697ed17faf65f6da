"""A home's statement of a month as a file: a table (CSV), or on paper (PDF)."""

from collections.abc import Callable
from importlib import import_module

from battery_commons.domain.csv_rows import lines
from battery_commons.web.pages.statement_sheet import Sheet, told_lines
from battery_commons.web.pages.words.words import Words

KINDS = {"csv": "text/csv", "pdf": "application/pdf"}
"""Of files, with their media types."""


def statement_on_paper(sheet: Sheet, words: Words, _tell: Callable[[float], None]) -> bytes:
    """Return a statement on paper: some sheets, which are drawn at once."""
    drawing = import_module("battery_commons.web.pages.statement_pdf")
    pdf: bytes = drawing.statement_pdf(sheet, words)
    return pdf


def statement_csv(sheet: Sheet, words: Words) -> str:
    """Return a statement as a table: amounts in euros, with a point."""
    whose = sheet.statement.period, sheet.statement.account
    rows = [
        (*whose, name, "" if cents is None else f"{cents / 100:.2f}", what)
        for name, cents, what in told_lines(sheet, words)
    ]
    heads = ("account_month", "account_number", "statement_line", "statement_amount", "statement_meaning")
    return lines([[words(head) for head in heads], *rows])
