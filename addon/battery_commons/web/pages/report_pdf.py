"""The yearly report on paper (PDF, A4)."""

import textwrap
from collections.abc import Callable

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from battery_commons.web.pages.community_view import Bars, CodesDrawn
from battery_commons.web.pages.paper import BOTTOM, LEFT, LINE, Page, as_pdf
from battery_commons.web.pages.report_content import Amounts, Heading, Part, Report
from battery_commons.web.pages.words.words import Words

_RIGHT = 0.92
_BARS_FROM, _BARS_TO = 0.40, 0.77
_COLOURS = {
    "actual": "#00785a",
    "alone": "#0072b2",
    "bare": "#8a9490",
    "red": "#c14a00",
    "green": "#00785a",
}
_BACK, _INK = "#eef1ee", "#1c2321"
_WIDE = 112
_GAP = 0.5 * LINE
_WITH_A_TITLE = 6
"""So many lines must fit below the last section for another to begin there."""
_THICK = 0.7 * LINE


def report_pdf(report: Report, words: Words, tell: Callable[[float], None]) -> bytes:
    """Return the report on paper: the same bytes whenever it is made of the same.

    `tell` is told the share that is drawn, from 0 to 1; setting the sheets takes about half of the time.
    """

    def draw() -> list[Figure]:
        sheets = _Sheets(words)
        sheets.page.say(report.title, heading=True)
        for n, section in enumerate(report.sections):
            tell(n / len(report.sections) / 2)
            sheets.title(section.title)
            for part in section.parts:
                sheets.add(part)
        tell(0.5)
        return list(sheets.pages)

    return as_pdf(report.title, draw, words)


class _Sheets:
    """Sheets that are written one after another; what belongs together stays on one."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self.pages = [Page()]

    @property
    def page(self) -> Page:
        """The sheet that is being written."""
        return self.pages[-1]

    def title(self, text: str) -> None:
        """Begin a section; never at the very bottom of a sheet."""
        self._room(_WITH_A_TITLE)
        self.page.at -= 2.2 * LINE
        self.page.text(LEFT, self.page.at, text, fontsize=11.5, fontweight="bold")
        self.page.at -= 0.3 * LINE

    def add(self, part: Part) -> None:
        """Write a part."""
        match part:
            case Heading():
                self._room(6)
                self.page.at -= 1.6 * LINE
                self.page.text(LEFT, self.page.at, part.text, fontweight="bold")
            case Bars():
                self._bars(part)
            case CodesDrawn():
                self._codes(part)
            case Amounts():
                self._amounts(part)
            case _:
                self._sentence(part)

    def _sentence(self, text: str) -> None:
        lines = textwrap.wrap(text, _WIDE, break_on_hyphens=False)
        self._room(len(lines))
        self.page.at -= _GAP
        for line in lines:
            self.page.at -= LINE
            self.page.text(LEFT, self.page.at, line)

    def _bars(self, drawing: Bars) -> None:
        self._room(len(drawing.bars) + 2)
        self.page.at -= _GAP + LINE
        self.page.text(LEFT, self.page.at, drawing.title, color="0.35")
        for bar in drawing.bars:
            self._row(bar.label, bar.value)
            self._box(0.0, 1.0, _BACK)
            self._box(0.0, bar.share, _COLOURS[bar.kind])
            if drawing.limit is not None:
                self._box(drawing.limit - 0.004, drawing.limit, _INK)

    def _codes(self, drawing: CodesDrawn) -> None:
        self.page.at -= _GAP
        for each in drawing.codes:
            self._room(1)
            self._row(f"{self._words(f'code_{each.code}')}, {each.label}", each.value)
            self._box(0.0, 1.0, _BACK)
            self._box(each.low, each.high, _COLOURS[each.code], opacity=0.4)
            self._box(each.at - 0.006, each.at + 0.006, _COLOURS[each.code])
            self._box(drawing.zero - 0.002, drawing.zero + 0.002, _INK)

    def _amounts(self, part: Amounts) -> None:
        self._room(len(part.rows))
        self.page.at -= _GAP
        for what, amount in part.rows:
            self.page.at -= 1.15 * LINE
            self.page.text(LEFT, self.page.at, what)
            self.page.text(_RIGHT, self.page.at, amount, ha="right")

    def _row(self, label: str, value: str) -> None:
        self.page.at -= 1.1 * LINE
        self.page.text(LEFT, self.page.at, label)
        self.page.text(_RIGHT, self.page.at, value, ha="right", fontweight="bold")

    def _box(self, start: float, end: float, colour: str, opacity: float = 1.0) -> None:
        left, right = (_BARS_FROM + (_BARS_TO - _BARS_FROM) * min(max(x, 0.0), 1.0) for x in (start, end))
        corner, width = (left, self.page.at - 0.1 * LINE), right - left
        self.page.add_artist(Rectangle(corner, width, _THICK, color=colour, alpha=opacity, linewidth=0))

    def _room(self, lines: int) -> None:
        """Take a new sheet where so many lines do not fit any more."""
        if self.page.at - (1.15 * lines + 1) * LINE < BOTTOM:
            self.pages.append(Page())
