"""What contracts mean for a village, and what stands in their way."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from battery_commons.domain.battery import Battery
from battery_commons.domain.contract import Contract, ContractKind, Days, KeptContract
from battery_commons.domain.grid import FEEDER_ID
from battery_commons.domain.time import SLOT
from battery_commons.flexibility.contracts import (
    Snag,
    deliverable_w,
    hours_of,
    snags,
    standing_limits,
    template,
)

TODAY = date(2026, 11, 30)
"""A Monday."""
ON_FEEDER = frozenset({"t1", "t3"})
LIMITS_W = {"t1": 250_000.0, FEEDER_ID: 400_000.0}


def battery(id_: str, transformer_id: str = "t1") -> Battery:
    return Battery(
        id=id_,
        transformer_id=transformer_id,
        capacity_wh=10_000,
        max_charge_w=5_000,
        max_discharge_w=5_000,
        charge_efficiency=1.0,
        discharge_efficiency=1.0,
        reserve=0.2,
    )


def contract(kind: ContractKind = ContractKind.GTO, **changes: object) -> Contract:
    return replace(template(kind, "Enexis", "t1", TODAY), **changes)  # type: ignore[arg-type]


def found(
    of: Contract, *others: Contract, batteries: int = 100, brps: tuple[str, ...] = ("A",)
) -> list[Snag]:
    return [
        each.snag
        for each in snags(
            of,
            others=[KeptContract(f"c{n}", other) for n, other in enumerate(others)],
            limits_w=LIMITS_W,
            of_feeder=ON_FEEDER,
            batteries=[battery(f"h{n}/b") for n in range(batteries)],
            brps=brps,
        )
    ]


@pytest.mark.parametrize("kind", list(ContractKind))
def test_what_a_form_usually_says_is_a_contract(kind: ContractKind) -> None:
    assert contract(kind).kind is kind


@pytest.mark.parametrize(
    "changes",
    [
        {"import_w": -1.0},
        {"import_w": float("nan")},
        {"import_w": None, "export_w": None},
        {"eur_per_year": float("inf")},
        {"last_day": TODAY - timedelta(days=1)},
        {"from_time": time(18), "until_time": time(17)},
        {"from_time": time(18), "until_time": time(18)},
        {"longest_call": timedelta(0)},
        {"notice": timedelta(hours=-1)},
    ],
)
def test_what_contradicts_itself_is_no_contract(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        contract(ContractKind.GTO, **changes)


def test_a_group_transport_agreement_limits_every_day_by_itself() -> None:
    agreed = contract(from_time=time(16), until_time=time(21))
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)

    limits = standing_limits([KeptContract("c", agreed)], now, now + timedelta(hours=36))

    assert [(each.event_id, each.start, each.end) for each in limits] == [
        ("c-2026-11-30", now + timedelta(hours=3), now + timedelta(hours=8)),
        ("c-2026-12-01", now + timedelta(hours=27), now + timedelta(hours=32)),
    ]
    assert {(each.subject, each.import_w, each.export_w) for each in limits} == {("t1", 100_000, None)}


@pytest.mark.parametrize("kind", [kind for kind in ContractKind if kind is not ContractKind.GTO])
def test_a_contract_on_call_limits_nothing_by_itself(kind: ContractKind) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)

    assert not standing_limits([KeptContract("c", contract(kind))], now, now + timedelta(days=2))


@pytest.mark.parametrize(
    ("day", "slots"), [(date(2027, 3, 28), 92), (date(2026, 12, 1), 96), (date(2027, 10, 31), 100)]
)
def test_all_day_is_the_markets_day(day: date, slots: int) -> None:
    hours = hours_of(contract(), day)

    assert hours is not None
    assert (hours[1] - hours[0]) / SLOT == slots


def test_a_contract_counts_on_its_own_days_only() -> None:
    agreed = contract(days=Days.WORKDAYS, last_day=date(2026, 12, 31))

    counts = [hours_of(agreed, day) is not None for day in (TODAY, date(2026, 12, 5), date(2026, 11, 27))]

    assert counts == [True, False, False]
    assert hours_of(agreed, date(2027, 1, 1)) is None


@pytest.mark.parametrize("holiday", [date(2027, 3, 29), date(2027, 4, 27), date(2026, 12, 25)])
def test_a_public_holiday_is_no_working_day(holiday: date) -> None:
    """Easter Monday, King's Day, and Christmas on a Friday."""
    counts = {days: hours_of(contract(days=days), holiday) is not None for days in Days}

    assert counts == {Days.ALL: True, Days.WORKDAYS: False, Days.WEEKENDS: False}


def test_several_balance_responsible_parties_are_a_snag_where_one_is_asked_for() -> None:
    assert found(contract(ContractKind.G_CBC), brps=("Eneco", "Vattenfall")) == [Snag.SAME_BRP]
    assert found(contract(ContractKind.G_CBC), brps=("Eneco", " Eneco")) == []
    assert found(contract(ContractKind.CBC), brps=("Eneco", "Vattenfall")) == []


def test_not_knowing_them_is_a_snag_too() -> None:
    assert found(contract(ContractKind.G_CBC), brps=()) == [Snag.BRP_UNKNOWN]


def test_more_cannot_be_sold_than_batteries_deliver_for_as_long_as_a_call_lasts() -> None:
    """Ten batteries of 8 usable kWh deliver 20 kW for four hours, and 40 kW for two."""
    assert deliverable_w([battery(f"h{n}/b") for n in range(10)], 4) == pytest.approx(20_000)
    assert found(contract(ContractKind.CBC, call_w=30_000), batteries=10) == [Snag.MORE_THAN_BATTERIES]
    shorter = contract(ContractKind.CBC, call_w=30_000, longest_call=timedelta(hours=2))
    assert found(shorter, batteries=10) == []


def test_redispatch_takes_a_hundred_kilowatts() -> None:
    assert found(contract(ContractKind.REDISPATCH, call_w=99_000)) == [Snag.TOO_SMALL]
    assert found(contract(ContractKind.REDISPATCH, call_w=100_000)) == []


def test_a_limit_that_is_none_is_said_so() -> None:
    assert found(contract(import_w=250_000)) == [Snag.NO_EFFECT]


def test_a_part_of_the_grid_that_is_not_there_is_a_snag() -> None:
    assert found(contract(subject="t9")) == [Snag.UNKNOWN_SUBJECT]


@pytest.mark.parametrize(
    ("other", "clash"),
    [
        ({}, True),
        ({"subject": FEEDER_ID}, True),
        ({"subject": "t2"}, False),
        ({"from_time": time(21), "until_time": time(0)}, False),
        ({"from_time": time(20), "until_time": time(0)}, True),
        ({"first_day": date(2027, 1, 1)}, True),
        ({"last_day": TODAY}, True),
        ({"call_w": None}, False),
    ],
)
def test_the_same_batteries_cannot_be_sold_twice(other: dict[str, object], clash: bool) -> None:  # noqa: FBT001
    evening = {"from_time": time(16), "until_time": time(21)}

    snag = Snag.SOLD_TWICE in found(contract(ContractKind.CBC), contract(ContractKind.CSC, **evening | other))

    assert snag is clash


@given(
    start=st.times(),
    end=st.times(),
    days=st.sampled_from(Days),
    day=st.dates(date(2026, 1, 1), date(2028, 1, 1)),
)
def test_the_hours_of_a_contract_lie_within_one_day(start: time, end: time, days: Days, day: date) -> None:
    try:
        agreed = contract(from_time=start, until_time=end, days=days, first_day=date(2026, 1, 1))
    except ValueError:
        return
    if (hours := hours_of(agreed, day)) is not None:
        assert timedelta(0) < hours[1] - hours[0] <= timedelta(hours=25)
