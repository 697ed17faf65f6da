"""The form in which a volunteer writes down how often, and when, residents may be asked."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as fields
from datetime import time
from typing import Self

from aiohttp import web

from battery_commons.domain.bylaws import MOST_HOURS_AHEAD, MOST_PER_WEEK, CodeRules
from battery_commons.web.pages.forms import field

_FIELDS = ("most_per_week", "quiet_from", "quiet_until", "hours_ahead", "by_itself")


@dataclass(frozen=True, slots=True)
class RulesForm:
    """What stands in the form, as it was typed."""

    most_per_week: str
    quiet_from: str
    quiet_until: str
    hours_ahead: str
    by_itself: str
    """`yes` or `no`."""
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/mob.py)."""
    rules: CodeRules | None = None
    """What the form says; None while that makes no sense."""

    @classmethod
    def of(cls, rules: CodeRules) -> Self:
        """Return the form of the rules as they are."""
        return cls(
            str(rules.most_per_week),
            f"{rules.quiet_from:%H:%M}",
            f"{rules.quiet_until:%H:%M}",
            str(rules.hours_ahead),
            "yes" if rules.by_itself else "no",
        )

    @classmethod
    async def filled_in(cls, request: web.Request) -> Self:
        """Return the form that was sent."""
        most, quiet_from, quiet_until, ahead, by_itself = [await field(request, each) for each in _FIELDS]
        codes, hours = _whole(most, MOST_PER_WEEK), _whole(ahead, MOST_HOURS_AHEAD)
        start, end = _time(quiet_from), _time(quiet_until)
        wrong = {
            "most_per_week": codes is None,
            "quiet_from": start is None,
            "quiet_until": end is None,
            "hours_ahead": hours is None,
            "by_itself": by_itself not in {"yes", "no"},
        }
        errors = {name: f"rules_{name}_wrong" for name, is_wrong in wrong.items() if is_wrong}
        rules = None
        if codes is not None and start is not None and end is not None and hours is not None and not errors:
            rules = CodeRules(codes, start, end, hours, by_itself == "yes")
        return cls(most, quiet_from, quiet_until, ahead, by_itself, errors, rules)


def _whole(text: str, most: int) -> int | None:
    """Return a whole number from 0 to `most`; None for what is none."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) + 1):
        return None
    return int(text) if int(text) <= most else None


def _time(text: str) -> time | None:
    try:
        written = time.fromisoformat(text)
    except ValueError:
        return None
    return written if written.tzinfo is None else None
