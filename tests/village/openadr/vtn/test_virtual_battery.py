"""A village below as one battery, of what it reported."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.time import SLOT
from battery_commons.openadr.errors import UnacceptableError
from battery_commons.openadr.objects import Report, parse
from battery_commons.openadr.reports.values import FRESH_FOR
from battery_commons.openadr.vtn.virtual_battery import (
    COMING_TOLD,
    NOW_TOLD,
    ToldFigure,
    VirtualBattery,
    virtual_battery,
)
from tests.village.openadr.test_objects import JSON

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


def report(
    name: str,
    *values: Any,
    start: datetime = NOON,
    quality: str = "OK",
    resource: str = "AGGREGATED_REPORT",
) -> Report:
    """Return a report about quarter hours from `start` on; of None there is no value."""
    intervals: list[dict[str, Any]] = [
        {
            "id": k,
            "intervalPeriod": {"start": (start + k * SLOT).isoformat(), "duration": "PT15M"},
            "payloads": [
                *([] if value is None else [{"type": name, "values": [value]}]),
                {"type": "DATA_QUALITY", "values": [quality]},
            ],
        }
        for k, value in enumerate(values)
    ]
    return parse(
        Report,
        {
            "eventID": "question",
            "clientName": "Brinkdorp",
            "payloadDescriptors": [{"payloadType": name}, {"payloadType": "DATA_QUALITY"}],
            "resources": [{"resourceName": resource, "intervals": intervals}],
        },
    )


def put_together(*reports: Report, came: datetime = NOON, now: datetime = NOON) -> VirtualBattery:
    return virtual_battery([(each, came) for each in reports], now)


def test_figures_are_those_of_the_newest_reports_in_whatever_order_they_come() -> None:
    older, newer = report("STORAGE_POWER", 5.0), report("STORAGE_POWER", -3.0, start=NOON + SLOT)
    now = NOON + SLOT
    for told in ([older, newer], [newer, older]):
        found = put_together(*told, came=now, now=now)
        assert found.figure("STORAGE_POWER") == ToldFigure(-3.0, "OK", now)


def test_an_old_figure_has_its_age_and_says_nothing_of_now() -> None:
    figure = put_together(report("STORAGE_CHARGE_LEVEL", 62.0)).figure("STORAGE_CHARGE_LEVEL")
    assert figure.fresh(NOON + FRESH_FOR) == 62
    later = NOON + FRESH_FOR + timedelta(seconds=1)
    assert figure.fresh(later) is None
    assert figure.age(later) == later - NOON


def test_that_nothing_is_known_takes_the_place_of_what_was_known() -> None:
    found = put_together(
        report("STORAGE_CHARGE_LEVEL", 62.0),
        report("STORAGE_CHARGE_LEVEL", None, start=NOON + SLOT, quality="WITHHELD"),
        came=NOON + SLOT,
        now=NOON + SLOT,
    )
    assert found.figure("STORAGE_CHARGE_LEVEL") == ToldFigure(None, "WITHHELD", NOON + SLOT)


def test_a_village_whose_clock_is_ahead_is_not_fresh_for_longer() -> None:
    ahead = report("STORAGE_POWER", 5.0, start=NOON + timedelta(days=1))
    figure = put_together(ahead, came=NOON).figure("STORAGE_POWER")
    assert not figure.is_fresh(NOON + timedelta(hours=1))


def test_what_came_late_is_as_old_as_what_it_is_about() -> None:
    figure = put_together(report("STORAGE_POWER", 5.0), came=NOON + timedelta(hours=1)).figure(
        "STORAGE_POWER"
    )
    assert figure.age(NOON + timedelta(hours=1)) == timedelta(hours=1)


def test_slots_to_come_have_what_is_told_of_them() -> None:
    found = put_together(
        report("UP_REGULATION_AVAILABLE", 30, 20, 10),
        report("DOWN_REGULATION_AVAILABLE", 5, None, 15),
        report("UP_REGULATION_PRICE", 0.06, 0.05, 0.04),
        now=NOON + SLOT,
    )
    assert [(each.start, each.up_kw, each.down_kw, each.up_eur_per_kwh) for each in found.coming] == [
        (NOON + SLOT, 20, None, 0.05),
        (NOON + 2 * SLOT, 10, 15, 0.04),
    ]


def test_slots_of_an_old_report_are_not_told_though_they_are_still_to_come() -> None:
    room = report("UP_REGULATION_AVAILABLE", *[30.0] * 16)
    assert put_together(room, now=NOON + FRESH_FOR).coming
    assert not put_together(room, now=NOON + FRESH_FOR + timedelta(seconds=1)).coming


def test_a_report_on_a_part_of_the_village_is_not_the_villages() -> None:
    assert put_together(report("STORAGE_POWER", 5.0, resource="t1")).figures == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STORAGE_CHARGE_LEVEL", 101),
        ("STORAGE_CHARGE_LEVEL", -1),
        ("STORAGE_USABLE_ENERGY", -1),
        ("STORAGE_POWER", 1e11),
        ("STORAGE_POWER", True),
        ("STORAGE_POWER", "5"),
    ],
)
def test_what_no_batteries_can_be_is_not_believed(name: str, value: object) -> None:
    assert put_together(report(name, value)).figure(name) == ToldFigure(None, "MISSING", NOON)


def test_of_a_village_that_told_nothing_nothing_is_known() -> None:
    found = virtual_battery([], NOON)
    assert found.heard_at is None
    assert not found.coming
    assert found.figure("STORAGE_POWER").age(NOON) is None


@given(st.lists(JSON, max_size=3), st.sampled_from([*NOW_TOLD, *COMING_TOLD]))
def test_no_report_breaks_it(resources: Sequence[object], name: str) -> None:
    raw = {
        "eventID": "x",
        "clientName": "x",
        "payloadDescriptors": [{"payloadType": name}],
        "resources": [
            {"resourceName": "AGGREGATED_REPORT", "intervals": [{"id": 0, "payloads": [each]}]}
            for each in resources
        ],
    }
    try:
        read = parse(Report, raw)
    except UnacceptableError:
        return
    virtual_battery([(read, NOON)], NOON)
