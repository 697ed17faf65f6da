"""The report's colours and lines, the same for a model wherever it is drawn.

Drawings know no colours: they use a stand-in for each role, which `svg.py` turns into a variable of
report.css. So one drawing serves light and dark screens. Models also differ by dash and marker, for eyes and
printers that see no colour.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from battery_commons.domain.plan import ControlModel

INK, QUIET, LINE, LIMIT, PANEL = "#000a01", "#000a02", "#000a03", "#000a04", "#000a05"


@dataclass(frozen=True, slots=True)
class ModelStyle:
    """How a model is drawn."""

    colour: str
    """A stand-in."""
    dashes: tuple[float, ...]
    """Lengths of line and gap; empty is a whole line."""
    marker: str

    @property
    def linestyle(self) -> str | tuple[int, tuple[float, ...]]:
        """The dashes as matplotlib has them."""
        return (0, self.dashes) if self.dashes else "-"


STYLES: Mapping[ControlModel, ModelStyle] = {
    ControlModel.M1: ModelStyle("#000b01", (1.2, 1.2), "o"),
    ControlModel.M2: ModelStyle("#000b02", (), "s"),
    ControlModel.M3: ModelStyle("#000b03", (6, 1.5), "^"),
    ControlModel.M4: ModelStyle("#000b04", (), "D"),
    ControlModel.M5: ModelStyle("#000b05", (5, 1.5, 1.2, 1.5), "v"),
    ControlModel.M6: ModelStyle("#000b06", (3, 1.2), "P"),
    ControlModel.LAYERED: ModelStyle("#000b07", (), "X"),
}


def variable(model: ControlModel) -> str:
    """Return the name of the CSS variable that holds a model's colour."""
    return model.value.lower().replace("+", "-")


VARIABLES: Mapping[str, str] = {
    INK: "ink",
    QUIET: "quiet",
    LINE: "line",
    LIMIT: "limit",
    PANEL: "panel",
    **{style.colour: variable(model) for model, style in STYLES.items()},
}
"""By stand-in, the name of the CSS variable."""
