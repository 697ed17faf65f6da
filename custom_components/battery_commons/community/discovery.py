"""What a village says of itself to a network on which anybody may say anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .invitation import parse_address

API_VERSION = "1"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_NAME = re.compile(r"\w(?:[\w '\N{RIGHT SINGLE QUOTATION MARK}&,/-]|\.(?= |$)){0,79}")
"""A name that is shown before anything is proven: nothing that a page would take for a link or mark-up."""


class OtherVersionError(ValueError):
    """The village speaks another version than this home."""


@dataclass(frozen=True, slots=True)
class DiscoveredVillage:
    """Who a village says that it is, and where. Nothing of it is proven."""

    village_id: str
    name: str
    url: str


def parse_record(record: Mapping[str, object]) -> DiscoveredVillage:
    """Return what a village's TXT record says. Raises ValueError for anything else."""
    if _text(record, "api") != API_VERSION:
        raise OtherVersionError
    village_id = _text(record, "id")
    if not _ID.fullmatch(village_id):
        raise ValueError("no id of a village")
    name, url = parse_name(_text(record, "name")), parse_address(_text(record, "url"))
    return DiscoveredVillage(village_id, name, url)


def parse_name(text: str) -> str:
    """Return the name that somebody claims. Raises ValueError for what cannot be shown as one."""
    if not _NAME.fullmatch(name := text.strip()):
        raise ValueError("no name that can be shown")
    return name


def _text(record: Mapping[str, object], field: str) -> str:
    if not isinstance(value := record.get(field), str):
        raise ValueError(f"{field} is missing")  # noqa: TRY004 - a wrong record, not a wrong call
    return value
