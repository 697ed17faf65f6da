"""What readings are worth, and what homes' own meters read: kept, left out, rolled up and erased."""

from datetime import timedelta

import pytest

from battery_commons.domain.quality import Finding, FindingKind, Quality, Source, SourceKind
from battery_commons.domain.reading import MeterReading
from battery_commons.domain.time import SLOT
from battery_commons.store import NotFoundError, Store
from battery_commons.store.records import NewHome
from battery_commons.store.retention import FINDINGS, READINGS_IN_FULL

from .conftest import NOON

METER = Source(SourceKind.METER, "t1")
OLD = NOON - READINGS_IN_FULL - timedelta(days=1)


def wrong(source: Source = METER, kind: FindingKind = FindingKind.STUCK) -> Finding:
    return Finding(source, kind, Quality.WRONG, NOON, None, {"power_w": 1.0})


def test_readings_are_kept_and_left_out_while_they_are_wrong(store: Store) -> None:
    store.add_meter_readings("t1", [MeterReading(NOON - SLOT, 1.0), MeterReading(NOON, 2.0)])

    store.keep_findings([wrong()], [])

    assert store.meter_slot_means("t1", NOON - SLOT, NOON + SLOT) == {NOON - SLOT: 1.0}
    assert store.latest_meter_reading("t1") == MeterReading(NOON - SLOT, 1.0)
    assert store.last_report(METER) == NOON
    assert [each.readings for each in store.summaries(METER, NOON - SLOT, NOON + SLOT)] == [1, 1]

    store.keep_findings([], [(METER, FindingKind.STUCK, NOON + SLOT)])
    store.add_meter_readings("t1", [MeterReading(NOON + SLOT, 3.0)])
    assert store.meter_slot_means("t1", NOON, NOON + 2 * SLOT) == {NOON + SLOT: 3.0}


def test_a_doubtful_reading_counts(store: Store) -> None:
    store.add_meter_readings("t1", [MeterReading(NOON, 2.0)])

    store.keep_findings([Finding(METER, FindingKind.SIGN, Quality.DOUBTFUL, NOON)], [])

    assert store.meter_slot_means("t1", NOON, NOON + SLOT) == {NOON: 2.0}
    assert store.wrong_sources() == set()


def test_whoever_reads_loads_hears_from_when_on_other_readings_count(store: Store) -> None:
    heard: list[tuple[str, object]] = []
    store.watch_additions(lambda source, oldest: heard.append((source, oldest)))

    store.keep_findings([wrong()], [])
    store.keep_findings([wrong()], [])
    store.keep_findings([], [(METER, FindingKind.STUCK, NOON + SLOT)])

    assert heard == [("t1", NOON), ("t1", NOON)]


def test_what_is_well_from_before_it_began_was_never_wrong(store: Store) -> None:
    store.keep_findings([wrong()], [])

    store.keep_findings([], [(METER, FindingKind.STUCK, NOON - SLOT)])

    assert store.findings(NOON - timedelta(days=9)) == []


def test_what_is_momentary_is_kept_once(store: Store) -> None:
    spike = Finding(METER, FindingKind.SPIKE, Quality.WRONG, NOON, NOON + SLOT, {"power_w": 9e9})
    store.add_meter_readings("t1", [MeterReading(NOON, 2.0), MeterReading(NOON + SLOT / 3, 9e9)])

    store.keep_findings([spike], [])
    store.keep_findings([spike], [])

    assert store.findings(NOON) == [spike]
    assert store.meter_slot_means("t1", NOON, NOON + SLOT) == {NOON: 2.0}


def test_old_findings_are_thrown_away_and_open_ones_are_not(store: Store) -> None:
    long_ago = NOON - FINDINGS - timedelta(days=9)
    over = Finding(METER, FindingKind.SPIKE, Quality.WRONG, long_ago, long_ago + SLOT)
    still = Finding(METER, FindingKind.STUCK, Quality.WRONG, long_ago)
    store.keep_findings([over, still], [])

    list(store.discard_old(NOON))

    assert store.findings(long_ago - SLOT) == [still]


def test_a_houses_readings_are_rolled_up_and_read_the_same(store: Store, home: NewHome) -> None:
    readings = [
        *(MeterReading(OLD + n * SLOT / 3, 100.0 * n) for n in range(6)),
        MeterReading(NOON, 5.0),
    ]
    assert store.add_house_readings(home.home_id, readings) == 7
    assert store.add_house_readings(home.home_id, readings) == 0
    before = store.house_slot_means([home.home_id], OLD, NOON + SLOT)
    there = store.presence(Source(SourceKind.HOUSE, home.home_id), OLD, NOON + SLOT)

    list(store.discard_old(NOON))

    assert store.house_slot_means([home.home_id], OLD, NOON + SLOT) == before
    assert store.presence(Source(SourceKind.HOUSE, home.home_id), OLD, NOON + SLOT) == there
    assert store.house_readings(home.home_id, OLD, NOON + SLOT) == [MeterReading(NOON, 5.0)]
    heard = store.houses_heard([home.home_id])[home.home_id]
    assert (heard.first, heard.last, heard.means_until) == (OLD, NOON, OLD + 2 * SLOT)


def test_wrong_readings_are_in_no_mean_of_old_quarter_hours(store: Store) -> None:
    at = [MeterReading(OLD, 10.0), MeterReading(OLD + SLOT / 3, 9e9), MeterReading(NOON, 1.0)]
    store.add_meter_readings("t1", at)

    list(store.discard_old(NOON))

    assert store.meter_slot_means("t1", OLD, OLD + SLOT) == {OLD: 10.0}


def test_a_home_that_has_left_takes_in_nothing(store: Store, home: NewHome) -> None:
    store.leave(home.home_id)

    with pytest.raises(NotFoundError):
        store.add_house_readings(home.home_id, [MeterReading(NOON, 1.0)])
    store.keep_findings([wrong(Source(SourceKind.HOUSE, home.home_id))], [])
    assert store.findings(NOON) == []
