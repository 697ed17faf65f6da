"""The examiner over a real store: what it finds is kept, counts, and ends when it is over."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import override

import pytest

from battery_commons.domain.battery import Battery
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.quality import FindingKind, Quality, Source, SourceKind
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT, WallClock, slot_start
from battery_commons.sense.clocks import HomeClocks
from battery_commons.sense.examination import Examiner
from battery_commons.sense.present import look
from battery_commons.sense.situation import StockTaker
from battery_commons.store import Store

from .conftest import NOW, hear, join, measure

MINUTE = timedelta(minutes=1)


@dataclass
class Hand(WallClock):
    """A clock that the test sets."""

    at: datetime = field(default=NOW)

    @override
    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def clocks() -> HomeClocks:
    return HomeClocks()


@pytest.fixture
def examiner(store: Store, clock: Hand, clocks: HomeClocks) -> Examiner:
    return Examiner(store, clock, clocks)


def live(
    store: Store, battery: Battery, since: datetime, until: datetime, power_w: float, told_w: float
) -> None:
    """Let a battery charge with `power_w` and tell of `told_w`, every five minutes."""
    at, charge = since, 0.2
    while at < until:
        hear(store, battery, at, told_w + at.minute / 10, state_of_charge=round(charge, 3))
        charge += power_w / 12 / battery.capacity_wh
        at += 5 * MINUTE


def kinds(store: Store) -> list[tuple[FindingKind, Quality, bool]]:
    return [(each.kind, each.quality, each.until is None) for each in store.findings(NOW - timedelta(days=9))]


def test_a_village_in_which_all_is_well_has_no_findings(store: Store, examiner: Examiner) -> None:
    live(store, join(store, "a"), NOW - timedelta(hours=2), NOW, 2000, 2000)
    for minutes in range(0, 600, 5):
        measure(store, NOW - minutes * MINUTE, 80_000 + 37 * minutes)

    examiner.examine()

    assert kinds(store) == []


def test_a_battery_with_a_wrong_sign_is_left_out_of_loads_and_plans_until_it_is_right(
    store: Store, examiner: Examiner, clock: Hand
) -> None:
    battery = join(store, "a")
    stock_taker = StockTaker(store)
    since = slot_start(NOW) - timedelta(hours=2)
    live(store, battery, since, NOW, 2000, -2000)
    measure(store, since + MINUTE, 82_000)
    before = stock_taker.take_stock(NOW)
    assert before.base_load["t1"].values_w[0] > 83_900
    assert battery.id in before.stored_wh

    examiner.examine()

    assert kinds(store) == [(FindingKind.SIGN, Quality.WRONG, True)]
    after = stock_taker.take_stock(NOW)
    assert after.base_load["t1"].values_w[0] == 82_000
    assert battery.id not in after.stored_wh
    assert battery.id not in look(store, {battery.id: battery}, NOW, {}).readings

    clock.at = NOW + timedelta(hours=3)
    live(store, battery, NOW, clock.at, 2000, 2000)
    examiner.examine()

    assert kinds(store) == [(FindingKind.SIGN, Quality.WRONG, False)]
    assert battery.id in stock_taker.take_stock(clock.at).stored_wh


def test_a_finding_that_goes_on_keeps_its_beginning(store: Store, examiner: Examiner, clock: Hand) -> None:
    start = slot_start(NOW) - timedelta(hours=3)
    for minutes in range(0, 360, 5):
        measure(store, start + minutes * MINUTE, 80_000)
    examiner.examine()
    [first] = store.findings(NOW)

    clock.at = NOW + timedelta(hours=2)
    examiner.examine()

    [still] = store.findings(NOW)
    assert (still.kind, still.since, still.until) == (FindingKind.STUCK, first.since, None)
    assert still.figures["hours"] > first.figures["hours"]
    assert store.meter_slot_means("t1", start, NOW) == {}


def test_a_spike_is_told_and_left_out(store: Store, examiner: Examiner) -> None:
    at = slot_start(NOW) - SLOT
    for minutes in range(14):
        measure(store, at + minutes * MINUTE, 80_000 + minutes)
    measure(store, at + 14 * MINUTE, 9e8)

    assert store.meter_slot_means("t1", at, NOW) == {at: pytest.approx(80_006.5)}
    assert store.latest_meter_reading("t1") == MeterReading(at + 13 * MINUTE, 80_013)

    examiner.examine()
    assert [each.kind for each in store.findings(NOW - timedelta(days=1))] == [FindingKind.SPIKE]


def test_a_clock_that_is_off_is_told_and_forgotten_when_it_is_right(
    store: Store, examiner: Examiner, clock: Hand, clocks: HomeClocks
) -> None:
    home_id = join(store, "a").id.partition("/")[0]
    for ahead_s in (-70, -40, -55):
        clocks.heard(home_id, timedelta(seconds=ahead_s))
    examiner.examine()
    [finding] = store.findings(NOW)
    assert (finding.kind, finding.figures) == (FindingKind.CLOCK, {"ahead_s": -40})

    clock.at += SLOT
    clocks.heard(home_id, timedelta(seconds=-1))
    examiner.examine()
    assert store.findings(clock.at) == []


def test_a_home_that_leaves_takes_its_findings_with_it(store: Store, examiner: Examiner) -> None:
    battery = join(store, "a")
    live(store, battery, NOW - timedelta(hours=2), NOW, 2000, -2000)
    examiner.examine()
    home_id = battery.id.partition("/")[0]
    assert [each.kind for each in store.findings_of(home_id)] == [FindingKind.SIGN]

    store.leave(home_id)
    examiner.examine()

    assert store.findings(NOW - timedelta(days=9)) == []


def test_houses_show_that_a_transformers_meter_is_turned(store: Store, examiner: Examiner) -> None:
    homes = [join(store, name).id.partition("/")[0] for name in "abc"]
    drawn: Callable[[int], float] = lambda n: 400.0 * ((n * 37) % 11)  # noqa: E731
    for n in range(96):
        at = slot_start(NOW) - (96 - n) * SLOT + MINUTE
        for home_id in homes:
            store.add_house_readings(home_id, [MeterReading(at, drawn(n))])
            battery = Battery(f"{home_id}/b1", "t1", 10_000, 5_000, 5_000)
            hear(store, battery, at, 0.0)
        measure(store, at, -30 * drawn(n) - n)

    examiner.examine()

    assert (FindingKind.SIGN, Quality.WRONG, True) in kinds(store)
    assert store.wrong_sources() == {Source(SourceKind.METER, "t1")}


def test_the_feeders_meter_is_held_against_the_houses_on_it(store: Store, examiner: Examiner) -> None:
    store.put_feeder("Zuid", 5_000_000, ["t1"])
    here = [join(store, name) for name in "abc"]
    elsewhere = [join(store, name, "t2") for name in "def"]
    for n in range(96):
        at = slot_start(NOW) - (96 - n) * SLOT + MINUTE
        drawn_w = 400.0 * ((n * 37) % 11)
        # What moves the other way, and more, hangs on another cable.
        for batteries, house_w in ((here, drawn_w), (elsewhere, 12_000 - 2 * drawn_w)):
            for battery in batteries:
                store.add_house_readings(battery.id.partition("/")[0], [MeterReading(at, house_w)])
                hear(store, battery, at)
        measure(store, at, -30 * drawn_w - n, FEEDER_ID)

    examiner.examine()

    assert store.wrong_sources() == {Source(SourceKind.METER, FEEDER_ID)}
