"""The objects of OpenADR 3.1.0, as JSON carries them (OpenADR 3 specification, "Information model").

Read tolerantly: unknown fields are passed over, an explicit null counts as absent, ids need not be UUIDs, and
targets may be written as in 3.0 (a list of type and values). Written strictly: what is absent is left away.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationError,
    model_validator,
)
from pydantic.alias_generators import to_camel

from battery_commons.openadr.durations import IsoDuration
from battery_commons.openadr.errors import Reason, UnacceptableError

MAX_INTERVALS = 10_000
"""A quarter of a year of quarter hours and more; a longer event is sent in parts."""
MAX_VALUES = 1_000
MAX_FIGURE = 1e12
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_IRREGULAR = {"program_id": "programID", "event_id": "eventID", "client_id": "clientID", "ven_id": "venID"}
_BARE_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?")
_NOW = "0000-00-00"
"""A start that begins so means "now": when the object was made (user guide, "intervalPeriod")."""


def _name_on_the_wire(name: str) -> str:
    return _IRREGULAR.get(name) or to_camel(name)


def _moment(value: object) -> object:
    """Refuse what is no text: a number would be taken for seconds since 1970."""
    if isinstance(value, str | datetime):
        return value
    raise ValueError("a moment is a text such as 2026-11-28T18:00:00Z")


def _stamp(value: object) -> object:
    """Return a server's stamp with its time zone: that of OpenADR, UTC, where it names none."""
    is_bare = isinstance(value, str) and _BARE_STAMP.fullmatch(value)
    return f"{value}Z" if is_bare else value


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no calendar goes that far") from None
    if not _FIRST <= moment < _LAST:
        raise ValueError("a moment that no event of this century has")
    return moment


def _written(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _start(value: object) -> object:
    return None if isinstance(value, str) and value.startswith(_NOW) else value


def _flat_targets(value: object) -> object:
    """Return the names alone where they are written as in OpenADR 3.0."""
    if not isinstance(value, list | tuple):
        return value
    names: list[object] = []
    for each in value:
        values = each.get("values") if isinstance(each, Mapping) else None
        names += values if isinstance(values, list) else [each]
    return names


def _printable(text: str) -> str:
    """Refuse what no database and no log takes, as NUL."""
    if not text.replace("\n", " ").replace("\t", " ").isprintable():
        raise ValueError("a text with characters that cannot be written")
    return text


def _called_by_http(url: str) -> str:
    """Refuse an address that no notification is sent to."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable():
        raise ValueError("an address begins with https:// or http://")
    try:
        is_of_one_cable = ip_address(parts.hostname).is_link_local
    except ValueError:
        is_of_one_cable = False  # A name.
    if is_of_one_cable:
        raise ValueError("an address of a single cable is called by nobody")
    return url


type Moment = Annotated[
    datetime, BeforeValidator(_moment), AfterValidator(_in_utc), PlainSerializer(_written, when_used="json")
]
type Stamp = Annotated[Moment, BeforeValidator(_stamp)]
"""When a server wrote something: some leave the Z away there, and it decides nothing but an order."""
type Id = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=128)]
type Name = Annotated[str, AfterValidator(_printable), Field(min_length=1, max_length=128)]
type Text = Annotated[str, AfterValidator(_printable), Field(max_length=4_000)]
type Figure = Annotated[float, Field(ge=-MAX_FIGURE, le=MAX_FIGURE, allow_inf_nan=False)]
type Whole = Annotated[int, Field(strict=True, ge=-(10**12), le=10**12)]
type Targets = Annotated[tuple[Name, ...], BeforeValidator(_flat_targets), Field(max_length=1_000)]


class OpenAdrObject(BaseModel):
    """What all of them have in common."""

    model_config = ConfigDict(
        alias_generator=_name_on_the_wire,
        validate_by_name=True,
        validate_by_alias=True,
        extra="ignore",
        frozen=True,
    )

    @model_validator(mode="before")
    @classmethod
    def _null_is_absent(cls, read: object) -> object:
        if isinstance(read, Mapping):
            return {key: value for key, value in read.items() if value is not None}
        return read


class Point(OpenAdrObject):
    """A point of a curve."""

    x: Figure
    y: Figure


type Value = Annotated[bool, Field(strict=True)] | Whole | Figure | Text | Point


class Values(OpenAdrObject):
    """One or more values of a type; types that are new to us are kept as they are."""

    type: Name
    values: Annotated[tuple[Value, ...], Field(min_length=1, max_length=MAX_VALUES)]


class IntervalPeriod(OpenAdrObject):
    """When an interval begins, and how long it lasts."""

    start: Annotated[Moment | None, BeforeValidator(_start)] = None
    """None is now: when the object was made."""
    duration: IsoDuration | None = None
    """`PT0S`, or nothing, lasts until something else is said."""
    randomize_start: IsoDuration | None = None


class Interval(OpenAdrObject):
    """A stretch of time with what is said of it."""

    id: Whole
    interval_period: IntervalPeriod | None = None
    payloads: Annotated[tuple[Values, ...], Field(min_length=1, max_length=100)]


class EventPayloadDescriptor(OpenAdrObject):
    """What the values of a type are measured in."""

    object_type: Name = "EVENT_PAYLOAD_DESCRIPTOR"
    payload_type: Name
    units: Name | None = None
    currency: Name | None = None


class ReportPayloadDescriptor(OpenAdrObject):
    """What the values of a type in a report are measured in, and how."""

    object_type: Name | None = None
    """Left away: openadr3-client 2.4.2 reads a report's descriptors as an event's, and refuses their name."""
    payload_type: Name
    reading_type: Name | None = None
    units: Name | None = None
    accuracy: Figure | None = None
    confidence: Annotated[int, Field(ge=0, le=100)] | None = None


class ReportDescriptor(OpenAdrObject):
    """A report that an event asks for."""

    object_type: Name = "REPORT_DESCRIPTOR"
    payload_type: Name
    reading_type: Name | None = None
    units: Name | None = None
    targets: Targets | None = None
    aggregate: bool = False
    start_interval: Whole = -1
    """-1: at the end of the last interval."""
    num_intervals: Whole = -1
    """-1: all of them."""
    historical: bool = True
    """Whether it is about the intervals before `start_interval`, not those after it."""
    frequency: Whole = -1
    """How many intervals lie between two reports; -1: as many as `num_intervals`."""
    repeat: Whole = 1
    """How many reports; -1: without end."""
    report_intervals: Name | None = None


class KeptObject(OpenAdrObject):
    """What a VTN adds to what it keeps."""

    id: Id | None = None
    created_date_time: Stamp | None = None
    modification_date_time: Stamp | None = None


class ProgramDescription(OpenAdrObject):
    """Where a program is described."""

    url: Annotated[str, Field(alias="URL", max_length=2_000)]


class Program(KeptObject):
    """What events belong to: a tariff, a contract, a profile."""

    object_type: Name = "PROGRAM"
    program_name: Name
    interval_period: IntervalPeriod | None = None
    program_descriptions: Annotated[tuple[ProgramDescription, ...], Field(max_length=100)] | None = None
    payload_descriptors: Annotated[tuple[EventPayloadDescriptor, ...], Field(max_length=100)] | None = None
    targets: Targets | None = None
    attributes: Annotated[tuple[Values, ...], Field(max_length=100)] | None = None


class Event(KeptObject):
    """What an operator asks or tells."""

    object_type: Name = "EVENT"
    program_id: Id
    event_name: Annotated[str, AfterValidator(_printable), Field(max_length=128)] | None = None
    priority: Annotated[int, Field(ge=0, le=10**9)] | None = None
    """The lower, the more urgent; none at all comes last."""
    duration: IsoDuration | None = None
    """Of the whole: its intervals are repeated, or cut off, to fill it."""
    targets: Targets | None = None
    report_descriptors: Annotated[tuple[ReportDescriptor, ...], Field(max_length=100)] | None = None
    payload_descriptors: Annotated[tuple[EventPayloadDescriptor, ...], Field(max_length=100)] | None = None
    interval_period: IntervalPeriod | None = None
    intervals: Annotated[tuple[Interval, ...], Field(max_length=MAX_INTERVALS)] | None = None


class ReportResource(OpenAdrObject):
    """What a report says of one resource; `AGGREGATED_REPORT` of all together."""

    resource_name: Name
    interval_period: IntervalPeriod | None = None
    intervals: Annotated[tuple[Interval, ...], Field(min_length=1, max_length=MAX_INTERVALS)]


class Report(KeptObject):
    """What a VEN tells about an event."""

    object_type: Name = "REPORT"
    event_id: Id
    client_name: Name
    client_id: Id | None = None
    report_name: Annotated[str, AfterValidator(_printable), Field(max_length=128)] | None = None
    payload_descriptors: Annotated[tuple[ReportPayloadDescriptor, ...], Field(max_length=100)] | None = None
    resources: Annotated[tuple[ReportResource, ...], Field(min_length=1, max_length=10_000)]


class ObjectOperation(OpenAdrObject):
    """What is to be told where."""

    objects: Annotated[tuple[Name, ...], Field(min_length=1, max_length=10)]
    operations: Annotated[tuple[Name, ...], Field(min_length=1, max_length=10)]
    callback_url: Annotated[str, AfterValidator(_called_by_http), Field(min_length=1, max_length=2_000)]
    bearer_token: Annotated[str, Field(max_length=4_000)] | None = None


class Subscription(KeptObject):
    """That a client wants to be told."""

    object_type: Name = "SUBSCRIPTION"
    client_name: Name
    client_id: Id | None = None
    program_id: Id | None = None
    object_operations: Annotated[tuple[ObjectOperation, ...], Field(min_length=1, max_length=10)]
    targets: Targets | None = None


class Ven(KeptObject):
    """Who takes part in programs."""

    object_type: Name = "VEN"
    ven_name: Name
    client_id: Id | None = None
    targets: Targets | None = None
    attributes: Annotated[tuple[Values, ...], Field(max_length=100)] | None = None


class Resource(KeptObject):
    """What a VEN can move or measure."""

    object_type: Name = "RESOURCE"
    resource_name: Name
    ven_id: Id | None = None
    client_id: Id | None = None
    targets: Targets | None = None
    attributes: Annotated[tuple[Values, ...], Field(max_length=100)] | None = None


class GroupChild(OpenAdrObject):
    """A resource, or another group, in a group."""

    type: Literal["ven_resource", "resource_group"]
    id: Id


class ResourceGroup(KeptObject):
    """Resources behind one congestion point (the Dutch profile's extension of OpenADR)."""

    object_type: Name = "RESOURCE_GROUP"
    resource_group_name: Name
    targets: Targets | None = None
    attributes: Annotated[tuple[Values, ...], Field(max_length=100)] | None = None
    children: Annotated[tuple[GroupChild, ...], Field(max_length=10_000)] = ()


type Operation = Literal["CREATE", "READ", "UPDATE", "DELETE", "GET", "POST", "PUT"]


class Notification(OpenAdrObject):
    """That an object was made, changed or deleted."""

    object_type: Name
    operation: Operation
    object: dict[str, Any]
    targets: Targets | None = None


class Problem(OpenAdrObject):
    """What went wrong with a call (RFC 9457)."""

    type: Annotated[str, Field(max_length=2_000)] = "about:blank"
    title: Annotated[str, Field(max_length=500)] | None = None
    status: Annotated[int, Field(ge=100, le=599)] | None = None
    detail: Text | None = None

    @classmethod
    def of(cls, status: int, title: str, detail: str | None = None) -> Self:
        """Return one to answer with."""
        return cls(title=title, status=status, detail=detail)


def to_wire(item: OpenAdrObject) -> dict[str, Any]:
    """Return an object as JSON has it: names of the standard, moments in UTC, nothing that is absent."""
    return item.model_dump(mode="json", by_alias=True, exclude_none=True)


def parse[T: OpenAdrObject](kind: type[T], raw: object) -> T:
    """Read an object of a kind. Raises UnacceptableError, with the object's id where it can be read."""
    if not isinstance(raw, Mapping):
        raise UnacceptableError(None, Reason.MALFORMED, "not an object")
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in _short(first["loc"]))
        raise UnacceptableError(_id_of(raw), Reason.MALFORMED, f"{where}: {first['msg']}") from None
    except RecursionError:
        raise UnacceptableError(_id_of(raw), Reason.MALFORMED, "nested too deeply") from None


def parse_event(raw: object) -> Event:
    """Read an event. Raises UnacceptableError."""
    return parse(Event, raw)


def _id_of(raw: Mapping[str, object]) -> str | None:
    id_ = raw.get("id")
    return id_ if isinstance(id_, str) and 0 < len(id_) <= 128 else None  # noqa: PLR2004 - as in Id


def _short(where: Sequence[object]) -> Sequence[object]:
    """Return a place without the names that pydantic gives to the branches of a union."""
    return [part for part in where if not (isinstance(part, str) and ("[" in part or part[:1].isupper()))]
