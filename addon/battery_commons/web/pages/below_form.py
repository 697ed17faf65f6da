"""The form with which a region asks something of those below, and what can be wrong with it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from aiohttp import web

from battery_commons.openadr.vtn.asking import Asked, What, Wrong
from battery_commons.web.pages import forms
from battery_commons.web.pages.dutch_moment import read_moment

FIELDS = ("what", "value", "start", "end", "whom")
_FIELD_OF = {
    Wrong.VALUE: "value",
    Wrong.SIGN: "value",
    Wrong.ENDS_FIRST: "end",
    Wrong.LENGTH: "end",
    Wrong.OVER: "end",
    Wrong.QUARTERS: "start",
    Wrong.FAR_AHEAD: "start",
}


@dataclass(frozen=True, slots=True)
class AskForm:
    """What stands in the form, as it was typed."""

    values: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(FIELDS, ""))
    errors: Mapping[str, str] = field(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/below.py)."""
    asked: Asked | None = None
    """What the form says; None while that makes no sense."""

    @classmethod
    async def filled_in(cls, request: web.Request, now: datetime, clients: Collection[str]) -> Self:
        """Return the form that was sent at `now` (the wall's), with `clients` to choose from."""
        values = {name: await forms.field(request, name) for name in FIELDS}
        errors = {}
        start, end = (read_moment(values[name]) for name in ("start", "end"))
        value = _figure(values["value"])
        if values["what"] not in set(What):
            errors["what"] = "below_wrong_what"
        if value is None:
            errors["value"] = "below_wrong_value"
        if values["whom"] and values["whom"] not in clients:
            errors["whom"] = "below_wrong_whom"
        errors |= {name: "below_wrong_time" for name, at in (("start", start), ("end", end)) if at is None}
        if errors or value is None or start is None or end is None:
            return cls(values, errors)
        asked = Asked(What(values["what"]), value, start, end, values["whom"] or None)
        errors = {_FIELD_OF[wrong]: f"below_wrong_{wrong}" for wrong in asked.problems(now)}
        return cls(values, errors, None if errors else asked)


def _figure(text: str) -> float | None:
    try:
        return float(text.replace(",", ".").replace("\N{MINUS SIGN}", "-"))
    except ValueError:
        return None
