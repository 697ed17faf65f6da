"""What can go wrong in the store, as its callers need to tell it apart."""


class StoreError(Exception):
    """The database or the key cannot be used; the message says why, and what to do."""


class NotFoundError(LookupError):
    """No such home or transformer (any more)."""


class NotOfferedError(LookupError):
    """The village does not offer what was named (any more)."""


class InvitationError(Exception):
    """An invitation does not let anyone in."""


class InvitationUnknownError(InvitationError):
    """Nobody made this invitation."""


class InvitationUsedError(InvitationError):
    """Someone has already joined with this invitation."""


class InvitationExpiredError(InvitationError):
    """This invitation has run out."""


class KeptAlreadyError(ValueError):
    """What should be kept is there already."""
