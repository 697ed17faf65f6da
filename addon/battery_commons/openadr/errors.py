"""Why something that came over OpenADR is not taken."""

from enum import StrEnum


class Reason(StrEnum):
    """What is wrong with an object; pages have a sentence for each."""

    MALFORMED = "malformed"
    """A field is missing, of the wrong kind, or out of bounds."""
    NO_INTERVAL = "no_interval"
    NO_START = "no_start"
    """An interval says nothing of when it begins."""
    CONTRADICTORY = "contradictory"
    """Its intervals overlap, or one value is said twice."""
    OVER = "over"
    """All of it lies in the past."""
    NEGATIVE = "negative"
    """A limit below zero."""
    UNKNOWN_UNIT = "unknown_unit"
    IMPOSSIBLE = "impossible"
    """A figure that nothing in a village can be."""


class UnacceptableError(ValueError):
    """An object is not to be obeyed; `event_id` is its id, where that could be read."""

    def __init__(self, event_id: str | None, reason: str, detail: str = "") -> None:
        """Say which, and why."""
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.event_id = event_id
        self.reason = reason
        self.detail = detail
