"""Gathers the facts. It reads, and makes or changes nothing that a start would not."""

import os
import shutil
import stat
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, time, timedelta
from pathlib import Path

from battery_commons.doctor.facts import (
    Facts,
    FolderFacts,
    HomeFacts,
    KeyFacts,
    MeterFacts,
    OperatorFacts,
    VillageFacts,
)
from battery_commons.domain.operator_line import KeptLine
from battery_commons.domain.outside import Subject
from battery_commons.domain.time import MARKET_ZONE, SLOT, Clock, ScaledClock
from battery_commons.domain.weather import roughly
from battery_commons.store import Store, StoreError
from battery_commons.store.backend import Condition
from battery_commons.store.condition import condition_of
from battery_commons.store.keys import load_or_create_key
from battery_commons.store.place import Place
from battery_commons.store.records import Home
from battery_commons.store.sole_use import is_in_use

PLANS_LATELY = timedelta(hours=2)


def gather(database: Place, key: Path, clock: Clock, ask: Callable[[], None]) -> Facts:
    """Return the facts of the village in `database`. `ask` raises OSError where no coordinator answers."""
    now, folder = clock.now(), key.parent
    running = folder.is_dir() and is_in_use(folder)
    problem, village = None, None
    try:
        condition = condition_of(database)
        if condition is Condition.WELL:
            with closing(Store.open(database)) as store:
                village = _village(store, clock, now)
    except StoreError as error:
        condition, problem = Condition.WELL, str(error)
    return Facts(
        now=now,
        market_prices=not isinstance(clock, ScaledClock),
        folder=_folder(folder, _size(database)),
        key=_key(key),
        database_problem=problem,
        database_there=condition is not Condition.NONE,
        upgrade_pending=condition is Condition.OLD,
        running=running,
        listener_problem=_problem(ask) if running else None,
        village=village,
    )


def _size(database: Place) -> int:
    return database.stat().st_size if isinstance(database, Path) and database.exists() else 0


def _folder(folder: Path, database_bytes: int) -> FolderFacts:
    exists = folder.is_dir()
    return FolderFacts(
        path=str(folder),
        exists=exists,
        writable=os.access(folder, os.R_OK | os.W_OK | os.X_OK),
        free_bytes=shutil.disk_usage(folder).free if exists else 0,
        database_bytes=database_bytes,
    )


def _key(key: Path) -> KeyFacts:
    if not key.exists():
        return KeyFacts(exists=False, mode=0, problem=None)
    problem = None
    try:
        load_or_create_key(key)
    except StoreError as error:
        problem = str(error)
    return KeyFacts(exists=True, mode=stat.S_IMODE(key.stat().st_mode), problem=problem)


def _problem(ask: Callable[[], None]) -> str | None:
    try:
        ask()
    except OSError as error:
        return str(error)
    return None


def _village(store: Store, clock: Clock, now: datetime) -> VillageFacts:
    with_battery = {battery.home_id for battery in store.batteries()}
    heard: dict[str, datetime] = {}
    for battery_id, reading in store.latest_battery_readings().items():
        home_id = battery_id.partition("/")[0]
        heard[home_id] = max(reading.at, heard.get(home_id, reading.at))
    place = store.settings().place
    weather = None if place is None else store.weather_known(roughly(place))
    newest = {each.id: store.latest_meter_reading(each.id) for each in store.transformers()}
    return VillageFacts(
        findings=[each for each in store.findings(now) if each.until is None],
        prices_today=_priced(store, now, days=0),
        prices_tomorrow=_priced(store, now, days=1),
        transformers=[MeterFacts(id_, None if last is None else last.at) for id_, last in newest.items()],
        homes=[
            _home(store, home, heard.get(home.id), now)
            for home in store.homes()
            if home.id in with_battery and home.suspended_at is None
        ],
        operators=_operators(store, clock, now),
        sources=[state for subject in Subject for state in store.source_states(subject).values()],
        has_place=place is not None,
        weather_at=None if weather is None else weather.issued_at,
    )


def _home(store: Store, home: Home, heard_at: datetime | None, now: datetime) -> HomeFacts:
    sent = store.dispatches_of(home.id, now - PLANS_LATELY, now + SLOT)
    newest = sent[-1] if sent else None
    return HomeFacts(
        id=home.id,
        heard_at=heard_at,
        sent=bool(sent),
        accepted=any(each.accepted for each in sent),
        refusal=newest.reason if newest else None,
        error=newest.last_error if newest else None,
    )


def _operators(store: Store, clock: Clock, now: datetime) -> list[OperatorFacts] | None:
    """Return the lines to grid operators; None where they cannot be read, which must not hide the rest."""
    try:
        return [_operator(kept, clock, now) for kept in store.operator_lines()]
    except StoreError:
        return None


def _operator(kept: KeptLine, clock: Clock, now: datetime) -> OperatorFacts:
    if kept.heard_at is None:
        return OperatorFacts(kept.line.name, None)
    return OperatorFacts(kept.line.name, timedelta(seconds=clock.wall_seconds(now - kept.heard_at)))


def _priced(store: Store, now: datetime, *, days: int) -> bool:
    """Return whether there is a price at noon of the Dutch day `days` from now."""
    day = now.astimezone(MARKET_ZONE).date() + timedelta(days=days)
    noon = datetime.combine(day, time(12), MARKET_ZONE)
    return bool(store.prices(noon, noon + SLOT))
