"""The kinds of object that a VTN serves: where, by which names, and who may do what. Pure.

After the OpenADR 3.1 specification: business logic (BL) makes programs and events and may do anything; a VEN
reads what is meant for it, and makes reports, subscriptions, VENs and resources of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.openadr.objects import (
    Event,
    KeptObject,
    Program,
    Report,
    Resource,
    ResourceGroup,
    Subscription,
    Ven,
)


@dataclass(frozen=True, slots=True)
class Served:
    """How one kind is served."""

    kind: Kind
    path: str
    model: type[KeptObject]
    name_field: str
    parent: Kind | None = None
    parent_field: str | None = None
    parent_needed: bool = False
    made_by_vens: bool = False
    unique_name: bool = False
    """Whether a second one of the same name, in the same place, is refused (409)."""

    @property
    def parent_on_the_wire(self) -> str | None:
        """What JSON and queries call that which an object belongs to."""
        return None if self.parent_field is None else _on_the_wire(self.model, self.parent_field)

    @property
    def name_on_the_wire(self) -> str:
        """What they call its name."""
        return _on_the_wire(self.model, self.name_field)


def _on_the_wire(model: type[KeptObject], field: str) -> str:
    return model.model_fields[field].alias or field


SERVED: Mapping[Kind, Served] = {
    each.kind: each
    for each in (
        Served(Kind.PROGRAM, "programs", Program, "program_name", unique_name=True),
        Served(Kind.EVENT, "events", Event, "event_name", Kind.PROGRAM, "program_id", parent_needed=True),
        Served(
            Kind.REPORT,
            "reports",
            Report,
            "report_name",
            Kind.EVENT,
            "event_id",
            parent_needed=True,
            made_by_vens=True,
        ),
        Served(
            Kind.SUBSCRIPTION,
            "subscriptions",
            Subscription,
            "client_name",
            Kind.PROGRAM,
            "program_id",
            made_by_vens=True,
        ),
        Served(Kind.VEN, "vens", Ven, "ven_name", made_by_vens=True, unique_name=True),
        Served(
            Kind.RESOURCE,
            "resources",
            Resource,
            "resource_name",
            Kind.VEN,
            "ven_id",
            parent_needed=True,
            made_by_vens=True,
            unique_name=True,
        ),
        Served(
            Kind.RESOURCE_GROUP, "resource_groups", ResourceGroup, "resource_group_name", unique_name=True
        ),
    )
}
OWN_ONLY = frozenset({Kind.REPORT, Kind.SUBSCRIPTION, Kind.VEN, Kind.RESOURCE})
"""What a VEN sees of its own, and nothing of anybody else's."""
TARGETS_BY_BL = frozenset({Kind.VEN, Kind.RESOURCE})
"""Whose targets only BL may set: they decide what the VEN gets to see."""


def may_make(client: VtnClient, kind: Kind) -> bool:
    """Return whether a client may make objects of a kind."""
    return client.role is Role.BL or SERVED[kind].made_by_vens


def may_change(client: VtnClient, kept: VtnObject) -> bool:
    """Return whether a client may change or delete an object. A subscription is its owner's alone."""
    if kept.kind is Kind.SUBSCRIPTION:
        return kept.client_id == client.client_id
    return client.role is Role.BL or (SERVED[kept.kind].made_by_vens and kept.client_id == client.client_id)
