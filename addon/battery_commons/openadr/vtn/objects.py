"""Programs, events, reports, subscriptions, VENs and resources: made, read, changed and deleted alike."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.intervals import windows
from battery_commons.openadr.objects import Event, KeptObject, Resource, Ven, parse, to_wire
from battery_commons.openadr.vtn.kinds import (
    OWN_ONLY,
    SERVED,
    TARGETS_BY_BL,
    may_change,
    may_make,
    may_see,
)
from battery_commons.openadr.vtn.problems import RefusedError, unknown
from battery_commons.store import Store

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

    def make(self, client: VtnClient, kind: Kind, raw: object) -> dict[str, Any]:
        """Keep a new object, and return it as it is told."""
        if not may_make(client, kind):
            raise RefusedError(HTTPStatus.FORBIDDEN, f"a VEN makes no {SERVED[kind].path}")
        if self.store.count_vtn_objects(client.client_id) >= MOST_OF_A_CLIENT:
            raise RefusedError(HTTPStatus.FORBIDDEN, "this client has too many objects: delete some")
        read = self._read(client, kind, raw)
        now = self.wall_now()
        made = self._kept(client, kind, read, now)
        self._refuse_double(made)
        self.store.add_vtn_object(made)
        self.told("CREATE", made)
        return shown(made)

    def one(self, client: VtnClient, kind: Kind, id_: str) -> dict[str, Any]:
        """Return an object."""
        return shown(self._seen(client, kind, id_))

    def change(self, client: VtnClient, kind: Kind, id_: str, raw: object) -> dict[str, Any]:
        """Put something else in an object's place."""
        former = self._seen(client, kind, id_)
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
        self._refuse_double(new)
        self.store.change_vtn_object(new)
        self.told("UPDATE", new)
        return shown(new)

    def delete(self, client: VtnClient, kind: Kind, id_: str) -> dict[str, Any]:
        """Delete an object with all that belongs to it, and return it as it was."""
        former = self._seen(client, kind, id_)
        if not may_change(client, former):
            raise RefusedError(HTTPStatus.FORBIDDEN, "this is not yours to delete")
        with_it = self._belonging(former)
        self.store.delete_vtn_object(id_)
        for each in [*with_it, former]:
            self.told("DELETE", each)
        return shown(former)

    def listed(
        self, client: VtnClient, kind: Kind, asked: Mapping[str, Sequence[str]]
    ) -> list[dict[str, Any]]:
        """Return the objects that a client may see and asks for: by parent, name, targets, and in parts."""
        served = SERVED[kind]
        parent = asked.get(_on_the_wire(served.parent_field), [None])[0] if served.parent_field else None
        own = [client.client_id] if client.role is Role.VEN and kind in OWN_ONLY else None
        targets = self.targets_of(client.client_id)
        found = [
            told
            for kept in self.store.vtn_objects(kind, parent_id=parent, client_ids=own)
            if may_see(client, kept, (told := shown(kept)).get("targets"), targets)
            and self._is_asked(kept, told, asked)
        ]
        skip, limit = _number(asked, "skip", 0), _number(asked, "limit", _PAGE)
        return found[skip : skip + min(limit, _PAGE)]

    def targets_of(self, client_id: str) -> set[str]:
        """Return the targets that BL gave to a client's VENs and resources."""
        return {
            target
            for kind in TARGETS_BY_BL
            for kept in self.store.vtn_objects(kind, client_ids=[client_id])
            for target in json.loads(kept.body).get("targets", ())
        }

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
        name = _on_the_wire(SERVED[kept.kind].name_field)
        if name in asked and kept.name != asked[name][0]:
            return False
        if "clientName" in asked and told.get("clientName") != asked["clientName"][0]:
            return False
        if "targets" in asked and set(asked["targets"]).isdisjoint(told.get("targets", ())):
            return False
        if kept.kind is Kind.REPORT and "programID" in asked:
            event = self.store.vtn_object(Kind.EVENT, kept.parent_id or "")
            if event is None or event.parent_id != asked["programID"][0]:
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

    def _seen(self, client: VtnClient, kind: Kind, id_: str) -> VtnObject:
        kept = self.store.vtn_object(kind, id_) if id_.isprintable() else None
        if kept is None:
            raise unknown(SERVED[kind].path)
        targets = self.targets_of(client.client_id) if client.role is Role.VEN else set[str]()
        if not may_see(client, kept, shown(kept).get("targets"), targets):
            raise unknown(SERVED[kind].path)
        return kept

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
                parent = self._seen(client, served.parent, parent_id)
                if kind is Kind.RESOURCE and not may_change(client, parent):
                    raise unknown(SERVED[served.parent].path)
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
        others = self.store.vtn_objects(new.kind, parent_id=new.parent_id)
        if any(each.name == new.name and each.id != new.id for each in others):
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


def _is_true(said: Collection[str] | None) -> bool:
    return bool(said) and "true" in {each.lower() for each in said or ()}


def _number(asked: Mapping[str, Sequence[str]], name: str, usual: int) -> int:
    text = asked.get(name, [str(usual)])[0]
    if not (text.isascii() and text.isdigit() and len(text) <= 9):  # noqa: PLR2004 - no list is longer
        raise RefusedError(HTTPStatus.BAD_REQUEST, f"{name} is a number from 0 on")
    return int(text)
