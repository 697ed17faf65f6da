"""Sheets of paper (PDF, A4) that are written from top to bottom."""

import io
import textwrap
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from battery_commons.web.pages.words.words import Words

BOTTOM = 0.06
"""Below this nothing is written but the page's number."""
LINE = 0.0155
LEFT = 0.08
_TOP = 0.95
_A4_INCHES = 8.27, 11.69
_DRAWING = Lock()
"""Matplotlib's settings are everybody's."""
_SETTINGS: dict[Any, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib: the same on every machine
    "font.size": 8.5,
    "pdf.fonttype": 42,
    "text.parse_math": False,  # a name may have a $ in it
    "axes.spines.top": False,
    "axes.spines.right": False,
}


class Page(Figure):
    """A sheet that is written from top to bottom."""

    def __init__(self) -> None:
        """Begin at the top."""
        super().__init__(figsize=_A4_INCHES)
        self.at = _TOP
        """How high the last line stands, from 0 at the bottom to 1."""

    def say(self, text: str, *, heading: bool = False, family: str = "DejaVu Sans") -> None:
        """Write a paragraph below what is there."""
        width = 78 if family == "DejaVu Sans Mono" else 60 if heading else 110
        for line in textwrap.wrap(text, width, break_on_hyphens=False) or [""]:
            self.at -= LINE * (1.6 if heading else 1)
            self.text(LEFT, self.at, line, fontsize=13 if heading else 8.5, family=family)

    def row(self, columns: Sequence[float], cells: Sequence[str]) -> None:
        """Write cells beside one another, at shares of the sheet's width."""
        self.at -= LINE
        for x, cell in zip(columns, cells, strict=True):
            self.text(x, self.at, cell, fontsize=8)


def as_pdf(title: str, draw: Callable[[], Sequence[Figure]], words: Words) -> bytes:
    """Return the sheets that `draw` makes, numbered: the same bytes whenever it makes the same."""
    file = io.BytesIO()
    with _DRAWING, mpl.rc_context():
        mpl.rcdefaults()  # whatever the machine's own matplotlibrc says
        mpl.rcParams.update(_SETTINGS)
        # No date, which would be another each time.
        with PdfPages(file, metadata={"Title": title, "CreationDate": None}) as pdf:
            pages = draw()
            for n, page in enumerate(pages, 1):
                page.text(0.92, 0.03, words("proof_page", n=n, all=len(pages)), ha="right", color="0.4")
                pdf.savefig(page)
    return file.getvalue()
