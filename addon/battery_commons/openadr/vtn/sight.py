"""Who gets to see what at the VTN, and how much of it.

A VEN sees what is its own; a program or event that is for everybody, or for one of the targets that business
logic gave to it, to one of its resources or to a group that one is in; and such groups, with its own
resources only (as the client of the Dutch profile's extension has it). Of the targets of a program or event
it is told its own: those of others are nobody else's business (OpenADR 3.1, "Object Privacy").
"""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.openadr.vtn.kinds import OWN_ONLY, TARGETS_BY_BL
from battery_commons.store import Store

ONLY = "only-"
"""Begins the target that is one client's, by its id, without business logic giving it."""
_PROVIDER = "SERVICE_PROVIDER_ID"
"""The attribute by which a group says whose resources are in it, by the VEN's name."""


def shown(kept: VtnObject) -> dict[str, Any]:
    """Return an object as it is told to whoever sees all of it, with what the VTN adds."""
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


@dataclass(frozen=True, slots=True)
class Sight:
    """What one client gets to see."""

    client: VtnClient
    targets: AbstractSet[str]
    """That business logic gave to its VENs and resources, and to the groups that these are in."""
    ven_names: AbstractSet[str]
    resource_names: AbstractSet[str]
    resource_ids: AbstractSet[str]

    def of(self, kept: VtnObject, told: dict[str, Any]) -> dict[str, Any] | None:
        """Return an object, `told` as to whoever sees all of it, as the client sees it, if it may."""
        is_bl = self.client.role is Role.BL
        if kept.kind is Kind.SUBSCRIPTION or (kept.kind in OWN_ONLY and not is_bl):
            return told if kept.client_id == self.client.client_id else None
        if is_bl:
            return told
        return self._of_group(told) if kept.kind is Kind.RESOURCE_GROUP else self._of_targeted(told)

    def _of_targeted(self, told: dict[str, Any]) -> dict[str, Any] | None:
        targets = told.get("targets")
        if not targets:
            return told
        if self.targets.isdisjoint(targets):
            return None
        # An event may name resources too, to say which of them it is about.
        own = self.targets | self.resource_names
        return told | {"targets": [each for each in targets if each in own]}

    def _of_group(self, told: dict[str, Any]) -> dict[str, Any] | None:
        own = [each for each in told.get("children", ()) if each["id"] in self.resource_ids]
        is_named = not self.ven_names.isdisjoint(_providers(told))
        is_targeted = not self.targets.isdisjoint(told.get("targets", ()))
        return told | {"children": own} if own or is_named or is_targeted else None


def sight_of(store: Store, client: VtnClient) -> Sight:
    """Return what a client gets to see. Raises StoreError."""
    return sights_of(store, [client])[client.client_id]


def sights_of(store: Store, clients: Sequence[VtnClient]) -> dict[str, Sight]:
    """Return what each of some clients gets to see, by its id. Raises StoreError."""
    vens = [each.client_id for each in clients if each.role is Role.VEN]
    own = {kind: store.vtn_objects(kind, client_ids=vens) if vens else [] for kind in TARGETS_BY_BL}
    targets = {client_id: {f"{ONLY}{client_id}"} for client_id in vens}
    for each in [each for kind in TARGETS_BY_BL for each in own[kind]]:
        targets[each.client_id].update(json.loads(each.body).get("targets", ()))
    names, resources = _by_client(own[Kind.VEN]), _by_client(own[Kind.RESOURCE])
    whose = {each.id: each.client_id for each in own[Kind.RESOURCE]}
    for group in map(json.loads, (each.body for each in store.vtn_objects(Kind.RESOURCE_GROUP))):
        for child in group.get("children", ()):
            if (client_id := whose.get(child["id"])) is not None:
                targets[client_id].update(group.get("targets", ()))
    return {
        each.client_id: Sight(
            each,
            targets.get(each.client_id, set()),
            {ven.name for ven in names.get(each.client_id, ())},
            {resource.name for resource in resources.get(each.client_id, ())},
            {resource.id for resource in resources.get(each.client_id, ())},
        )
        for each in clients
    }


def _by_client(found: Sequence[VtnObject]) -> Mapping[str, Sequence[VtnObject]]:
    by_client: dict[str, list[VtnObject]] = {}
    for each in found:
        by_client.setdefault(each.client_id, []).append(each)
    return by_client


def _providers(told: Mapping[str, Any]) -> set[object]:
    return {
        value
        for each in told.get("attributes", ())
        if each["type"] == _PROVIDER
        for value in each["values"]
        if isinstance(value, str)
    }
