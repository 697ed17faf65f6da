"""How often an operator is called."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """How often what is done, in wall seconds."""

    poll_s: float = 30.0
    """A full listing, while nothing shows that events come by themselves."""
    reconcile_s: float = 300.0
    """A full listing, while they do."""
    register_s: float = 3600.0
    """Seeing to it that programs, resources and subscriptions are as they are to be."""
    apart_s: float = 1.0
    """At least between two listings."""
    first_wait_s: float = 5.0
    """Before the next attempt after trouble; doubled each time."""
    longest_wait_s: float = 300.0

    def longer(self, wait_s: float) -> float:
        """Return how long to wait after having waited `wait_s` in vain."""
        return min(2 * wait_s, self.longest_wait_s)
