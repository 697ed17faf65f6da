"""What goes wrong on the way to a home."""


class DeliveryError(Exception):
    """A plan did not reach its home; the message says why."""


class StreamError(Exception):
    """A home does on its stream what docs/protocol.md does not know."""
