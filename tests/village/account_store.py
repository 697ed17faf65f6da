"""Fills a store with a month of homes, quickly: their quarter hours as means."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import pi, sin

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert

from battery_commons.account.keeping.books import Books
from battery_commons.account.keeping.gathering import begin
from battery_commons.account.keeping.keeper import AccountKeeper
from battery_commons.account.period import month_grid
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.store import Store, schema
from battery_commons.store.audit import Author
from battery_commons.store.records import HomeBattery, NewHome

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
_DAY = 96
_CAPACITY_WH = 10_000.0


@dataclass
class Clock(WallClock):
    """A clock that is set by hand."""

    at: datetime

    def now(self) -> datetime:
        """Return what it was set to."""
        return self.at


def join(store: Store, name: str, at: datetime, *, battery: bool = True) -> str:
    """Let a home join, and return its id."""
    return newcomer(store, name, at, battery=battery).home_id


def newcomer(store: Store, name: str, at: datetime, *, battery: bool = True) -> NewHome:
    """Let a home join, and return its id and token."""
    if not store.transformers():
        store.put_transformer(Transformer("t1", "Dorpsstraat", 250_000))
    store.add_invitation("t1", name, at + timedelta(days=7))
    new = store.join(name, name, [], at)
    if battery:
        told = Battery(f"{new.home_id}/b1", "t1", _CAPACITY_WH, 5_000, 5_000)
        store.describe_home(new.home_id, [], [HomeBattery(new.home_id, "b1", "Battery", told)])
    return new


def measured(store: Store, home_id: str, start: datetime, end: datetime, *, steered_w: float = 1_000) -> None:
    """Keep what a home's meter and battery read in [start, end): PV by day, and the battery as steered.

    It charges two hours of the night and gives it back in the evening, without any loss.
    """
    slots = range((end - start) // SLOT)
    batteries = {each.battery_id for each in store.batteries() if each.home_id == home_id}
    house, battery = [], []
    for n in slots:
        at = start + n * SLOT
        of_day = (at.hour * 60 + at.minute) // 15
        power_w = steered_w * ((8 <= of_day < 16) - (72 <= of_day < 80)) if batteries else 0.0
        charged = min(max(of_day - 8, 0), 8) - min(max(of_day - 72, 0), 8)
        net_w = 400 - 1_500 * max(sin(2 * pi * (of_day / _DAY - 0.25)), 0) + power_w
        house.append({"home_id": home_id, "start": at, "power_w": net_w})
        stored = 0.3 + (charged * steered_w / 4) / _CAPACITY_WH
        battery.append(
            {
                "home_id": home_id,
                "battery_id": "b1",
                "start": at,
                "power_w": power_w,
                "state_of_charge": stored,
            }
        )
    with store._write() as connection:
        connection.execute(insert(schema.house_quarter_hour), house)
        if batteries:
            connection.execute(insert(schema.battery_quarter_hour), battery)


def priced(store: Store, start: datetime, end: datetime) -> None:
    """Keep prices that are high in the evening, and what the transformer carried."""
    starts = [start + n * SLOT for n in range((end - start) // SLOT)]
    store.put_prices("test", [Price(at, 0.05 + 0.1 * (17 <= at.hour < 21)) for at in starts])
    loads = [
        {"transformer_id": "t1", "start": at, "power_w": 20_000.0 + 1_000 * (at.hour % 20)} for at in starts
    ]
    with store._write() as connection:
        connection.execute(insert(schema.meter_quarter_hour), loads)


@dataclass
class Kept:
    """A village whose account is kept."""

    store: Store
    clock: Clock
    books: Books
    keeper: AccountKeeper

    @property
    def author(self) -> Author:
        """Who acts, at the village's time."""
        return Author("Anna", self.clock.at)

    def look_at(self, at: datetime) -> None:
        """Have the keeper look at a moment."""
        self.clock.at = at
        self.keeper.look()


def kept(store: Store, at: datetime) -> Kept:
    """Return a village whose account begins at a moment, where its clock stands."""
    clock, books = Clock(at), Books(store, KEY)
    begin(store, Author("Anna", at))
    return Kept(store, clock, books, AccountKeeper(store, books, clock))


def with_month(store: Store, period: str, *names: str) -> Kept:
    """Return a village in which these homes lived through a month, and which is some days into the next."""
    grid = month_grid(period)
    homes = [join(store, name, grid.start) for name in names]
    village = kept(store, grid.start + timedelta(hours=3))
    village.keeper.look()
    for number, home_id in enumerate(homes):
        measured(store, home_id, grid.start - SLOT, grid.end + SLOT, steered_w=500 * (number + 1))
    priced(store, grid.start, grid.end)
    village.look_at(grid.end + timedelta(days=7))
    return village
