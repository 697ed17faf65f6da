"""What a home says to its village about being shown."""

from pydantic import StrictBool

from battery_commons.wire.messages import Message


class Shown(Message):
    """Whether the home is shown by its name on the community's page and in its yearly report."""

    shown: StrictBool
