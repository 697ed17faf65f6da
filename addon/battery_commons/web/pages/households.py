"""What the volunteer's pages show of homes: all in a table, and one with its batteries and its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from battery_commons.dispatch.lease import LEASE
from battery_commons.dispatch.quality import LinkQuality
from battery_commons.domain.grid import Transformer
from battery_commons.domain.reading import BatteryReading
from battery_commons.domain.time import SLOT, Clock, slot_start
from battery_commons.store import NotFoundError, Store
from battery_commons.store.records import Home, HomeBattery
from battery_commons.web.pages.asked import Ask, asked
from battery_commons.web.pages.naming import in_order
from battery_commons.web.pages.overview import age_of, sent_plan
from battery_commons.web.pages.views import Age, SentPlan

BACK = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HomeRow:
    """A home in the table of all."""

    home: Home
    transformer: str
    batteries: int
    capacity_wh: float
    heard: Age
    """Of its newest reading."""
    modes: Sequence[str]
    accepted: tuple[int, Age] | None
    """Number and age of the plan that it accepted last, within a day."""
    link: LinkQuality | None


@dataclass(frozen=True, slots=True)
class PastSlot:
    """A quarter hour of a battery: what it was asked, what it did, and what its home said of it."""

    start: datetime
    asks: Sequence[Ask]
    measured_w: float | None
    said: BatteryReading | None
    """The last reading of the quarter hour."""


@dataclass(frozen=True, slots=True)
class BatteryDay:
    """A battery, how it stands, and its last day."""

    battery: HomeBattery
    reading: BatteryReading | None
    age: Age
    past: Sequence[PastSlot]
    """The present quarter hour first."""


@dataclass(frozen=True, slots=True)
class HomeView:
    """One home."""

    home: Home
    transformer: Transformer
    can_move: bool
    """Whether there is another transformer."""
    consented_at: datetime | None
    batteries: Sequence[BatteryDay]
    sent: SentPlan | None
    link: LinkQuality | None


def home_rows(store: Store, now: datetime, links: Mapping[str, LinkQuality]) -> list[HomeRow]:
    """Return every home. Raises StoreError."""
    names = {each.id: each.name for each in store.transformers()}
    batteries, readings, accepted = (
        store.batteries(),
        store.latest_battery_readings(),
        store.last_accepted(now - BACK),
    )
    rows = []
    for home in sorted(store.homes(), key=lambda home: in_order(home.name)):
        own = [each for each in batteries if each.home_id == home.id]
        latest = [readings[each.battery.id] for each in own if each.battery.id in readings]
        plan = accepted.get(home.id)
        rows.append(
            HomeRow(
                home=home,
                transformer=names[home.transformer_id],
                batteries=len(own),
                capacity_wh=sum(each.battery.capacity_wh for each in own),
                heard=age_of(max((reading.at for reading in latest), default=None), now),
                modes=sorted({reading.mode for reading in latest}),
                accepted=(plan[0], age_of(plan[1], now)) if plan else None,
                link=links.get(home.id),
            )
        )
    return rows


def one_home(store: Store, home_id: str) -> Home:
    """Return a home. Raises NotFoundError for one that has left, and StoreError."""
    home = next((each for each in store.homes() if each.id == home_id), None)
    if home is None:
        raise NotFoundError(f"there is no home {home_id}")
    return home


def home_view(
    store: Store, home_id: str, clock: Clock, now: datetime, links: Mapping[str, LinkQuality]
) -> HomeView:
    """Return one home with its last day. Raises NotFoundError for a home that has left, and StoreError."""
    home = one_home(store, home_id)
    sent = store.dispatches_of(home_id, now - BACK - LEASE, now + SLOT)
    readings = store.latest_battery_readings()
    latest = store.latest_dispatches().get(home_id)
    transformers = store.transformers()
    return HomeView(
        home=home,
        transformer=next(each for each in transformers if each.id == home.transformer_id),
        can_move=len(transformers) > 1,
        consented_at=store.consented_at(home_id),
        batteries=[
            _battery_day(store, each, readings.get(each.battery.id), asked(sent, each.battery_id, clock), now)
            for each in store.batteries()
            if each.home_id == home_id
        ],
        sent=sent_plan(latest, now),
        link=links.get(home_id),
    )


def _battery_day(
    store: Store,
    battery: HomeBattery,
    reading: BatteryReading | None,
    asks: Mapping[datetime, Sequence[Ask]],
    now: datetime,
) -> BatteryDay:
    present = slot_start(now)
    key = battery.home_id, battery.battery_id, present - BACK, present + SLOT
    measured = {slot.start: slot.power_w for slot in store.battery_quarter_hours(*key)}
    said = store.last_of_quarter_hours(*key)
    starts = [present - number * SLOT for number in range(BACK // SLOT)]
    return BatteryDay(
        battery=battery,
        reading=reading,
        age=age_of(reading.at if reading else None, now),
        past=[PastSlot(at, asks.get(at, []), measured.get(at), said.get(at)) for at in starts],
    )
