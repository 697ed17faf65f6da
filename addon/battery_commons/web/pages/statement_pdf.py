"""A home's statement of a month on paper (PDF, A4), each line explained."""

import textwrap

from battery_commons.web.pages.paper import BOTTOM, LEFT, LINE, Page, as_pdf
from battery_commons.web.pages.statement_sheet import Sheet, about, balance, heading, told_lines
from battery_commons.web.pages.words.account_sentences import money
from battery_commons.web.pages.words.words import Words

_AMOUNTS_END = 0.92
_WIDE = 92
_GAP = 0.6 * LINE


def statement_pdf(sheet: Sheet, words: Words) -> bytes:
    """Return a statement on paper: the same bytes whenever it is made of the same."""
    title = heading(sheet, words)

    def draw() -> list[Page]:
        first = Page()
        first.say(title, heading=True)
        first.say("")
        first.say(about(sheet, words))
        if sheet.is_draft:
            first.say(words("statement_draft"))
        pages = [first]
        for name, cents, what in told_lines(sheet, words):
            explained = textwrap.wrap(what, _WIDE)
            if pages[-1].at - (len(explained) + 2) * LINE < BOTTOM:
                pages.append(Page())
            _line(pages[-1], name, "" if cents is None else money(words, cents), explained)
        end = pages[-1]
        end.at -= _GAP
        end.say(balance(sheet, words))
        end.say("")
        end.say(words("statement_note"))
        return pages

    return as_pdf(title, draw, words)


def _line(page: Page, name: str, amount: str, explained: list[str]) -> None:
    page.at -= _GAP + LINE
    page.text(LEFT, page.at, name, fontweight="bold")
    page.text(_AMOUNTS_END, page.at, amount, fontweight="bold", ha="right")
    for line in explained:
        page.at -= LINE
        page.text(LEFT, page.at, line, color="0.25")
