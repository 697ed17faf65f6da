"""All kinds of objects of the VTN: made, read, changed and deleted alike."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from threading import Lock
from typing import Any
from uuid import uuid4

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.openadr.objects import (
    KeptObject,
    Resource,
    ResourceGroup,
    Ven,
    parse,
    to_wire,
)
from battery_commons.openadr.vtn.kinds import (
    SERVED,
    TARGETS_BY_BL,
    may_change,
    may_make,
)
from battery_commons.openadr.vtn.listing import listed
from battery_commons.openadr.vtn.problems import RefusedError, unknown
from battery_commons.openadr.vtn.receipts import Receipts, version_of
from battery_commons.openadr.vtn.sight import shown, sight_of
from battery_commons.store import Store
from battery_commons.store.audit import Author

MOST_OF_A_CLIENT = 200_000
"""More objects than any client needs, so that none fills the disk."""
MOST_BYTES_OF_A_CLIENT = 256 * 1024 * 1024
"""Likewise: a client may well make small objects by the hundred thousand, or large ones by the hundred."""
MOST_SUBSCRIPTIONS = 100
"""Of a client: each is looked at whenever something changes."""
_OURS = {"id", "createdDateTime", "modificationDateTime"}

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
    _bytes: dict[str, int] = field(default_factory=dict)
    """By client, how much room its objects take at most; what went since they were measured is in it."""

    def make(self, client: VtnClient, kind: Kind, raw: object, by: Author | None = None) -> dict[str, Any]:
        """Keep a new object, and return it as it is told. An administrator's event is `by` whom it is."""
        if not may_make(client, kind):
            raise RefusedError(HTTPStatus.FORBIDDEN, f"a VEN makes no {SERVED[kind].path}")
        self._refuse_too_many(client, kind)
        read = self._read(client, kind, raw)
        with self._changing:
            made = self._kept(client, kind, read, self.wall_now())
            self._refuse_double(made)
            self._refuse_too_large(made.client_id, len(made.body))
            self.store.add_vtn_object(made, by)
            self.told("CREATE", made)
        return shown(made)

    def _refuse_too_many(self, client: VtnClient, kind: Kind) -> None:
        number, most = self.store.count_vtn_objects(client.client_id), MOST_OF_A_CLIENT
        if kind is Kind.SUBSCRIPTION:
            number, most = self.store.count_vtn_objects(client.client_id, kind), MOST_SUBSCRIPTIONS
        if number >= most:
            raise RefusedError(HTTPStatus.FORBIDDEN, "this client has too many objects: delete some")

    def _refuse_too_large(self, client_id: str, more: int) -> None:
        """Count `more` bytes to what a client has, which is measured anew where that seems too much."""
        there = self._bytes.get(client_id)
        if there is None or there + more > MOST_BYTES_OF_A_CLIENT:
            there = self.store.vtn_bytes(client_id)
        if more > 0 and there + more > MOST_BYTES_OF_A_CLIENT:
            raise RefusedError(
                HTTPStatus.FORBIDDEN,
                f"this client's objects take {there} bytes, of {MOST_BYTES_OF_A_CLIENT} at most: delete some",
            )
        self._bytes[client_id] = there + more

    def own_program(self, own: VtnClient, name: str) -> str:
        """Return the id of the coordinator's program of a name, which is made where there is none.

        Where business logic has one of that name, which is unique, it is called a little otherwise.
        """
        for called in (name, f"{name} ({own.name})"):
            found = self.store.vtn_objects(Kind.PROGRAM, name=called)
            if not found:
                return str(self.make(own, Kind.PROGRAM, {"programName": called})["id"])
            if found[0].client_id == own.client_id:
                return found[0].id
        raise RefusedError(HTTPStatus.CONFLICT, f"there is a program called {name} already")

    def one(self, client: VtnClient, kind: Kind, id_: str) -> dict[str, Any]:
        """Return an object, as far as the client may see it."""
        kept, told = self._seen(client, kind, id_)
        if kind is Kind.EVENT:
            self.receipts.note(client.client_id, [version_of(kept)], self.wall_now())
        return told

    def change(self, client: VtnClient, kind: Kind, id_: str, raw: object) -> dict[str, Any]:
        """Put something else in an object's place."""
        with self._changing:
            former, new = self._changed(client, kind, id_, raw)
            self._refuse_double(new)
            self._refuse_too_large(new.client_id, len(new.body) - len(former.body))
            self.store.change_vtn_object(new)
            self.told("UPDATE", new)
        return shown(new)

    def _changed(self, client: VtnClient, kind: Kind, id_: str, raw: object) -> tuple[VtnObject, VtnObject]:
        """Return an object, and what a client wants in its place."""
        former, _ = self._seen(client, kind, id_)
        if not may_change(client, former):
            raise RefusedError(HTTPStatus.FORBIDDEN, "this is not yours to change")
        read = self._read(client, kind, raw)
        now = max(self.wall_now(), former.modified_at + timedelta(microseconds=1))
        new = replace(self._kept(client, kind, read, now), id=id_, created_at=former.created_at)
        if client.role is Role.VEN:
            new = replace(new, body=_with_targets_of(former, new))
        if client.role is Role.VEN or kind not in TARGETS_BY_BL:
            # Whoever changes it, it stays whose it is; only BL gives a VEN, or a resource, to another client.
            new = replace(new, client_id=former.client_id)
        return former, new

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
        now = self.wall_now()
        found = listed(self.store, client, kind, asked, now)
        if kind is Kind.EVENT and client.role is Role.VEN:
            self.receipts.note(client.client_id, [version_of(kept) for kept, _ in found], now)
        return [told for _, told in found]

    def _belonging(self, kept: VtnObject) -> list[VtnObject]:
        """Return what goes with an object when that is deleted, the innermost first."""
        inner = [
            each
            for served in SERVED.values()
            if served.parent is kept.kind
            for each in self.store.vtn_objects(served.kind, parent_id=kept.id)
        ]
        return [each for child in inner for each in [*self._belonging(child), child]]

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
            if client.role is Role.VEN and kind is Kind.RESOURCE and raw.get("venID") is None:
                # A VEN need not say that its resource is its own.
                vens = self.store.vtn_objects(Kind.VEN, client_ids=[client.client_id], most=2)
                raw |= {"venID": vens[0].id} if len(vens) == 1 else {}
        return parse(SERVED[kind].model, raw)

    def _kept(self, client: VtnClient, kind: Kind, read: KeptObject, now: datetime) -> VtnObject:
        """Return an object as it is kept, new."""
        served = SERVED[kind]
        parent_id: str | None = getattr(read, served.parent_field) if served.parent_field else None
        if served.parent is not None:
            if parent_id is None and served.parent_needed:
                raise RefusedError(HTTPStatus.BAD_REQUEST, f"{served.parent_on_the_wire} is missing")
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


def _with_targets_of(former: VtnObject, new: VtnObject) -> str:
    """Return what a VEN made of its object, with the targets that BL had given it."""
    if former.kind not in TARGETS_BY_BL:
        return new.body
    targets = json.loads(former.body).get("targets")
    return json.dumps(json.loads(new.body) | ({"targets": targets} if targets else {}))
