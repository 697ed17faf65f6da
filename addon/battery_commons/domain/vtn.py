"""What a village, or a region above villages, keeps as the operator's end of OpenADR (a VTN)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

LONGEST_NAME = 80


def is_client_name(text: str) -> bool:
    """Return whether a client of the VTN may be called so."""
    return text.isprintable() and 0 < len(text) <= LONGEST_NAME


class Role(StrEnum):
    """What a client of the VTN is."""

    BL = "bl"
    """Business logic: it makes programs and events, and reads all reports."""
    VEN = "ven"
    """A virtual end node, such as a village: it reads events and reports on them."""


class Kind(StrEnum):
    """Of what kind an object is."""

    PROGRAM = "PROGRAM"
    EVENT = "EVENT"
    REPORT = "REPORT"
    SUBSCRIPTION = "SUBSCRIPTION"
    VEN = "VEN"
    RESOURCE = "RESOURCE"
    RESOURCE_GROUP = "RESOURCE_GROUP"


@dataclass(frozen=True, slots=True)
class VtnClient:
    """Who may call."""

    client_id: str
    name: str
    role: Role
    made_at: datetime
    seen_at: datetime | None
    """When it last asked for a token, by the wall's clock."""


@dataclass(frozen=True, slots=True)
class VtnObject:
    """One object, as it is kept. Times are the wall's."""

    kind: Kind
    id: str
    client_id: str
    """Whose it is: of a VEN, a resource, a report or a subscription the client that it speaks for."""
    parent_id: str | None
    """The program of an event or subscription, the event of a report, the VEN of a resource."""
    name: str
    body: str
    """As JSON, without what is told here."""
    created_at: datetime
    modified_at: datetime
