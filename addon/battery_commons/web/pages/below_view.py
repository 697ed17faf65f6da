"""Those below as the region's volunteer sees them: read from the store, without how it is shown."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.domain.vtn import Kind, Role, VtnClient, VtnObject
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.objects import Report, Values, parse
from battery_commons.openadr.reports.values import FRESH_FOR
from battery_commons.openadr.vtn.asking import Asked, asked_of
from battery_commons.openadr.vtn.question import PROGRAM as QUESTION
from battery_commons.openadr.vtn.receipts import Receipts
from battery_commons.openadr.vtn.sight import shown, sight_of, sights_of
from battery_commons.openadr.vtn.virtual_battery import (
    ToldFigure,
    VirtualBattery,
    virtual_battery,
)
from battery_commons.store import Store
from battery_commons.store.vtn import OWN_CLIENT_ID
from battery_commons.web.pages.views import Age, Condition

LOOKED_BACK = timedelta(hours=2)
"""What was told longer ago is not looked at: nothing of it would be shown."""
_EVENTS_SHOWN = 25
_REPORTS_SHOWN = 40


@dataclass(frozen=True, slots=True)
class BelowView:
    """One of those below."""

    client: VtnClient
    has_called: bool
    """Whether it has made itself known as a VEN."""
    is_called: bool
    """Whether it can be called: it has a subscription."""
    heard: Age
    """Since it last reported."""
    battery: VirtualBattery
    now: datetime

    def kw(self, name: str) -> float | None:
        """Return a figure that is fresh."""
        return self.battery.figure(name).fresh(self.now)

    @property
    def told(self) -> Age:
        """How old the state of its batteries is."""
        return age_of(self.battery.figure("STORAGE_CHARGE_LEVEL"), self.now)

    @property
    def level(self) -> float | None:
        """The share (0 to 1) of their energy that the batteries hold, if that is known now."""
        level = self.kw("STORAGE_CHARGE_LEVEL")
        return None if level is None else level / 100

    @property
    def why_not(self) -> str:
        """Why nothing is shown of how it stands, as the village says it."""
        figure = self.battery.figure("STORAGE_CHARGE_LEVEL")
        return "STALE" if figure.value is not None and not figure.is_fresh(self.now) else figure.quality


@dataclass(frozen=True, slots=True)
class AskedView:
    """An event of the VTN, and what became of it."""

    event: VtnObject
    asked: Asked | None
    """None for one that business logic made otherwise."""
    whom: str | None
    """The name of the only one that it is for; None where it is for more."""
    meant_for: int
    received: int
    answered: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report as a line of a list."""

    name: str
    event_id: str
    came_at: datetime
    values: Sequence[str]
    """Of its first interval."""


@dataclass(frozen=True, slots=True)
class AnsweredView:
    """An event that one of those below got."""

    shown: AskedView
    received_at: datetime | None
    reports: int


def age_of(figure: ToldFigure, now: datetime) -> Age:
    """Return how old a figure is, to be shown beside it."""
    return _age(figure.at, now, has_value=figure.value is not None)


def _age(at: datetime | None, now: datetime, *, has_value: bool = True) -> Age:
    if at is None or not has_value:
        return Age(at, None if at is None else max(0.0, (now - at).total_seconds()), Condition.MISSING)
    seconds = max(0.0, (now - at).total_seconds())
    is_fresh = seconds <= FRESH_FOR.total_seconds()
    return Age(at, seconds, Condition.FRESH if is_fresh else Condition.OLD)


def villages_below(store: Store, now: datetime, only: str | None = None) -> list[BelowView]:
    """Return those below, or one of them, by name; `now` is the wall's. Raises StoreError."""
    clients = [
        each for each in store.vtn_clients() if each.role is Role.VEN and only in (None, each.client_id)
    ]
    ids = [each.client_id for each in clients]
    vens = {each.client_id for each in store.vtn_objects(Kind.VEN, client_ids=ids)}
    called = {each.client_id for each in store.vtn_objects(Kind.SUBSCRIPTION, client_ids=ids)}
    told: dict[str, list[tuple[Report, datetime]]] = {each: [] for each in ids}
    for kept in _newest(store.vtn_objects(Kind.REPORT, client_ids=ids, made_since=now - LOOKED_BACK)):
        if (report := _report(kept)) is not None:
            told[kept.client_id].append((report, kept.created_at))
    found = []
    for each in clients:
        battery = virtual_battery(told[each.client_id], now)
        heard = _age(battery.heard_at, now)
        found.append(
            BelowView(each, each.client_id in vens, each.client_id in called, heard, battery=battery, now=now)
        )
    return found


def events_asked(store: Store, receipts: Receipts, now: datetime) -> list[AskedView]:
    """Return what was asked last, the newest first: not the standing question. Raises StoreError."""
    clients = [each for each in store.vtn_clients() if each.role is Role.VEN]
    sights = sights_of(store, clients)
    names = {each.client_id: each.name for each in clients}
    own = store.vtn_objects(Kind.PROGRAM, client_ids=[OWN_CLIENT_ID])
    standing = {each.id for each in own if each.name.startswith(QUESTION)}
    events = [each for each in store.vtn_objects(Kind.EVENT) if each.parent_id not in standing]
    events = events[: -_EVENTS_SHOWN - 1 : -1]
    counts = store.count_vtn_reports([each.id for each in events])
    received = _received(store, receipts, events)
    found = []
    for event in events:
        told, asked = shown(event), asked_of(event)
        meant = {each for each, sight in sights.items() if sight.of(event, told) is not None}
        found.append(
            AskedView(
                event,
                asked,
                None if asked is None or asked.client_id is None else names.get(asked.client_id, ""),
                meant_for=len(meant),
                received=len(meant & received[event.id].keys()),
                answered=sum(counts.get((event.id, each), 0) > 0 for each in meant),
                is_over=asked is not None and asked.end <= now,
            )
        )
    return found


def answered_by(
    store: Store, receipts: Receipts, client: VtnClient, events: Sequence[AskedView]
) -> list[AnsweredView]:
    """Return the events that are meant for one of those below, with what it did. Raises StoreError."""
    sight = sight_of(store, client)
    counts = store.count_vtn_reports([each.event.id for each in events])
    received = _received(store, receipts, [each.event for each in events])
    return [
        AnsweredView(
            each,
            received[each.event.id].get(client.client_id),
            counts.get((each.event.id, client.client_id), 0),
        )
        for each in events
        if sight.of(each.event, shown(each.event)) is not None
    ]


def _received(
    store: Store, receipts: Receipts, events: Sequence[VtnObject]
) -> dict[str, dict[str, datetime]]:
    """Return by event which clients got it as it is, and when: those that reported on it by then at least."""
    found: dict[str, dict[str, datetime]] = {each.id: {} for each in events}
    for (event_id, client_id), at in store.first_vtn_reports(found.keys()).items():
        found[event_id][client_id] = at
    return {each.id: {**found[each.id], **receipts.of(each)} for each in events}


def newest_reports(store: Store, client_id: str, now: datetime) -> list[ReportView]:
    """Return what one of those below reported last, the newest first. Raises StoreError."""
    kept = store.vtn_objects(Kind.REPORT, client_ids=[client_id], made_since=now - LOOKED_BACK)
    found = []
    for each in kept[: -_REPORTS_SHOWN - 1 : -1]:
        report = _report(each)
        if report is None:
            continue
        payloads = report.resources[0].intervals[0].payloads
        name = (report.payload_descriptors or payloads)[0]
        asked = name.type if isinstance(name, Values) else name.payload_type
        said = [str(value) for payload in payloads for value in payload.values[:1]]
        found.append(ReportView(asked, each.parent_id or "", each.created_at, said))
    return found


def _newest(reports: Iterable[VtnObject]) -> Iterable[VtnObject]:
    """Leave out what a later report takes the place of: villages name them by what is told, and when."""
    found: dict[tuple[str, ...], VtnObject] = {}
    for each in reports:
        words = each.name.split(" ")
        key = (each.client_id, each.parent_id or "", *(words[:-1] if len(words) > 1 else [each.id]))
        if key not in found or each.name > found[key].name:
            found[key] = each
    return found.values()


def _report(kept: VtnObject) -> Report | None:
    try:
        return parse(Report, shown(kept))
    except UnacceptableError:
        return None
