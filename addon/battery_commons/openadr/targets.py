"""What an operator calls parts of the village: names that it gives to their resources (OpenADR 3.1).

What an event is targeted at is written into it as it comes in, as the village calls it. So each is kept with
that, and one whose names were given to other parts since is another version.
"""

from collections.abc import Mapping, Sequence

type Named = Mapping[str, Sequence[str]]
"""By the resources of the village, the names that the operator gave them."""


class ResourceTargets:
    """The names on a line."""

    def __init__(self) -> None:
        """Know of no name."""
        self._parts: Mapping[str, Sequence[str]] = {}
        """By name, the resources that have it."""

    def listed(self, named: Named) -> None:
        """Take note of the names of all resources of the village."""
        parts: dict[str, list[str]] = {}
        for resource, names in named.items():
            for name in {*names} - named.keys():
                parts.setdefault(name, []).append(resource)
        # What all of them are called is a name of the whole village.
        self._parts = {name: found for name, found in parts.items() if len(found) < len(named)}

    def fill_in(self, event: object) -> object:
        """Return an event, in the one form, with the village's own names of the parts that it is for."""
        said = event.get("targets") if isinstance(event, dict) else None
        if not isinstance(event, dict) or not isinstance(said, list):
            return event
        names = [each for each in said if isinstance(each, str)]
        parts = {part for name in names for part in self._parts.get(name, ())}
        return event | {"targets": [*said, *sorted(parts.difference(names))]} if parts else event


def names_of(resource: Mapping[str, object]) -> list[str]:
    """Return the names that the operator gave a resource."""
    said = resource.get("targets")
    return [each for each in said if isinstance(each, str)] if isinstance(said, list) else []
