"""The form of a transformer, and what can be wrong with what is filled in."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as fields
from typing import Self

from aiohttp import web

from battery_commons.domain.grid import FEEDER_ID, Transformer
from battery_commons.web.pages.forms import field
from battery_commons.wire.messages import MAX_POWER_W

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class TransformerForm:
    """What stands in the form, as it was typed."""

    id: str = ""
    name: str = ""
    limit_kw: str = ""
    connections: str = ""
    """How many are behind it; may be left open."""
    is_known: bool = False
    """Whether it is about a transformer that is there already; its id cannot be changed."""
    transformer: Transformer | None = None
    """What the form says; None while that makes no sense."""
    errors: Mapping[str, str] = fields(default_factory=dict)
    """By field, the key of what is wrong with it (web/pages/words/administration.py)."""

    @classmethod
    def of(cls, transformer: Transformer) -> Self:
        """Return the form for changing a transformer."""
        return cls(
            transformer.id,
            transformer.name,
            f"{transformer.limit_w / 1000:g}",
            "" if transformer.connections is None else str(transformer.connections),
            is_known=True,
        )

    @classmethod
    async def filled_in(cls, request: web.Request, known: Mapping[str, Transformer]) -> Self:
        """Return the form that was sent; `known` are the transformers that are there, by id."""
        id_, name, limit_kw, connections = [
            await field(request, each) for each in ("id", "name", "limit_kw", "connections")
        ]
        is_known = await field(request, "is_known") == "yes"
        errors = {}
        if is_known and id_ not in known:
            errors["id"] = "transformer_wrong"
        elif not is_known and id_ in known:
            errors["id"] = "id_taken"
        elif not is_known and (not _ID.fullmatch(id_) or id_ == FEEDER_ID):
            errors["id"] = "id_wrong"
        if not 1 <= len(name) <= _LONGEST_NAME:
            errors["name"] = "name_wrong"
        limit_w = _watts(limit_kw)
        if limit_w is None:
            errors["limit_kw"] = "limit_wrong"
        count = _count(connections)
        if count is None and connections:
            errors["connections"] = "connections_wrong"
        transformer = None
        if not errors and limit_w is not None:
            on_feeder = known[id_].on_feeder if is_known else True
            transformer = Transformer(id_, name, limit_w, count, on_feeder)
        return cls(
            id_,
            name,
            limit_kw,
            connections,
            is_known=is_known,
            transformer=transformer,
            errors=errors,
        )


def _count(text: str) -> int | None:
    """Return a number of connections that was typed; None for what is none."""
    return int(text) if re.fullmatch(r"[0-9]{1,5}", text) and int(text) else None


def _watts(kilowatts: str) -> float | None:
    """Return a limit that was typed, in W; None for what is none. A comma is a decimal sign too."""
    try:
        limit_w = 1000 * float(kilowatts.replace(",", "."))
    except ValueError:
        return None
    return limit_w if 0 < limit_w <= MAX_POWER_W else None
