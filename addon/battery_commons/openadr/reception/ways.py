"""Which of the ways by which an operator tells of events can be relied on."""

from battery_commons.domain.operator_line import Reception

_BEST_FIRST = (Reception.MQTT, Reception.WEBHOOK)


class Ways:
    """A way is relied on from when it shows that it works, until a listing shows what it kept back."""

    def __init__(self) -> None:
        """Rely on none yet."""
        self._working: set[Reception] = set()
        self._since_listing: set[Reception] = set()
        """Those that have worked since the last listing."""

    @property
    def best(self) -> Reception | None:
        """Return the best that works; None for none."""
        return next((way for way in _BEST_FIRST if way in self._working), None)

    def works(self, way: Reception) -> None:
        """Take note that a way was seen to work."""
        self._working.add(way)

    def lost(self, way: Reception) -> None:
        """Take note that a way does not work."""
        self._working.discard(way)
        self._since_listing.discard(way)

    def listed(self, *, is_different: bool) -> bool:
        """Take note of a full listing, and return whether a way is no longer relied on.

        Where it is different from what was told, the ways that were open all the time did not tell of it.
        """
        silent = self._since_listing if is_different else set[Reception]()
        self._working -= silent
        self._since_listing = set(self._working)
        return bool(silent)
