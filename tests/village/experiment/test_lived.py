"""An experiment from its plan to its result: ticks steer by it, its keeper measures, its page compares."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import override

import numpy as np
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from battery_commons.dispatch.dispatcher import Dispatcher
from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import BatteryReading, MeterReading
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.experiment.comparison import Verdict
from battery_commons.experiment.keeping.keeper import ExperimentKeeper
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.experiment.record import ExperimentState, Lost
from battery_commons.experiment.schedule import Design, midnight
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.decisions import KeptDecision
from battery_commons.store.records import HomeBattery
from battery_commons.tick.service import VillageService
from battery_commons.web.pages.experiment_view import show

M1, M2, M4 = ControlModel.M1, ControlModel.M2, ControlModel.M4
DESIGN = Design((M1, M4), date(2026, 6, 22), 1, 5, 0, 11)
LOWERED_W = 6_000.0
"""By so much the battery lowers the evening's peak where M4 steers."""
PAUSED_ON = date(2026, 6, 25)


@dataclass
class SetClock(WallClock):
    """A clock that is set by hand."""

    at: datetime = DESIGN.start - timedelta(days=1)

    @override
    def now(self) -> datetime:
        return self.at


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "village.db")
    store.put_transformer(Transformer("t1", "Brink", 250_000))
    store.add_invitation("t1", "code", DESIGN.start)
    home_id = store.join("code", "De Eik", [], DESIGN.start - timedelta(days=1)).home_id
    battery = Battery(f"{home_id}/b1", "t1", 20_000, 8_000, 8_000)
    store.describe_home(home_id, [], [HomeBattery(home_id, "b1", "Garage", battery)])
    yield store
    store.close()


@asynccontextmanager
async def started(store: Store, clock: SetClock) -> AsyncIterator[VillageService]:
    async with ClientSession() as session:
        dispatcher = Dispatcher(store, Ed25519PrivateKey.generate(), clock, session)
        yield VillageService(store, clock, dispatcher)
        await dispatcher.close()


def lived(store: Store, day: date, model: ControlModel) -> None:
    """Have plans of a day go on as they began, and the battery lower the evening's peak under M4."""
    start, end = midnight(day), midnight(day + timedelta(days=1))
    for n in range(1, (end - start) // SLOT):
        store.keep_decision(KeptDecision(start + n * SLOT, json.dumps({"model": model.value}), {}))
    slots = [start + n * SLOT for n in range((end - start) // SLOT)]
    evening = np.array([72 <= n < 80 for n in range(len(slots))])
    battery_w = np.where(evening & (model is M4), -LOWERED_W, 0.0)
    house_w = np.where(evening, 60_000.0 + 300.0 * (day.day * 37 % 11 - 5), 20_000.0)
    load_w = house_w + battery_w
    store.add_meter_readings("t1", [MeterReading(at, float(w)) for at, w in zip(slots, load_w, strict=True)])
    [battery] = store.batteries()
    store.add_battery_readings(
        battery.home_id,
        [
            BatteryReading(battery.battery.id, at, 0.5, float(w), None, "village", "hold", None)
            for at, w in zip(slots, battery_w, strict=True)
        ],
    )


async def test_an_experiment_runs_from_its_plan_to_its_result_through_a_restart_and_a_pause(
    store: Store,
) -> None:
    clock = SetClock()
    keeper = ExperimentKeeper(store, clock)
    store.change_settings(lambda former: type(former)(control_model=M2))
    experiment_id = store.plan_experiment("June", DESIGN, Author("Anna", clock.at))
    days = DESIGN.counting_days()

    for awake in (days[:4], days[4:]):  # The coordinator is started twice.
        async with started(store, clock) as service:
            for day in awake:
                clock.at = midnight(day) + timedelta(minutes=1)
                keeper.look()
                await service.tick()
                assert service.plan is not None
                assert service.plan.model is DESIGN.model_at(clock.at)
                with store.together():
                    lived(store, day, service.plan.model)
                if day == PAUSED_ON:
                    clock.at += timedelta(hours=10)
                    store.pause_experiment(experiment_id, Author("Anna", clock.at))
                    await service.tick()
                    assert service.plan.model is M2
                    store.resume_experiment(experiment_id, Author("Anna", clock.at + SLOT))
                assert show(store, store.experiment(experiment_id), clock.at).comparison is None

    clock.at = DESIGN.end + timedelta(hours=2)
    async with started(store, clock) as service:
        await service.tick()
        assert service.plan is not None
        assert service.plan.model is M2, "what was chosen steers again"
    keeper.look()

    shown = show(store, store.experiment(experiment_id), clock.at)
    assert shown.state is ExperimentState.OVER
    assert shown.lost == {Lost.PAUSED: 1}
    assert sum(shown.counted.values()) == DESIGN.days - 1
    assert shown.comparison is not None
    found = {each.measure: each for each in shown.comparison.differences}
    peak = found[Measure(Kind.PEAK_IMPORT, "t1")]
    assert peak.change == pytest.approx(-LOWERED_W, rel=0.01)
    assert peak.verdict is Verdict.SURE
    assert found[Measure(Kind.PEAK_FEED_IN, "t1")].verdict is Verdict.SAME
