"""The menu of the volunteer's pages: a few groups, and the pages of each."""

from collections.abc import Collection
from dataclasses import dataclass

_GROUPS = {
    "overview": ("overview",),
    "homes": ("homes", "invitations", "transformers", "quality"),
    "steering": ("plans", "model", "experiment", "codes"),
    "grid": ("operator", "activations", "below"),
    "together": ("community", "account", "votes", "bylaws"),
    "administration": ("settings", "backups", "administrators", "audit"),
}
_FIRST = "overview"
"""Which page has no path of its own."""


@dataclass(frozen=True, slots=True)
class Link:
    """A page, as the menu has it."""

    part: str
    """What its templates call it."""
    is_here: bool

    @property
    def path(self) -> str:
        """Where it is, from the first page."""
        return "" if self.part == _FIRST else self.part


@dataclass(frozen=True, slots=True)
class Group:
    """Pages about one subject; the group's own link leads to the first."""

    name: str
    links: tuple[Link, ...]

    @property
    def is_here(self) -> bool:
        """Whether one of its pages is being looked at."""
        return any(each.is_here for each in self.links)


def menu(here: str, *, without: Collection[str] = ()) -> list[Group]:
    """Return the menu of a page of the part `here`, without the parts that are of no use in this village.

    Whoever looks at one of those sees it nevertheless.
    """
    return [
        Group(name, tuple(Link(each, each == here) for each in parts if each == here or each not in without))
        for name, parts in _GROUPS.items()
    ]
