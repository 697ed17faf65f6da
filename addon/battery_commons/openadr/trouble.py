"""What can be wrong with a line to an operator."""

from enum import StrEnum

_LONGEST_DETAIL = 120


class LineTrouble(StrEnum):
    """Why a line does not work; web/pages/words/operator_line.py says what to do."""

    UNREACHABLE = "unreachable"
    CERTIFICATE = "certificate"
    """Who answers cannot show that it is the operator."""
    CREDENTIALS = "credentials"
    """The client's name or secret is not believed."""
    FORBIDDEN = "forbidden"
    """It believes the client, and does not allow it this."""
    NOT_THERE = "not_there"
    """There is nothing of OpenADR 3.1 at the address."""
    NO_LOGIN = "no_login"
    """It shows its programs to everybody, and knows of no clients."""
    BUSY = "busy"
    """It asks to be left alone for a while."""
    REFUSED = "refused"
    """It does not take what it was sent."""
    BROKEN = "broken"
    """It answers that something is wrong with itself."""
    NO_SENSE = "no_sense"
    """Its answer is none that OpenADR knows."""
    TOO_LARGE = "too_large"
    REDIRECTED = "redirected"
    """It sends callers elsewhere: a secret is not taken along."""
    NO_PROGRAM = "no_program"
    """None of the programs that the village wants to take part in is shown to it."""
    FAULT = "fault"
    """A mistake of ours, which the log holds."""


NOT_TAKEN = frozenset({LineTrouble.REFUSED, LineTrouble.FORBIDDEN, LineTrouble.NOT_THERE})
"""What an operator does not take for these it takes no better when it is sent again."""
OF_ONE_CALL = NOT_TAKEN | {
    LineTrouble.CREDENTIALS,
    LineTrouble.BROKEN,
    LineTrouble.NO_SENSE,
    LineTrouble.TOO_LARGE,
    LineTrouble.REDIRECTED,
}
"""May be wrong with a part of the server alone: what else is asked of it may go well."""


class LineError(Exception):
    """A call over a line came to nothing."""

    def __init__(self, trouble: LineTrouble, detail: str = "", *, wait_s: float | None = None) -> None:
        """Say what is wrong.

        `detail` is shown on a page and logged, so no secret is in it. `wait_s` is how long the server asks
        to be left alone.
        """
        detail = "".join(character for character in detail if character.isprintable())[:_LONGEST_DETAIL]
        super().__init__(f"{trouble}: {detail}" if detail else trouble.value)
        self.trouble = trouble
        self.detail = detail
        self.wait_s = wait_s
