"""All kinds of objects of the VTN: made, read, changed and deleted alike."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any
from uuid import uuid4

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.intervals import windows
from battery_commons.openadr.objects import (
    Event,
    KeptObject,
    Resource,
    ResourceGroup,
    Ven,
    parse,
    to_wire,
)
from battery_commons.openadr.vtn.kinds import (
    OWN_ONLY,
    SERVED,
    TARGETS_BY_BL,
    may_change,
    may_make,
)
from battery_commons.openadr.vtn.problems import RefusedError, unknown
from battery_commons.openadr.vtn.receipts import Receipts
from battery_commons.openadr.vtn.sight import sight_of
from battery_commons.store import Store
from battery_commons.store.audit import Author

MOST_OF_A_CLIENT = 200_000
"""More objects than any client needs, so that none fills the disk."""
_OURS = {"id", "createdDateTime", "modificationDateTime"}
_EVER = timedelta(days=36_500)

type Told = Callable[[str, VtnObject], None]
"""Takes note of what was done (CREATE, UPDATE or DELETE) to an object."""


@dataclass(slots=True)
class VtnObjects:
    """What clients do with objects. May block: call it off the event loop.

    Each method raises RefusedError where the client may not, or where there is no such object,
    UnacceptableError for what is no object of its kind, and StoreError.
    """

    store: Store
    wall_now: Callable[[], datetime]
    told: Told = lambda _operation, _kept: None
    receipts: Receipts = field(default_factory=Receipts)
    _changing: Lock = field(default_factory=Lock)
    """Held while something is changed and told: what is done first is told first."""

    def make(self, client: VtnClient, kind: Kind, raw: object, by: Author | None = None) -> dict[str, Any]:
        """Keep a new object, and return it as it is told. An administrator's event is `by` whom it is."""
        if not may_make(client, kind):
            raise RefusedError(HTTPStatus.FORBIDDEN, f"a VEN makes no {SERVED[kind].path}")
        if self.store.count_vtn_objects(client.client_id) >= MOST_OF_A_CLIENT:
            raise RefusedError(HTTPStatus.FORBIDDEN, "this client has too many objects: delete some")
        read = self._read(client, kind, raw)
        with self._changing:
            made = self._kept(client, kind, read, self.wall_now())
            self._refuse_double(made)
            self.store.add_vtn_object(made, by)
            self.told("CREATE", made)
        return shown(made)

    def one(self, client: VtnClient, kind: Kind, id_: str) -> dict[str, Any]:
        """Return an object, as far as the client may see it."""
        told = self._seen(client, kind, id_)[1]
        if kind is Kind.EVENT:
            self.receipts.note(client.client_id, [id_], self.wall_now())
        return told

    def change(self, client: VtnClient, kind: Kind, id_: str, raw: object) -> dict[str, Any]:
        """Put something else in an object's place."""
        with self._changing:
            new = self._changed(client, kind, id_, raw)
            self._refuse_double(new)
            self.store.change_vtn_object(new)
            self.receipts.forget(id_)
            self.told("UPDATE", new)
        return shown(new)

    def _changed(self, client: VtnClient, kind: Kind, id_: str, raw: object) -> VtnObject:
        """Return an object with what a client wants in its place."""
        former, _ = self._seen(client, kind, id_)
        if not may_change(client, former):
            raise RefusedError(HTTPStatus.FORBIDDEN, "this is not yours to change")
        read = self._read(client, kind, raw)
        now = max(self.wall_now(), former.modified_at + timedelta(microseconds=1))
        new = replace(self._kept(client, kind, read, now), id=id_, created_at=former.created_at)
        if client.role is Role.VEN:
            new = replace(new, body=_with_targets_of(former, new))
        if client.role is Role.VEN or kind is not Kind.VEN:
            # Whoever changes it, it stays whose it is; only BL gives a VEN to another client.
            new = replace(new, client_id=former.client_id)
        return new

    def delete(self, client: VtnClient, kind: Kind, id_: str, by: Author | None = None) -> dict[str, Any]:
        """Delete an object with all that belongs to it, and return it as it was."""
        former, _ = self._seen(client, kind, id_)
        if not may_change(client, former):
            raise RefusedError(HTTPStatus.FORBIDDEN, "this is not yours to delete")
        with self._changing:
            with_it = self._belonging(former)
            self.store.delete_vtn_object(id_, by)
            for each in [*with_it, former]:
                self.receipts.forget(each.id)
                self.told("DELETE", each)
        return shown(former)

    def listed(
        self, client: VtnClient, kind: Kind, asked: Mapping[str, Sequence[str]]
    ) -> list[dict[str, Any]]:
        """Return the objects that a client may see and asks for: by parent, name, targets, and in parts."""
        served = SERVED[kind]
        parent = asked.get(_on_the_wire(served.parent_field), [None])[0] if served.parent_field else None
        sees_own = kind is Kind.SUBSCRIPTION or (client.role is Role.VEN and kind in OWN_ONLY)
        own = [client.client_id] if sees_own else None
        name = asked.get(_on_the_wire(served.name_field), [None])[0]
        skip, limit = _number(asked, "skip", 0), min(_number(asked, "limit", _PAGE), _PAGE)
        if (sees_own or client.role is Role.BL) and not _looks_inside(kind, asked):
            kept_page = self.store.vtn_objects(
                kind, parent_id=parent, client_ids=own, name=name, skip=skip, most=limit
            )
            return [shown(kept) for kept in kept_page]
        sight = sight_of(self.store, client)
        events = self._events_of(asked["programID"][0]) if _is_by_program(kind, asked) else None
        found = [
            told
            for kept in self.store.vtn_objects(kind, parent_id=parent, client_ids=own, name=name)
            if (told := sight.of(kept, shown(kept))) is not None
            and (events is None or kept.parent_id in events)
            and self._is_asked(kept, told, asked)
        ]
        listed = found[skip : skip + limit]
        if kind is Kind.EVENT:
            self.receipts.note(client.client_id, [each["id"] for each in listed], self.wall_now())
        return listed

    def _events_of(self, program_id: str) -> set[str]:
        return {each.id for each in self.store.vtn_objects(Kind.EVENT, parent_id=program_id)}

    def _belonging(self, kept: VtnObject) -> list[VtnObject]:
        """Return what goes with an object when that is deleted, the innermost first."""
        inner = [
            each
            for served in SERVED.values()
            if served.parent is kept.kind
            for each in self.store.vtn_objects(served.kind, parent_id=kept.id)
        ]
        return [each for child in inner for each in [*self._belonging(child), child]]

    def _is_asked(self, kept: VtnObject, told: Mapping[str, Any], asked: Mapping[str, Sequence[str]]) -> bool:
        if "clientName" in asked and told.get("clientName") != asked["clientName"][0]:
            return False
        if "targets" in asked and set(asked["targets"]).isdisjoint(told.get("targets", ())):
            return False
        return not (kept.kind is Kind.EVENT and _is_true(asked.get("active"))) or self._is_active(kept)

    def _is_active(self, kept: VtnObject) -> bool:
        """Return whether an event counts now, or will."""
        now = self.wall_now()
        event = parse(Event, shown(kept))
        try:
            return bool(windows(event, now, now + _EVER, received_at=kept.created_at))
        except UnacceptableError:
            return False

    def _seen(self, client: VtnClient, kind: Kind, id_: str) -> tuple[VtnObject, dict[str, Any]]:
        """Return an object, and what the client sees of it."""
        kept = self.store.vtn_object(kind, id_) if id_.isprintable() else None
        if kept is None:
            raise unknown(SERVED[kind].path)
        told = sight_of(self.store, client).of(kept, shown(kept))
        if told is None:
            raise unknown(SERVED[kind].path)
        return kept, told

    def _read(self, client: VtnClient, kind: Kind, raw: object) -> KeptObject:
        """Read an object that a client sent; what only BL, or only the VTN, decides is left away."""
        if isinstance(raw, Mapping):
            dropped = _OURS | ({"targets"} if client.role is Role.VEN and kind in TARGETS_BY_BL else set())
            raw = {key: value for key, value in raw.items() if key not in dropped} | {
                "objectType": kind.value
            }
        return parse(SERVED[kind].model, raw)

    def _kept(self, client: VtnClient, kind: Kind, read: KeptObject, now: datetime) -> VtnObject:
        """Return an object as it is kept, new."""
        served = SERVED[kind]
        parent_id: str | None = getattr(read, served.parent_field) if served.parent_field else None
        if served.parent is not None:
            if parent_id is None and served.parent_needed:
                raise RefusedError(HTTPStatus.BAD_REQUEST, f"{_on_the_wire(served.parent_field)} is missing")
            if parent_id is not None:
                parent, _ = self._seen(client, served.parent, parent_id)
                if kind is Kind.RESOURCE and not may_change(client, parent):
                    raise unknown(SERVED[served.parent].path)
        if isinstance(read, ResourceGroup):
            self._refuse_unknown_children(read)
        return VtnObject(
            kind=kind,
            id=str(uuid4()),
            client_id=self._owner(client, read, parent_id),
            parent_id=parent_id,
            name=getattr(read, served.name_field) or "",
            body=json.dumps(to_wire(read)),
            created_at=now,
            modified_at=now,
        )

    def _refuse_unknown_children(self, group: ResourceGroup) -> None:
        for each in group.children:
            kind = Kind.RESOURCE if each.type == "ven_resource" else Kind.RESOURCE_GROUP
            if self.store.vtn_object(kind, each.id) is None:
                raise RefusedError(HTTPStatus.BAD_REQUEST, f"children: there is no {each.type} {each.id}")

    def _owner(self, client: VtnClient, read: KeptObject, parent_id: str | None) -> str:
        """Return whose an object is: BL says for whom it makes a VEN; a resource goes with its VEN."""
        if client.role is Role.BL and isinstance(read, Ven):
            if read.client_id is None or not self.store.is_vtn_client(read.client_id):
                raise RefusedError(HTTPStatus.BAD_REQUEST, "clientID is missing, or of no client")
            return read.client_id
        if client.role is Role.BL and isinstance(read, Resource):
            ven = self.store.vtn_object(Kind.VEN, parent_id or "")
            return client.client_id if ven is None else ven.client_id
        return client.client_id

    def _refuse_double(self, new: VtnObject) -> None:
        if not SERVED[new.kind].unique_name:
            return
        others = self.store.vtn_objects(new.kind, parent_id=new.parent_id, name=new.name)
        if any(each.id != new.id for each in others):
            raise RefusedError(HTTPStatus.CONFLICT, f"there is one called {new.name} already")


_PAGE = 50
"""How many objects a list has at most (OpenADR 3.1, "limit")."""


def shown(kept: VtnObject) -> dict[str, Any]:
    """Return an object as it is told, with what the VTN adds."""
    told: dict[str, Any] = json.loads(kept.body)
    told |= {
        "id": kept.id,
        "objectType": kept.kind.value,
        "createdDateTime": _moment(kept.created_at),
        "modificationDateTime": _moment(kept.modified_at),
    }
    if kept.kind in OWN_ONLY:
        told["clientID"] = kept.client_id
    return told


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _with_targets_of(former: VtnObject, new: VtnObject) -> str:
    """Return what a VEN made of its object, with the targets that BL had given it."""
    if former.kind not in TARGETS_BY_BL:
        return new.body
    targets = json.loads(former.body).get("targets")
    return json.dumps(json.loads(new.body) | ({"targets": targets} if targets else {}))


def _on_the_wire(field: str | None) -> str:
    named = {"program_id": "programID", "event_id": "eventID", "ven_id": "venID"}
    first, *others = (field or "").split("_")
    return named.get(field or "") or first + "".join(each.capitalize() for each in others)


def _looks_inside(kind: Kind, asked: Mapping[str, Sequence[str]]) -> bool:
    """Return whether a list asks for what only the objects themselves tell, and the database does not."""
    return _is_by_program(kind, asked) or not asked.keys().isdisjoint({"clientName", "targets", "active"})


def _is_by_program(kind: Kind, asked: Mapping[str, Sequence[str]]) -> bool:
    return kind is Kind.REPORT and "programID" in asked


def _is_true(said: Collection[str] | None) -> bool:
    return bool(said) and "true" in {each.lower() for each in said or ()}


def _number(asked: Mapping[str, Sequence[str]], name: str, usual: int) -> int:
    text = asked.get(name, [str(usual)])[0]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - no list is longer
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name} is a number from 0 on")
    return int(text)
