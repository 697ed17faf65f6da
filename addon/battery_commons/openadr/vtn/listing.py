"""The lists that a VTN gives: what a client may see and asks for, in parts ("Response Filtering")."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from http import HTTPStatus
from itertools import count, islice
from typing import Any

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.intervals import windows
from battery_commons.openadr.objects import Event, parse
from battery_commons.openadr.vtn.kinds import OWN_ONLY, SERVED
from battery_commons.openadr.vtn.problems import RefusedError
from battery_commons.openadr.vtn.sight import shown, sight_of
from battery_commons.store import Store

_PAGE = 50
"""How many objects a list has at most ("limit")."""
_AT_ONCE = 500
"""So many are in memory where a list looks inside."""
_LOOK_INSIDE = {"clientName", "objects", "targets", "active"}
"""By which a list asks for what only the objects themselves tell, and the database does not."""
_EVER = timedelta(days=36_500)

type Asked = Mapping[str, Sequence[str]]
"""The query of a list: each term that an object has to match, with its values."""


def listed(
    store: Store, client: VtnClient, kind: Kind, asked: Asked, now: datetime
) -> list[tuple[VtnObject, dict[str, Any]]]:
    """Return the objects that a client may see and asks for, each also as it is told.

    Raises RefusedError for a part that is none, and StoreError.
    """
    served = SERVED[kind]
    first = {field: values[0] for field, values in asked.items()}
    sees_own = kind is Kind.SUBSCRIPTION or (client.role is Role.VEN and kind in OWN_ONLY)
    read = partial(
        store.vtn_objects,
        kind,
        parent_id=first.get(served.parent_on_the_wire) if served.parent_on_the_wire else None,
        program_id=first.get("programID") if kind is Kind.REPORT else None,
        client_ids=[client.client_id] if sees_own else None,
        name=first.get(served.name_on_the_wire),
    )
    skip, limit = _number(first, "skip", 0), min(_number(first, "limit", _PAGE), _PAGE)
    if (sees_own or client.role is Role.BL) and asked.keys().isdisjoint(_LOOK_INSIDE):
        return [(kept, shown(kept)) for kept in read(skip=skip, most=limit)]
    sight = sight_of(store, client)
    found = (
        (kept, told)
        for kept in _in_parts(read)
        if (told := sight.of(kept, shown(kept))) is not None and _is_asked(kept, told, asked, now)
    )
    return list(islice(found, skip, skip + limit))


def _in_parts(read: Callable[..., list[VtnObject]]) -> Iterator[VtnObject]:
    """Yield what `read` finds, a part at a time: whoever looks on needs no more than he takes."""
    for skip in count(0, _AT_ONCE):
        part = read(skip=skip, most=_AT_ONCE)
        yield from part
        if len(part) < _AT_ONCE:
            return


def _is_asked(kept: VtnObject, told: Mapping[str, Any], asked: Asked, now: datetime) -> bool:
    """Return whether an object matches what the database does not look at."""
    match kept.kind:
        case Kind.REPORT if "clientName" in asked and told["clientName"] not in asked["clientName"]:
            return False
        case Kind.SUBSCRIPTION if "objects" in asked:
            subscribed = {name for each in told["objectOperations"] for name in each["objects"]}
            if subscribed.isdisjoint(asked["objects"]):
                return False
        case Kind.EVENT if "true" in map(str.lower, asked.get("active", ())) and not is_active(kept, now):
            return False
    return "targets" not in asked or not set(asked["targets"]).isdisjoint(told.get("targets", ()))


def is_active(kept: VtnObject, now: datetime) -> bool:
    """Return whether an event counts now, or will."""
    event = parse(Event, shown(kept))
    try:
        return bool(windows(event, now, now + _EVER, received_at=kept.created_at))
    except UnacceptableError:
        return False


def _number(first: Mapping[str, str], name: str, usual: int) -> int:
    text = first.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - no list is longer
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name} is a number from 0 on")
    return int(text)
