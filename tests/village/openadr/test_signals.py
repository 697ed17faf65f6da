"""What the events in force ask and tell, in the village's own terms; and which events cannot be obeyed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.operator import OperatorSignals, PowerLimit
from battery_commons.domain.time import SLOT
from battery_commons.openadr.acceptance import check
from battery_commons.openadr.errors import Reason, UnacceptableError
from battery_commons.openadr.objects import parse_event
from battery_commons.openadr.signals import InForce, signals

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SUBJECTS = {"brink": "t1", "t1": "t1", "zandpad": "t2", "mv-7": FEEDER_ID}


def event(
    type_: str,
    *values: Any,
    id_: str = "e",
    start: timedelta = HOUR,
    each: str = "PT1H",
    units: str | None = None,
    targets: list[str] | None = None,
    **fields: Any,
) -> dict[str, Any]:
    """Return an event of consecutive intervals, one for each value."""
    return {
        "id": id_,
        "programID": "p",
        "createdDateTime": "2026-11-28T11:00:00Z",
        "targets": targets,
        "payloadDescriptors": [{"payloadType": type_, "units": units}] if units else None,
        "intervalPeriod": {"start": (NOW + start).isoformat(), "duration": each},
        "intervals": [{"id": n, "payloads": [{"type": type_, "values": [v]}]} for n, v in enumerate(values)],
        **fields,
    }


def told(*events: dict[str, Any], now: datetime = NOW) -> OperatorSignals:
    return signals([InForce(parse_event(each), NOW) for each in events], SUBJECTS, now)


def limits(
    *events: dict[str, Any],
) -> list[tuple[str, timedelta, timedelta | None, float | None, float | None]]:
    return [
        (
            each.event_id,
            each.start - NOW,
            None if each.end is None else each.end - NOW,
            each.import_w,
            each.export_w,
        )
        for each in told(*events).limits
    ]


def refusal(raw: dict[str, Any]) -> UnacceptableError:
    with pytest.raises(UnacceptableError) as refused:
        check(parse_event(raw), NOW)
    return refused.value


def test_a_limit_holds_for_what_it_targets() -> None:
    assert told(event("IMPORT_CAPACITY_LIMIT", 120, targets=["brink"])).limits == [
        PowerLimit("e", "t1", NOW + HOUR, NOW + 2 * HOUR, 120_000, None)
    ]


def test_a_limit_that_targets_nothing_of_ours_is_for_the_whole_village() -> None:
    assert [each.subject for each in told(event("EXPORT_CAPACITY_LIMIT", 80, targets=["ven-3"])).limits] == [
        FEEDER_ID
    ]


def test_two_targets_are_two_limits() -> None:
    said = told(event("IMPORT_CAPACITY_LIMIT", 120, targets=["brink", "zandpad"])).limits

    assert [each.subject for each in said] == ["t1", "t2"]


def test_a_limit_in_watts_or_megawatts_is_told_in_watts() -> None:
    assert told(event("IMPORT_CAPACITY_LIMIT", 90_000, units="W")).limits[0].import_w == 90_000
    assert told(event("IMPORT_CAPACITY_LIMIT", 0.09, units="MW")).limits[0].import_w == pytest.approx(90_000)


def test_the_more_urgent_event_counts_even_where_it_allows_more() -> None:
    calm = event("IMPORT_CAPACITY_LIMIT", 100, id_="calm", start=0 * HOUR, each="PT4H", priority=5)
    urgent = event("IMPORT_CAPACITY_LIMIT", 150, id_="urgent", priority=1)

    assert limits(calm, urgent) == [
        ("calm", 0 * HOUR, HOUR, 100_000, None),
        ("urgent", HOUR, 2 * HOUR, 150_000, None),
        ("calm", 2 * HOUR, 4 * HOUR, 100_000, None),
    ]


def test_an_event_without_a_priority_comes_last() -> None:
    assert [
        each[0]
        for each in limits(
            event("IMPORT_CAPACITY_LIMIT", 100, id_="none"),
            event("IMPORT_CAPACITY_LIMIT", 150, id_="9", priority=9),
        )
    ] == ["9"]


def test_of_equals_the_one_made_later_counts() -> None:
    later = event("IMPORT_CAPACITY_LIMIT", 150, id_="a", createdDateTime="2026-11-28T11:30:00Z")

    assert [each[0] for each in limits(event("IMPORT_CAPACITY_LIMIT", 100, id_="b"), later)] == ["a"]


def test_import_and_export_do_not_get_in_each_others_way() -> None:
    both = limits(
        event("IMPORT_CAPACITY_LIMIT", 100, id_="i", priority=1), event("EXPORT_CAPACITY_LIMIT", 50, id_="x")
    )

    assert both == [("i", HOUR, 2 * HOUR, 100_000, None), ("x", HOUR, 2 * HOUR, None, 50_000)]


def test_a_limit_without_end_stays_until_something_else_is_said() -> None:
    assert limits(event("IMPORT_CAPACITY_LIMIT", 100, each="PT0S")) == [("e", HOUR, None, 100_000, None)]


def test_a_forecast_of_hours_is_told_per_quarter_hour() -> None:
    (load,) = told(event("GRID_LOAD_FORECAST", 900, -300, targets=["mv-7"])).told_loads

    assert (load.subject, load.start) == (FEEDER_ID, NOW + HOUR)
    assert load.power_w == [900_000] * 4 + [-300_000] * 4


def test_a_forecast_of_minutes_is_told_by_its_energy() -> None:
    (load,) = told(event("GRID_LOAD_FORECAST", 10, 20, 60, each="PT5M")).told_loads

    assert list(load.power_w) == pytest.approx([30_000])


def test_a_quarter_hour_that_a_forecast_covers_in_part_is_not_told() -> None:
    (load,) = told(event("GRID_LOAD_FORECAST", 10, start=HOUR + timedelta(minutes=5))).told_loads

    assert (load.start, len(load.power_w)) == (NOW + HOUR + SLOT, 3)


def test_a_setpoint_is_the_most_that_batteries_may_draw_together() -> None:
    (call,) = told(event("DISPATCH_SETPOINT", -40, targets=["t1"])).calls

    assert (call.subject, call.start, call.ceiling_w) == ("t1", NOW + HOUR, [-40_000] * 4)


@pytest.mark.parametrize("start", [-200_000 * HOUR, HOUR], ids=["since 2004", "from now on"])
def test_what_is_said_of_centuries_is_told_of_days(start: timedelta) -> None:
    said = told(
        event("DISPATCH_SETPOINT", -40, id_="c", start=start, each="P900Y"),
        event("GRID_LOAD_FORECAST", 300, id_="f", start=start, each="P900Y"),
    )

    assert [0 < len(each.ceiling_w) <= 4 * 96 for each in said.calls] == [True]
    assert [0 < len(each.power_w) <= 4 * 96 for each in said.told_loads] == [True]


def test_levels_above_normal_call_for_help() -> None:
    said = told(event("SIMPLE", 0, 2, 0)).windows

    assert [(each.start - NOW, each.end and each.end - NOW) for each in said] == [(2 * HOUR, 3 * HOUR)]


def test_an_alert_calls_for_help_whatever_it_says() -> None:
    assert len(told(event("ALERT_GRID_EMERGENCY", "cable 7 is out")).windows) == 1


def test_prices_are_told_by_quarter_hour() -> None:
    prices = told(event("PRICE", 250, units="MWH")).prices

    assert prices == {NOW + HOUR + n * SLOT: 0.25 for n in range(4)}


def test_prices_of_minutes_are_told_as_the_mean_of_their_quarter_hour() -> None:
    prices = told(event("PRICE", 0.1, 0.2, 0.6, 0.4, each="PT5M")).prices

    assert prices == {NOW + HOUR: pytest.approx(0.3)}  # Of the next quarter hour nobody knows the rest.


def test_a_price_without_an_end_is_told_as_far_as_plans_look() -> None:
    prices = told(event("PRICE", 0.25, each="PT0S", start=-HOUR)).prices

    assert set(prices.values()) == {0.25}
    assert (min(prices), len(prices)) == (NOW, 48 * 4)


def test_what_feed_in_earns_is_told_apart_from_what_import_costs() -> None:
    said = told(event("EXPORT_PRICE", 40, units="MWH"))

    assert said.export_prices == {NOW + HOUR + n * SLOT: 0.04 for n in range(4)}
    assert said.prices == {}


def test_an_event_that_is_over_asks_nothing() -> None:
    assert not told(event("IMPORT_CAPACITY_LIMIT", 100), now=NOW + 3 * HOUR).limits


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (event("IMPORT_CAPACITY_LIMIT", -1), Reason.NEGATIVE),
        (event("IMPORT_CAPACITY_LIMIT", 1e9), Reason.IMPOSSIBLE),
        (event("IMPORT_CAPACITY_LIMIT", "much"), Reason.MALFORMED),
        (event("IMPORT_CAPACITY_LIMIT", *[True]), Reason.MALFORMED),
        (event("IMPORT_CAPACITY_LIMIT", 10, units="AMPS"), Reason.UNKNOWN_UNIT),
        (event("PRICE", 30), Reason.IMPOSSIBLE),
        (event("EXPORT_PRICE", 30), Reason.IMPOSSIBLE),
        (event("EXPORT_PRICE", 1, 2, units="AMPS"), Reason.UNKNOWN_UNIT),
        (event("SIMPLE", 4), Reason.IMPOSSIBLE),
        (event("SIMPLE", 1, start=-5 * HOUR), Reason.OVER),
        (event("SIMPLE"), Reason.NO_INTERVAL),
        (
            event(
                "SIMPLE",
                1,
                each="P9999Y",
                intervals=[{"id": n, "payloads": [{"type": "SIMPLE", "values": [1]}]} for n in range(2)],
            ),
            Reason.CONTRADICTORY,
        ),
    ],
)
def test_what_cannot_be_obeyed_is_refused(raw: dict[str, Any], reason: Reason) -> None:
    refused = refusal(raw)

    assert (refused.event_id, refused.reason) == ("e", reason)


@pytest.mark.parametrize(
    "raw",
    [
        event("IMPORT_CAPACITY_LIMIT", 100, each="P1Y"),
        event("MOON_PHASE", "full"),
        {"id": "anchor", "programID": "p", "reportDescriptors": [{"payloadType": "USAGE"}]},
    ],
    ids=["a year", "a type of others", "reports only"],
)
def test_what_can_be_obeyed_or_passed_over_is_accepted(raw: dict[str, Any]) -> None:
    check(parse_event(raw), NOW)


def test_minutes_that_are_repeated_without_end_are_looked_through_at_once() -> None:
    check(parse_event(event("SIMPLE", 1, each="PT1M", duration="P9999Y")), NOW)


def test_a_figure_that_is_far_ahead_is_checked_too() -> None:
    assert refusal(event("IMPORT_CAPACITY_LIMIT", -1, start=20_000 * HOUR)).reason == Reason.NEGATIVE


EVENTS = st.builds(
    event,
    st.sampled_from(
        ["IMPORT_CAPACITY_LIMIT", "EXPORT_CAPACITY_LIMIT", "GRID_LOAD_FORECAST", "DISPATCH_SETPOINT"]
    ),
    st.floats(0, 1000),
    st.floats(0, 1000),
    id_=st.text("abc", min_size=1, max_size=2),
    start=st.integers(-600, 600).map(lambda minutes: timedelta(minutes=minutes)),
    each=st.sampled_from(["PT1M", "PT5M", "PT15M", "PT40M", "PT6H"]),
    targets=st.none() | st.lists(st.sampled_from(["brink", "mv-7", "elsewhere"]), max_size=2),
    priority=st.none() | st.integers(0, 3),
)


@given(events=st.lists(EVENTS, max_size=5))
def test_at_no_moment_do_two_limits_of_one_kind_hold_for_one_part_of_the_grid(
    events: list[dict[str, Any]],
) -> None:
    said = told(*events).limits

    for way in ("import_w", "export_w"):
        of_way = [each for each in said if getattr(each, way) is not None]
        for one in of_way:
            for other in of_way:
                apart = one.end is not None and one.end <= other.start
                apart = apart or (other.end is not None and other.end <= one.start)
                assert one is other or one.subject != other.subject or apart


@given(events=st.lists(EVENTS, max_size=4))
def test_what_is_asked_does_not_depend_on_the_order_in_which_events_came(
    events: list[dict[str, Any]],
) -> None:
    distinct = {each["id"]: each for each in events}.values()

    assert set(told(*distinct).limits) == set(told(*reversed(list(distinct))).limits)


def test_a_figure_in_two_units_at_once_is_refused() -> None:
    units = [{"payloadType": "IMPORT_CAPACITY_LIMIT", "units": unit} for unit in ("W", "kW")]
    said = event("IMPORT_CAPACITY_LIMIT", 5) | {"payloadDescriptors": units}
    with pytest.raises(UnacceptableError) as refused:
        check(parse_event(said), NOW)
    assert refused.value.reason == Reason.CONTRADICTORY
