"""Days of an experiment, measured from a real store: what counts, what is lost, and why."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from battery_commons.domain.grid import Transformer
from battery_commons.domain.plan import ControlModel
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.settings import Place
from battery_commons.domain.tariff import Price
from battery_commons.domain.time import SLOT, WallClock
from battery_commons.domain.weather import SlotWeather
from battery_commons.experiment.keeping.days import Stored, measured_day, past_days
from battery_commons.experiment.keeping.keeper import ExperimentKeeper
from battery_commons.experiment.measure import Kind, Measure
from battery_commons.experiment.outcomes import DayLoads, without_batteries
from battery_commons.experiment.record import DayRecord, Lost
from battery_commons.experiment.schedule import Design, midnight
from battery_commons.store import Store
from battery_commons.store.audit import Author
from battery_commons.store.decisions import KeptDecision
from battery_commons.store.place import Place as StorePlace
from tests.village.postgresql import on_both

M1, M4 = ControlModel.M1, ControlModel.M4
FIRST = date(2026, 6, 22)
DAY = timedelta(days=1)
DESIGN = Design((M1, M4), FIRST, 1, 4, 6, 11)
BEFORE = Author("Anna", datetime(2026, 6, 20, 12, tzinfo=UTC))
PLACE = Place(52.8, 6.3)


class SetClock(WallClock):
    """A clock that stands where it is set."""

    at = DESIGN.start

    def now(self) -> datetime:
        """Return where it is set."""
        return self.at


@pytest.fixture
def store(place: StorePlace) -> Iterator[Store]:
    store = Store.open(place)
    store.put_transformer(Transformer("t1", "Brink", 50_000))
    yield store
    store.close()


@pytest.fixture
def experiment(store: Store) -> str:
    return store.plan_experiment("June", DESIGN, BEFORE)


def slots(day: date) -> list[datetime]:
    start, end = midnight(day), midnight(day + DAY)
    return [start + n * SLOT for n in range((end - start) // SLOT)]


def live(store: Store, day: date, model: ControlModel | None, *, metered: float = 1.0) -> None:
    """Keep a day's load, prices and weather, and plans by a model; of the load a share only."""
    at = slots(day)
    loads = [60_000.0 if n == 70 else -20_000.0 if n == 50 else 10_000.0 for n in range(len(at))]
    known = [MeterReading(start, load) for start, load in zip(at, loads, strict=True)]
    store.add_meter_readings("t1", known[len(known) - round(metered * len(known)) :])
    store.put_prices("test", [Price(start, 0.1) for start in at])
    store.put_weather(PLACE, "test", at[-1] + DAY, [SlotWeather(start, 18.0, 200.0) for start in at])
    if model is not None:
        steer(store, at, model)


def steer(store: Store, at: list[datetime], model: ControlModel) -> None:
    for start in at:
        village = json.dumps({"model": model.value})
        store.keep_decision(KeptDecision(start + timedelta(seconds=3), village, {}))


def turn(day: date) -> ControlModel:
    period = DESIGN.period_on(day)
    assert period is not None
    return period.model


def looked(store: Store, id_: str, at: datetime) -> dict[date, DayRecord]:
    clock = SetClock()
    clock.at = at
    ExperimentKeeper(store, clock).look()
    return {each.day: each for each in store.experiment_days(id_)}


def after(day: date) -> datetime:
    return midnight(day + DAY) + timedelta(hours=1)


def other(model: ControlModel) -> ControlModel:
    return M4 if model is M1 else M1


@on_both
def test_a_day_that_was_steered_and_measured_counts_with_its_figures(store: Store, experiment: str) -> None:
    store.change_settings(lambda former: type(former)(place=PLACE))
    live(store, FIRST, turn(FIRST))

    [record] = looked(store, experiment, after(FIRST)).values()

    assert record.lost is None
    assert record.outcomes["peak_import/t1"] == 60_000
    assert record.outcomes["peak_feed_in/t1"] == 20_000
    assert record.outcomes["hours_over/t1"] == 0.25
    assert record.outcomes["cost"] > 0
    # There is no battery.
    assert record.alone == record.outcomes
    assert record.weather is not None
    assert (record.weather.temperature_c, record.weather.radiation_w_m2) == (18.0, 200.0)
    assert record.price == pytest.approx(0.1)


def test_a_day_is_not_measured_before_it_is_over(store: Store, experiment: str) -> None:
    live(store, FIRST, turn(FIRST))
    assert looked(store, experiment, midnight(FIRST + DAY) - SLOT) == {}


def test_the_hours_of_the_washout_are_cut_from_a_day(store: Store, experiment: str) -> None:
    live(store, FIRST, turn(FIRST))
    store.add_meter_readings("t1", [MeterReading(midnight(FIRST) + timedelta(minutes=1), 500_000.0)])

    [record] = looked(store, experiment, after(FIRST)).values()

    assert record.outcomes["peak_import/t1"] == 60_000


def test_a_day_on_which_another_model_steered_does_not_count(store: Store, experiment: str) -> None:
    live(store, FIRST, other(turn(FIRST)))
    assert looked(store, experiment, after(FIRST))[FIRST].lost is Lost.OTHER_MODEL


def test_a_day_without_plans_for_an_hour_and_a_half_is_lost(store: Store, experiment: str) -> None:
    at = slots(FIRST)
    live(store, FIRST, None)
    # The lease of the last plan before the gap still runs for half an hour.
    steer(store, at[:40] + at[48:], turn(FIRST))
    assert looked(store, experiment, after(FIRST))[FIRST].lost is Lost.NO_PLAN


@on_both
def test_a_restart_loses_no_day(store: Store, experiment: str) -> None:
    at = slots(FIRST)
    live(store, FIRST, None)
    steer(store, at[:40] + at[42:], turn(FIRST))
    assert looked(store, experiment, after(FIRST))[FIRST].lost is None


def test_days_that_a_pause_touches_do_not_count(store: Store, experiment: str) -> None:
    for day in (FIRST, FIRST + DAY, FIRST + 2 * DAY):
        live(store, day, turn(day))
    store.pause_experiment(experiment, Author("Anna", midnight(FIRST + DAY) + timedelta(hours=20)))
    store.resume_experiment(experiment, Author("Anna", midnight(FIRST + DAY) + timedelta(hours=21)))

    records = looked(store, experiment, after(FIRST + 2 * DAY))

    assert [each.lost for each in records.values()] == [None, Lost.PAUSED, None]


def test_readings_that_come_late_are_waited_for_eight_days(store: Store, experiment: str) -> None:
    live(store, FIRST, turn(FIRST), metered=0.5)
    assert looked(store, experiment, after(FIRST))[FIRST].lost is Lost.NO_METER

    live(store, FIRST, None)
    assert looked(store, experiment, after(FIRST) + 2 * DAY)[FIRST].lost is None

    final = looked(store, experiment, after(FIRST) + 9 * DAY)[FIRST]
    store.add_meter_readings("t1", [MeterReading(midnight(FIRST) + timedelta(hours=15), 90_000.0)])
    assert looked(store, experiment, after(FIRST) + 10 * DAY)[FIRST] == final


def test_days_after_a_stop_are_not_measured(store: Store, experiment: str) -> None:
    for day in (FIRST, FIRST + DAY):
        live(store, day, turn(day))
    store.stop_experiment(experiment, Author("Anna", midnight(FIRST + DAY) + timedelta(hours=9)))

    assert list(looked(store, experiment, after(FIRST + DAY))) == [FIRST]


@pytest.mark.parametrize(("day", "quarters"), [(date(2026, 3, 29), 92), (date(2026, 10, 25), 100)])
def test_days_on_which_the_clock_is_changed_are_measured_whole(
    store: Store, day: date, quarters: int
) -> None:
    live(store, day, None)
    assert len(slots(day)) == quarters

    found = measured_day(Stored.of(store, midnight(day), midnight(day + DAY)), day, timedelta())

    price = found.price
    assert price == pytest.approx(0.1)
    assert found.outcomes[Measure(Kind.PEAK_IMPORT, "t1")] == 60_000


@on_both
def test_past_days_are_those_that_were_measured(store: Store) -> None:
    for n in range(1, 5):
        live(store, FIRST - n * DAY, None, metered=0.0 if n == 2 else 1.0)

    past = past_days(store, DESIGN, midnight(FIRST) + timedelta(hours=9))

    assert [each.day for each in past] == [FIRST - 4 * DAY, FIRST - 3 * DAY, FIRST - DAY]


def test_without_batteries_the_feeder_is_without_those_behind_it() -> None:
    hour = np.ones(4)
    day = DayLoads(
        load_w={"t1": 9_000 * hour, "t2": 5_000 * hour},
        limit_w={"t1": 50_000.0, "t2": 50_000.0},
        feeder_w=80_000 * hour,
        base_w={"t1": 10_000 * hour, "t2": 1_000 * hour},
        import_price=None,
        export_price=None,
    )

    peaks = [
        without_batteries(replace(day, on_feeder=on_it))[Measure(Kind.FEEDER_PEAK)]
        for on_it in (None, {"t1"}, frozenset[str]())
    ]

    assert peaks == [77_000, 81_000, 80_000]
