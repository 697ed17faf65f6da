"""What can be wrong with a source of readings."""

from enum import StrEnum

_LONGEST_DETAIL = 80


class Trouble(StrEnum):
    """Why a meter cannot be read; web/pages/words/meter.py says what to do."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    """Name, password or token are not believed."""
    NOT_THERE = "not_there"
    """There is no such register, topic or entity."""
    UNAVAILABLE = "unavailable"
    """It says itself that it does not know."""
    NO_NUMBER = "no_number"
    TOO_LARGE = "too_large"
    WRONG_UNIT = "wrong_unit"
    OLD = "old"
    SILENT = "silent"
    NOT_TAKEN_IN = "not_taken_in"
    """The reading is sound and was not kept: its time is not to be believed, or the store cannot be used."""
    FAULT = "fault"
    """A mistake of ours, which the log holds."""


class MeterSourceError(Exception):
    """A source gave no reading."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        """Say what is wrong; `detail` is shown on a page and logged, so no secret is in it."""
        super().__init__(f"{trouble}: {detail}" if detail else trouble.value)
        self.trouble = trouble
        self.detail = detail[:_LONGEST_DETAIL]
