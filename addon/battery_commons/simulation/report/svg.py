"""From a matplotlib drawing to an SVG inside a page: small, in the page's colours, and asking for nothing."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from battery_commons.simulation.report.theme import INK, LINE, PANEL, QUIET, VARIABLES

_SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: to be searched, read aloud, and set in the reader's own font
    "font.family": "DejaVu Sans",  # comes with matplotlib; wider than what browsers use, so nothing gets cut
    "text.parse_math": False,  # a name may have a $ in it
    "font.size": 10.5,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelsize": 10,
    "xtick.labelsize": 10,
    "ytick.labelsize": 10,
    "text.color": INK,
    "axes.titlecolor": INK,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": LINE,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "grid.color": LINE,
    "grid.linewidth": 0.7,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": QUIET,
    "ytick.labelcolor": QUIET,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "lines.linewidth": 1.6,
    "patch.edgecolor": PANEL,
}
_OPENING = re.compile(r"<svg\s[^>]*?viewBox=\"(?P<box>[^\"]+)\"[^>]*>")
_UNUSED = re.compile(
    r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL
)
_TAG = re.compile(r"<[^>]+>")
_GROUP_NAME = re.compile(r' id="[A-Za-z][A-Za-z0-9.]*_[0-9]+(?:_[0-9]+)?"')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_SPACES = re.compile(r"\s*\n\s*")


@contextmanager
def drawing(name: str) -> Iterator[None]:
    """Let what is drawn within look as the report does; `name` keeps its parts apart from other drawings'."""
    with mpl.rc_context():
        mpl.rcdefaults()  # whatever the machine's own matplotlibrc says
        mpl.rcParams.update(_SETTINGS)
        mpl.rcParams["svg.hashsalt"] = name
        yield


def inline_svg(figure: Figure, *, css_class: str, title: str, description: str) -> str:
    """Return a figure as an `<svg>` element, to be called within `drawing`."""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    svg = _UNUSED.sub("", buffer.getvalue())
    svg = _GROUP_NAME.sub("", svg)
    svg = _TAG.sub(lambda tag: _LONG_NUMBER.sub(_shortened, tag[0]), svg).replace("xlink:href", "href")
    for stand_in, name in VARIABLES.items():
        svg = svg.replace(stand_in, f"var(--{name})")
    opening = (
        rf'<svg class="{css_class}" viewBox="\g<box>" role="img">'
        f"<title>{_literally(title)}</title><desc>{_literally(description)}</desc>"
    )
    return _SPACES.sub("\n", _OPENING.sub(opening, svg, count=1)).strip()


def _literally(text: str) -> str:
    """Return text for use in markup, and in a template of `re.sub`."""
    return escape(text).replace("\\", r"\\")


def _shortened(number: re.Match[str]) -> str:
    """Return a coordinate to a twentieth of a pixel or so: what no eye sees need not be sent."""
    return f"{float(number[0]):.1f}".removesuffix(".0")
