"""How the report says things, in English and in Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from battery_commons.domain.plan import ControlModel
from battery_commons.simulation.report.dutch import DUTCH
from battery_commons.simulation.report.english import ENGLISH

TEXTS: Mapping[str, Mapping[str, str]] = {"en": ENGLISH, "nl": DUTCH}
MINUS = "\N{MINUS SIGN}"
SPACE = "\N{NO-BREAK SPACE}"
NOTHING = "\N{EN DASH}"


@dataclass(frozen=True, slots=True)
class ReportWords:
    """One language's way of putting figures into words."""

    language: str

    def __post_init__(self) -> None:
        """Refuse a language that nobody has written."""
        if self.language not in TEXTS:
            raise ValueError(f"the report is written in {' or '.join(TEXTS)}, not in {self.language!r}")

    def __call__(self, key: str, **blanks: object) -> str:
        """Return a text, with its blanks filled in."""
        return TEXTS[self.language][key].format(**blanks)

    def tariff(self, name: str) -> str:
        """Return a tariff's name; one that is new to this version is shown as it is."""
        return TEXTS[self.language].get(name, name)

    def model(self, model: ControlModel) -> str:
        """Return what a model does, in a few words."""
        return self(model.value)

    def number(self, value: float, decimals: int = 0, *, signed: bool = False) -> str:
        """Return a figure as the language writes it."""
        rounded = round(value, decimals)
        written = f"{abs(rounded):,.{decimals}f}"
        if self.language == "nl":
            written = written.translate(str.maketrans(",.", ".,"))
        if rounded < 0:
            return MINUS + written
        return f"+{written}" if signed and rounded > 0 else written

    def percent(self, share: float | None, decimals: int = 1, *, signed: bool = False) -> str:
        """Return a share as a percentage."""
        if share is None:
            return NOTHING
        return f"{self.number(100 * share, decimals, signed=signed)}{SPACE}%"

    def euros(self, amount: float, decimals: int = 0, *, signed: bool = False) -> str:
        """Return an amount of money."""
        written = self.number(amount, decimals, signed=signed)
        sign = written[0] if written[0] in f"+{MINUS}" else ""
        return f"{sign}€{SPACE}{written.removeprefix(sign)}"

    def kilowatts(self, power_w: float) -> str:
        """Return a power in kW, without the unit."""
        return self.number(power_w / 1000, 1 if abs(power_w) < 9950 else 0)  # noqa: PLR2004 - three figures

    def day(self, day: date) -> str:
        """Return a date in full."""
        return f"{day.day} {self('months').split()[day.month - 1]} {day.year}"

    def weekday(self, day: date) -> str:
        """Return the day of the week, in short."""
        return self("days").split()[day.weekday()]
